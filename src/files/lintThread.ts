import { parentPort } from 'node:worker_threads';
import { errorMessage, isBatchError } from '../base/errors.js';
import { lintFile } from './lintFile.js';
import { LintWorkers } from './lintWorkers.js';
import type { FromLintThread, PostedError, ToLintThread } from './lintThreadMessages.js';

/** The program of a lint thread: lints whole files for a thread that must stay free, such as VS Code's extension host. */
const keepWorkersMs = 10_000;
const workers = new LintWorkers({ keepMs: keepWorkersMs });
let abort: AbortController | undefined;

function post(message: FromLintThread): void {
  parentPort?.postMessage(message);
}

async function lint(message: ToLintThread & { kind: 'lint' }): Promise<void> {
  const { path, name, lint: options, workerCount, partialAfterMs } = message;
  abort = new AbortController();
  const { signal } = abort;
  try {
    const result = await lintFile(path, options, {
      name,
      signal,
      workers,
      workerCount,
      onProgress: (doneBytes, totalBytes) => post({ kind: 'progress', doneBytes, totalBytes }),
      ...(partialAfterMs !== undefined && { partialAfterMs, onPartial: (problems) => post({ kind: 'partial', problems }) }),
    });
    post({ kind: 'done', result });
  } catch (error) {
    post({ kind: 'failed', error: toPosted(error) });
  }
}

function toPosted(error: unknown): PostedError {
  const stack = error instanceof Error ? error.stack : undefined;
  if (!isBatchError(error)) return { code: undefined, message: errorMessage(error), hint: undefined, stack };
  return { code: error.code, message: error.message, hint: error.hint, stack };
}

parentPort?.on('message', (message: ToLintThread) => {
  if (message.kind === 'abort') abort?.abort();
  else void lint(message);
});
