import { setImmediate as immediate, setTimeout as wait } from 'node:timers/promises';
import type { BatchEvent } from '../../src/core/handler/handlerTypes.js';
import { invocationIdOf } from '../../src/engine/run/taskIds.js';
import type { Environment, EnvironmentOptions, FunctionDefinition, InvokeOutcome } from '../../src/engine/contracts.js';

/**
 * An environment without a handler: the key says what happens. `ok…`, `slow<ms>…`, `fail…`, `temp…` (always), `once…` (fails
 * temporarily at its first attempt), `throw…`, `hang…` (blocks the thread), `never…` (never settles), `exit…`, `crash…` (of the whole process), `garbage…`.
 * With the handler `queued` it takes several invocations at once and works through them in order, like a child process.
 */
export function createFakeEnvironment(definition: FunctionDefinition, options: EnvironmentOptions): Promise<Environment> {
  const isQueued = definition.handler === 'queued';
  let turn: Promise<unknown> = Promise.resolve();
  return Promise.resolve({
    queueLength: isQueued ? 16 : 1,
    invoke: async (event: unknown): Promise<InvokeOutcome> => {
      if (!isQueued) return answerTo(event);
      const outcome = turn.then(async () => {
        await immediate();
        return answerTo(event);
      });
      turn = outcome;
      return outcome;
    },
    dispose: () => Promise.resolve(),
  });

  async function answerTo(event: unknown): Promise<InvokeOutcome> {
    const { tasks, invocationId } = event as BatchEvent;
    const [task] = tasks;
    const key = decodeURIComponent((task?.s3Key ?? '').replaceAll('+', ' '));
    const answer = (resultCode: string, resultString: string): InvokeOutcome => ({
      kind: 'returned',
      payload: { invocationSchemaVersion: '1.0', results: [{ taskId: task?.taskId, resultCode, resultString }] },
    });
    if (key.startsWith('slow')) await wait(Number(/^slow(\d+)/.exec(key)?.[1] ?? 20));
    if (key.startsWith('fail')) return answer('PermanentFailure', `no, ${key}`);
    if (key.startsWith('temp')) return answer('TemporaryFailure', 'not now');
    if (key.startsWith('once') && invocationId === invocationIdOf(task?.taskId ?? '', 0))
      return answer('TemporaryFailure', 'not yet');
    if (key.startsWith('throw')) {
      return { kind: 'functionError', errorType: 'ReferenceError', errorMessage: 'newKey is not defined', trace: [] };
    }
    if (key.startsWith('hang')) for (;;);
    if (key.startsWith('never')) await new Promise(() => undefined);
    if (key.startsWith('exit')) process.exit(3);
    if (key.startsWith('crash')) process.kill(process.pid, 'SIGKILL');
    if (key.startsWith('garbage')) return { kind: 'invalidJson', text: 'NaN' };
    if (key.startsWith('say')) options.onOutput('stdout', `hello ${key}`);
    return answer('Succeeded', `done ${key}`);
  }
}
