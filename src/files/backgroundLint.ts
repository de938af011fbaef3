import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { throwIfAborted } from '../base/async.js';
import { cancelledError } from '../base/errors.js';
import type { LintResult } from '../core/manifest/lintManifest.js';
import type { LintOptions } from '../core/manifest/lintOptions.js';
import type { LintRun } from './lintFile.js';
import { defaultPartialAfterMs } from './partialProblems.js';
import type { FromLintThread, ToLintThread } from './lintThreadMessages.js';
import { fromPosted } from './postedError.js';
import { workerScript } from './workerScript.js';

export type BackgroundRun = Pick<LintRun, 'name' | 'signal' | 'onProgress' | 'onPartial' | 'partialAfterMs'>;

interface Waiting {
  readonly onMessage: (message: FromLintThread) => void;
  readonly onEnd: (error: Error) => void;
}

class LintThread {
  readonly #worker: Worker;
  #waiting: Waiting | undefined;
  hasEnded = false;

  constructor(script: string) {
    this.#worker = new Worker(script);
    this.#worker.on('message', (message: FromLintThread) => this.#waiting?.onMessage(message));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('The lint thread ended.')));
    this.#worker.unref();
  }

  async lint(path: string, lint: LintOptions, run: BackgroundRun): Promise<LintResult> {
    const { signal } = run;
    const onAbort = (): void => this.#post({ kind: 'abort' });
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#worker.ref();
    try {
      return await new Promise<LintResult>((resolve, reject) => {
        const onMessage = (message: FromLintThread): void => {
          if (message.kind === 'done') resolve(message.result);
          else if (message.kind === 'failed') reject(fromPosted(message.error));
          else if (signal?.aborted === true) return;
          else if (message.kind === 'partial') run.onPartial?.(message.problems);
          else run.onProgress?.(message.doneBytes, message.totalBytes);
        };
        this.#waiting = { onMessage, onEnd: reject };
        if (this.hasEnded) throw new Error('The lint thread has ended.');
        // Beside the thread itself; what a file is worth, the lint decides.
        const workerCount = Math.max(0, Math.min(3, availableParallelism() - 1));
        const partialAfterMs = run.onPartial === undefined ? undefined : (run.partialAfterMs ?? defaultPartialAfterMs);
        this.#post({ kind: 'lint', path, name: run.name ?? path, lint, workerCount, partialAfterMs });
      });
    } finally {
      this.#waiting = undefined;
      this.#worker.unref();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async terminate(): Promise<void> {
    this.hasEnded = true;
    await this.#worker.terminate();
  }

  #post(message: ToLintThread): void {
    this.#worker.postMessage(message);
  }

  #end(error: Error): void {
    this.hasEnded = true;
    this.#waiting?.onEnd(error);
  }
}

/**
 * Lints files in threads of their own: the thread that asks neither reads nor judges anything. Threads are kept for some time, because
 * starting one takes longer than linting a small file.
 */
export class BackgroundLint {
  readonly #script: string;
  readonly #keepMs: number;
  #idle: { readonly thread: LintThread; readonly timer: NodeJS.Timeout }[] = [];

  constructor(options: { readonly keepMs: number; readonly script?: string }) {
    this.#keepMs = options.keepMs;
    this.#script = options.script ?? workerScript('lintThread');
  }

  /** As `lintFile`, and with its errors. */
  async lint(path: string, lint: LintOptions = {}, run: BackgroundRun = {}): Promise<LintResult> {
    throwIfAborted(run.signal);
    const thread = this.#take();
    try {
      const result = await thread.lint(path, lint, run);
      // It may have been done before it heard that nobody waits any more.
      throwIfAborted(run.signal);
      return result;
    } catch (error) {
      if (run.signal?.aborted === true) throw cancelledError();
      throw error;
    } finally {
      await this.#giveBack(thread);
    }
  }

  #take(): LintThread {
    for (;;) {
      const kept = this.#idle.pop();
      if (kept === undefined) return new LintThread(this.#script);
      clearTimeout(kept.timer);
      if (!kept.thread.hasEnded) return kept.thread;
    }
  }

  async #giveBack(thread: LintThread): Promise<void> {
    if (thread.hasEnded) return;
    if (this.#keepMs === 0) {
      await thread.terminate();
      return;
    }
    const timer = setTimeout(() => {
      this.#idle = this.#idle.filter((kept) => kept.thread !== thread);
      thread.terminate().catch(() => undefined);
    }, this.#keepMs);
    timer.unref();
    this.#idle.push({ thread, timer });
  }

  /** Ends the threads that are kept. */
  async close(): Promise<void> {
    const kept = this.#idle;
    this.#idle = [];
    for (const { timer } of kept) clearTimeout(timer);
    await Promise.all(kept.map(({ thread }) => thread.terminate()));
  }
}
