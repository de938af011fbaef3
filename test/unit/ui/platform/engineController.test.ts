import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deferred, type Deferred } from '../../../../src/base/async.js';
import { type BatchError, cancelledError, isCancelled } from '../../../../src/base/errors.js';
import type { EngineConnection } from '../../../../src/core/job/target.js';
import { EngineController, type EngineProcess } from '../../../../src/ui/platform/engineController.js';

class FakeProcess implements EngineProcess {
  readonly connection: EngineConnection;
  readonly #exited: Deferred<string> = deferred<string>();
  isClosed = false;

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
  get exited(): Promise<string> {
    return this.#exited.promise;
  }
  crash(): void {
    this.#exited.resolve('exit code 1');
  }
  close(): Promise<void> {
    this.isClosed = true;
    this.#exited.resolve('signal SIGTERM');
    return Promise.resolve();
  }
}

interface Set {
  controller: EngineController;
  launches: { signal: AbortSignal; answer: Deferred<EngineProcess> }[];
  states: string[];
  time: { now: number };
}

function setUp(): Set {
  const launches: Set['launches'] = [];
  const time = { now: 0 };
  const controller = new EngineController({
    clock: { now: () => time.now, schedule: () => ({ dispose: () => undefined }) },
    log: { info: () => undefined, warn: () => undefined },
    launch: (signal) => {
      const answer = deferred<EngineProcess>();
      launches.push({ signal, answer });
      signal.addEventListener('abort', () => answer.reject(cancelledError()), { once: true });
      return answer.promise;
    },
  });
  const states: string[] = [];
  controller.onDidChangeState((state) => states.push(state.name));
  return { controller, launches, states, time };
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
  assert.equal(process.isClosed, true);
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

test('a process that was started in spite of the abort is closed', async () => {
  const process = new FakeProcess(1);
  const answer = deferred<EngineProcess>();
  const controller = new EngineController({
    clock: { now: () => 0, schedule: () => ({ dispose: () => undefined }) },
    log: { info: () => undefined, warn: () => undefined },
    launch: () => answer.promise,
  });
  const started = controller.start();
  const rejected = assert.rejects(started, isCancelled);
  const stopped = controller.stop();
  answer.resolve(process);
  await stopped;
  await rejected;
  assert.equal(process.isClosed, true);
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
