import { parentPort, workerData } from 'node:worker_threads';
import type { EnvironmentOptions, FunctionDefinition, InvokeOutcome } from '../../src/engine/contracts.js';
import { createEnvironment } from '../../src/engine/lambda/createEnvironment.js';

/** The thread of EnvironmentThread. */
const { definition, options } = workerData as { definition: FunctionDefinition; options: Omit<EnvironmentOptions, 'onOutput'> };
const port = parentPort;
if (port === null) throw new Error('This file runs in a worker thread.');
const environment = await createEnvironment(definition, {
  ...options,
  onOutput: (stream, line) => port.postMessage({ output: { stream, line } }),
});

interface Request {
  id: number;
  invoke?: unknown;
  timeoutMs?: number;
  measure?: unknown;
  count?: number;
  isUsable?: boolean;
  dispose?: boolean;
}

async function answer(request: Request): Promise<unknown> {
  if (request.dispose === true) return environment.dispose();
  if (request.isUsable === true) return environment.isUsable;
  if (request.count !== undefined) {
    const started = performance.now();
    let last: InvokeOutcome | undefined;
    const width = environment.queueLength ?? 1;
    for (let done = 0; done < request.count; done += width) {
      const context = { requestId: 'measure', deadlineMs: Date.now() + 60_000 };
      if (width === 1) last = await environment.invoke(request.measure, context);
      else last = (await Promise.all(Array.from({ length: width }, () => environment.invoke(request.measure, context)))).at(-1);
    }
    return { perSecond: (request.count / (performance.now() - started)) * 1000, last };
  }
  return environment.invoke(request.invoke, {
    requestId: `request-${request.id}`,
    deadlineMs: Date.now() + (request.timeoutMs ?? 3000),
  });
}

port.on('message', (request: Request) => {
  void answer(request).then((value) => port.postMessage({ id: request.id, value }));
});
