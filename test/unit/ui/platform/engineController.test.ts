import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deferred, type Deferred } from '../../../../src/base/async.js';
import { type BatchError, cancelledError, isCancelled } from '../../../../src/base/errors.js';
import type { EngineConnection } from '../../../../src/core/job/target.js';
import type { EngineEnd } from '../../../../src/engine/sharing/openEngine.js';
import { EngineController, type EngineProcess } from '../../../../src/ui/platform/engineController.js';

class FakeProcess implements EngineProcess {
  readonly connection: EngineConnection;
  readonly #ended: Deferred<EngineEnd> = deferred<EngineEnd>();
  users = 1;
  /** What this window has done about its end. */
  asked: string | undefined;

  constructor(port: number) {
    const accessKeyId = 'AKIA';
    this.connection = {
      endpoint: `http://127.0.0.1:${port}`,
      port,
      accountId: '000000000000',
      region: 'us-east-1',
      accessKeyId,
      secretAccessKey: 'secret',
      dataDirectory: '/data',
    };
  }
  get ended(): Promise<EngineEnd> {
    return this.#ended.promise;
  }
  crash(): void {
    this.endBy('crashed');
  }
  /** As when another window, or nobody, had asked for it. */
  endBy(why: EngineEnd['why']): void {
    this.#ended.resolve({ why, how: 'exit code 1' });
  }
  end(why: 'stopped' | 'restarted'): Promise<void> {
    this.asked = why;
    this.endBy(why);
    return Promise.resolve();
  }
  release(): Promise<void> {
    this.asked = 'released';
    return Promise.resolve();
  }
}

interface Set {
  controller: EngineController;
  launches: { signal: AbortSignal; answer: Deferred<EngineProcess> }[];
  states: string[];
  joins: Deferred<EngineProcess | undefined>[];
  time: { now: number };
  lost: { times: number };
}

function setUp(): Set {
  const launches: Set['launches'] = [];
  const joins: Set['joins'] = [];
  const time = { now: 0 };
  const lost = { times: 0 };
  const controller = new EngineController({
    clock: { now: () => time.now, schedule: () => ({ dispose: () => undefined }) },
    log: { info: () => undefined, warn: () => undefined },
    launch: (signal) => {
      const answer = deferred<EngineProcess>();
      launches.push({ signal, answer });
      signal.addEventListener('abort', () => answer.reject(cancelledError()), { once: true });
      return answer.promise;
    },
    join: (signal) => {
      const answer = deferred<EngineProcess | undefined>();
      joins.push(answer);
      signal.addEventListener('abort', () => answer.reject(cancelledError()), { once: true });
      return answer.promise;
    },
    onDataLost: () => {
      lost.times += 1;
    },
  });
  const states: string[] = [];
  controller.onDidChangeState((state) => states.push(state.name));
  return { controller, launches, joins, states, time, lost };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test('all who ask during one start share it, and later ones get the running engine', async () => {
  const { controller, launches, states } = setUp();
  const first = controller.start();
  const second = controller.start();
  launches[0]?.answer.resolve(new FakeProcess(1));
  assert.equal((await first).port, 1);
  assert.equal((await second).port, 1);
  assert.equal((await controller.start()).port, 1);
  assert.equal(launches.length, 1);
  assert.deepEqual(states, ['starting', 'running']);
});

test('a failed start is a BatchError, is the state, and can be tried again', async () => {
  const { controller, launches, states } = setUp();
  const first = controller.start();
  launches[0]?.answer.reject(new Error('no such file'));
  await assert.rejects(first, (error: BatchError) => error.code === 'EngineStartFailed' && /no such file/.test(error.message));
  assert.equal(controller.state.name, 'failed');
  const again = controller.start();
  launches[1]?.answer.resolve(new FakeProcess(2));
  assert.equal((await again).port, 2);
  assert.deepEqual(states, ['starting', 'failed', 'starting', 'running']);
});

test('a crash starts the engine again; the new connection is announced', async () => {
  const { controller, launches, states } = setUp();
  const one = new FakeProcess(1);
  const started = controller.start();
  launches[0]?.answer.resolve(one);
  await started;
  one.crash();
  await settle();
  assert.equal(launches.length, 2);
  launches[1]?.answer.resolve(new FakeProcess(2));
  await settle();
  assert.equal(controller.state.name === 'running' && controller.state.connection.port, 2);
  assert.deepEqual(states, ['starting', 'running', 'starting', 'running']);
});

test('an engine that keeps crashing is given up on, unless the crashes are far apart', async () => {
  for (const { gapMs, expected } of [
    { gapMs: 1000, expected: 'failed' },
    { gapMs: 61_000, expected: 'running' },
  ]) {
    const { controller, launches, time } = setUp();
    controller.start().catch(() => undefined);
    for (let index = 0; index < 4; index += 1) {
      const process = new FakeProcess(index);
      launches[index]?.answer.resolve(process);
      await settle();
      time.now += gapMs;
      process.crash();
      await settle();
    }
    launches[4]?.answer.resolve(new FakeProcess(4));
    await settle();
    assert.equal(controller.state.name, expected);
  }
});

test('stop ends the process, and nothing starts it again', async () => {
  const { controller, launches, states } = setUp();
  const process = new FakeProcess(1);
  const started = controller.start();
  launches[0]?.answer.resolve(process);
  await started;
  await controller.stop();
  await settle();
  assert.equal(process.asked, 'stopped');
  assert.equal(launches.length, 1);
  assert.deepEqual(states, ['starting', 'running', 'stopped']);
});

test('stop during a start aborts it: the one who waits gets the cancellation', async () => {
  const { controller, launches } = setUp();
  const started = controller.start();
  const rejected = assert.rejects(started, isCancelled);
  await controller.stop();
  await rejected;
  assert.equal(launches[0]?.signal.aborted, true);
  assert.equal(controller.state.name, 'stopped');
});

test('an engine that was opened in spite of the abort is let go of', async () => {
  const process = new FakeProcess(1);
  const answer = deferred<EngineProcess>();
  const controller = new EngineController({
    clock: { now: () => 0, schedule: () => ({ dispose: () => undefined }) },
    log: { info: () => undefined, warn: () => undefined },
    launch: () => answer.promise,
    join: () => Promise.resolve(undefined),
  });
  const started = controller.start();
  const rejected = assert.rejects(started, isCancelled);
  const stopped = controller.stop();
  answer.resolve(process);
  await stopped;
  await rejected;
  assert.equal(process.asked, 'released');
});

test('start while stopping waits for the end, then starts anew', async () => {
  const { controller, launches } = setUp();
  const started = controller.start();
  launches[0]?.answer.resolve(new FakeProcess(1));
  await started;
  const stopped = controller.stop();
  const again = controller.start();
  await stopped;
  await settle();
  launches[1]?.answer.resolve(new FakeProcess(2));
  assert.equal((await again).port, 2);
});

/** A window whose engine runs. */
async function running(): Promise<Set & { process: FakeProcess }> {
  const set = setUp();
  const process = new FakeProcess(1);
  const started = set.controller.start();
  set.launches[0]?.answer.resolve(process);
  await started;
  return { ...set, process };
}

test('an engine that another window has stopped is not started again, and the state says who it was', async () => {
  const { controller, launches, process, states } = await running();
  process.endBy('stopped');
  await settle();
  assert.equal(launches.length, 1);
  assert.deepEqual(controller.state, { name: 'stopped', byOtherWindow: true });
  assert.deepEqual(states, ['starting', 'running', 'stopped']);
  const again = controller.start();
  launches[1]?.answer.resolve(new FakeProcess(2));
  assert.equal((await again).port, 2);
});

test('restarts by another window are followed, and are no crashes however many they are', async () => {
  const { controller, launches, process } = await running();
  let last = process;
  for (let count = 1; count <= 10; count += 1) {
    last.endBy('restarted');
    await settle();
    last = new FakeProcess(count);
    launches[count]?.answer.resolve(last);
    await settle();
  }
  assert.equal(controller.state.name === 'running' && controller.state.connection.port, 10);
});

test('when the data folder is deleted, that is told and the engine starts anew; not for ever', async () => {
  const { controller, launches, process, lost } = await running();
  let last = process;
  for (let count = 1; count <= 4; count += 1) {
    last.endBy('lost');
    await settle();
    assert.equal(lost.times, Math.min(3, count));
    last = new FakeProcess(count);
    launches[count]?.answer.resolve(last);
    await settle();
  }
  assert.equal(controller.state.name, 'failed');
});

test('a window lets go of its engine without ending it', async () => {
  const { controller, process } = await running();
  await controller.release();
  assert.equal(process.asked, 'released');
  assert.equal(controller.state.name, 'stopped');
});

test('an engine of another window is joined without a start, and where there is none nothing changes', async () => {
  const { controller, launches, joins, states } = setUp();
  const none = controller.join();
  joins[0]?.resolve(undefined);
  assert.equal(await none, false);
  assert.deepEqual(states, []);
  const joined = controller.join();
  const process = new FakeProcess(7);
  process.users = 2;
  joins[1]?.resolve(process);
  assert.equal(await joined, true);
  assert.deepEqual([states, launches.length, controller.users], [['running'], 0, 2]);
  assert.equal((await controller.start()).port, 7);
  assert.equal(launches.length, 0);
});

test('who starts an engine while one is looked for gets the one that is found', async () => {
  const { controller, launches, joins } = setUp();
  const joined = controller.join();
  const started = controller.start();
  joins[0]?.resolve(new FakeProcess(7));
  await joined;
  assert.equal((await started).port, 7);
  assert.equal(launches.length, 0);
});

test('stop calls off a look for an engine', async () => {
  const { controller } = setUp();
  const joined = controller.join();
  const rejected = assert.rejects(joined, isCancelled);
  await controller.stop();
  await rejected;
  assert.equal(controller.state.name, 'stopped');
});
