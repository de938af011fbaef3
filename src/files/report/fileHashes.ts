import { createHash } from 'node:crypto';
import { throwIfAborted } from '../../base/async.js';
import { readFileBytes } from '../readFileBytes.js';
import { ReportThread } from './reportThread.js';

interface Job {
  readonly path: string;
  readonly done: (md5: string) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * MD5s of files, computed beside the reading of them: summing takes longer than reading rows. A thread of its own begins at once; `finish`
 * helps it from the other end of the queue.
 */
export class FileHashes {
  readonly #signal: AbortSignal | undefined;
  #jobs: Job[] = [];
  #thread: ReportThread | undefined;
  #working: Promise<void> | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Lower-case hex. Rejects when the file can't be read. */
  md5(path: string): Promise<string> {
    const result = new Promise<string>((done, failed) => {
      this.#jobs.push({ path, done, failed });
    });
    // Whoever asked may be gone when it fails.
    result.catch(() => undefined);
    this.#working ??= this.#work();
    return result;
  }

  /** Resolves when all that was asked for is there. */
  async finish(): Promise<void> {
    for (let job = this.#jobs.pop(); job !== undefined; job = this.#jobs.pop()) {
      await settle(job, md5OfFile(job.path, this.#signal));
    }
    await this.#working;
  }

  async close(): Promise<void> {
    for (const { failed } of this.#jobs.splice(0)) failed(new Error('Closed before it was computed.'));
    await this.#thread?.close();
  }

  async #work(): Promise<void> {
    const thread = (this.#thread ??= new ReportThread());
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      await settle(job, thread.run({ kind: 'md5', path: job.path }, { signal: this.#signal }));
    }
    this.#working = undefined;
  }
}

async function settle(job: Job, md5: Promise<string>): Promise<void> {
  try {
    job.done(await md5);
  } catch (error) {
    job.failed(error);
  }
}

/** Lower-case hex of the bytes on disk. */
export async function md5OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of readFileBytes(path)) {
    throwIfAborted(signal);
    hash.update(chunk);
  }
  return hash.digest('hex');
}
