import { md5OfFiles } from './md5OfFiles.js';
import { ReportThread } from './reportThread.js';

/** Files that are summed together. */
interface Batch {
  readonly paths: readonly string[];
  readonly done: (md5s: readonly string[]) => void;
  readonly failed: (error: unknown) => void;
}

interface HashedFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * MD5s of files, computed beside the reading of them: summing takes longer than reading rows. A thread of its own begins at once; `finish`
 * helps it from the other end of the queue.
 */
export class FileHashes {
  readonly #signal: AbortSignal | undefined;
  #waiting: Batch[] = [];
  #thread: ReportThread | undefined;
  #working: Promise<void> | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Lower-case hex, for each file. Rejects when the file, or one that is summed together with it, can't be read. */
  md5s<F extends HashedFile>(files: readonly F[]): ReadonlyMap<F, Promise<string>> {
    const sums = new Map<F, Promise<string>>();
    for (const batch of inBatches(files)) {
      const all = new Promise<readonly string[]>((done, failed) => {
        this.#waiting.push({ paths: batch.map(({ path }) => path), done, failed });
      });
      for (const [index, file] of batch.entries()) {
        const sum = all.then((md5s) => md5s[index] ?? '');
        // Whoever asked may be gone when it fails.
        sum.catch(() => undefined);
        sums.set(file, sum);
      }
    }
    this.#working ??= this.#work();
    return sums;
  }

  /** Resolves when all that was asked for is there. */
  async finish(): Promise<void> {
    for (let batch = this.#waiting.pop(); batch !== undefined; batch = this.#waiting.pop()) {
      await settle(batch, md5OfFiles(batch.paths, this.#signal));
    }
    await this.#working;
  }

  async close(): Promise<void> {
    for (const { failed } of this.#waiting.splice(0)) failed(new Error('Closed before it was computed.'));
    await this.#thread?.close();
  }

  async #work(): Promise<void> {
    for (let batch = this.#waiting.shift(); batch !== undefined; batch = this.#waiting.shift()) {
      const thread = (this.#thread ??= new ReportThread());
      await settle(batch, thread.run({ kind: 'md5', paths: batch.paths }, { signal: this.#signal }));
    }
    this.#working = undefined;
  }
}

/**
 * Files of like sizes are summed side by side. One that is larger than all the smaller ones together would be alone for most of its time;
 * by itself it is summed faster.
 */
function inBatches<F extends HashedFile>(files: readonly F[]): F[][] {
  const sorted = files.toSorted((left, right) => right.sizeBytes - left.sizeBytes);
  let rest = sorted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const batches: F[][] = [];
  for (let file = sorted[0]; file !== undefined; file = sorted[0]) {
    rest -= file.sizeBytes;
    if (file.sizeBytes < rest) break;
    batches.push([file]);
    sorted.shift();
  }
  return sorted.length === 0 ? batches : [...batches, sorted];
}

async function settle(batch: Batch, md5s: Promise<readonly string[]>): Promise<void> {
  try {
    batch.done(await md5s);
  } catch (error) {
    batch.failed(error);
  }
}
