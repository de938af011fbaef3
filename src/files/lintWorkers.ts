import { Worker } from 'node:worker_threads';
import { NeedsExactLint } from './openedFile.js';
import { fromPosted } from './postedError.js';
import type { FromWorker, ToWorker } from './scanMessages.js';
import type { ChunkResult } from './scanPlan.js';
import { workerScript } from './workerScript.js';

type Answer<K extends FromWorker['kind']> = Extract<FromWorker, { kind: K }>;

interface Waiting {
  readonly onMessage: (message: FromWorker) => void;
  readonly reject: (error: Error) => void;
}

/** One worker thread, which does one thing at a time. */
class LintWorker {
  readonly #worker: Worker;
  #waiting: Waiting | undefined;
  isBroken = false;

  constructor(script: string) {
    this.#worker = new Worker(script);
    this.#worker.on('message', (message: FromWorker) => this.#waiting?.onMessage(message));
    this.#worker.on('error', (error) => this.#break(error));
    this.#worker.on('exit', () => this.#break(new Error('The lint worker ended.')));
    this.#worker.unref();
  }

  /** Resolves with the answer of this kind. Chunks that come before go to `onChunks`. */
  async ask<K extends FromWorker['kind']>(
    message: ToWorker,
    kind: K,
    onChunks: (results: readonly ChunkResult[]) => void = () => undefined,
  ): Promise<Answer<K>> {
    this.#worker.ref();
    try {
      return await new Promise<Answer<K>>((resolve, reject) => {
        if (this.isBroken) throw new Error('The lint worker has ended.');
        const onMessage = (answer: FromWorker): void => {
          if (answer.kind === 'chunks') onChunks(answer.results);
          else if (answer.kind === 'failed') {
            reject(answer.isExactNeeded ? new NeedsExactLint(answer.error.message) : fromPosted(answer.error));
          } else if (answer.kind === kind) resolve(answer as Answer<K>);
        };
        this.#waiting = { reject, onMessage };
        this.#worker.postMessage(message);
      });
    } finally {
      this.#waiting = undefined;
      this.#worker.unref();
    }
  }

  async terminate(): Promise<void> {
    this.isBroken = true;
    await this.#worker.terminate();
  }

  #break(error: Error): void {
    this.isBroken = true;
    this.#waiting?.reject(error);
  }
}

export type { LintWorker };

/** Lint workers that are kept for some time after their work, because starting one takes longer than linting a small file. */
export class LintWorkers {
  readonly #script: string;
  readonly #keepMs: number;
  #idle: { readonly worker: LintWorker; readonly timer: NodeJS.Timeout }[] = [];

  /** `keepMs` 0 ends workers at once. */
  constructor(options: { readonly keepMs: number; readonly script?: string }) {
    this.#keepMs = options.keepMs;
    this.#script = options.script ?? workerScript('lintWorker');
  }

  take(): LintWorker {
    for (;;) {
      const kept = this.#idle.pop();
      if (kept === undefined) return new LintWorker(this.#script);
      clearTimeout(kept.timer);
      if (!kept.worker.isBroken) return kept.worker;
    }
  }

  /** `isFit`: false when its work failed or was given up. */
  async giveBack(worker: LintWorker, isFit: boolean): Promise<void> {
    if (!isFit || worker.isBroken || this.#keepMs === 0) {
      await worker.terminate();
      return;
    }
    const timer = setTimeout(() => {
      this.#idle = this.#idle.filter((kept) => kept.worker !== worker);
      worker.terminate().catch(() => undefined);
    }, this.#keepMs);
    timer.unref();
    this.#idle.push({ worker, timer });
  }

  /** Ends the workers that are kept. */
  async close(): Promise<void> {
    const kept = this.#idle;
    this.#idle = [];
    for (const { timer } of kept) clearTimeout(timer);
    await Promise.all(kept.map(({ worker }) => worker.terminate()));
  }
}
