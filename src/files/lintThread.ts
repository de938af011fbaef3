import { parentPort } from 'node:worker_threads';
import { lintFile } from './lintFile.js';
import { LintWorkers } from './lintWorkers.js';
import type { FromLintThread, ToLintThread } from './lintThreadMessages.js';
import { toPosted } from './postedError.js';

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

parentPort?.on('message', (message: ToLintThread) => {
  if (message.kind === 'abort') abort?.abort();
  else void lint(message);
});
