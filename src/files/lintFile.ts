import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { throwIfAborted } from '../base/async.js';
import { cancelledError } from '../base/errors.js';
import { type LintResult, ManifestByteLinter } from '../core/manifest/lintManifest.js';
import { defaultMaxProblems, type LintOptions } from '../core/manifest/lintOptions.js';
import { mergeDuplicates, type Duplicates, type SearchPlan } from './duplicateSearch.js';
import { describeReadError } from './fileErrors.js';
import type { HashParts } from './hashStore.js';
import { type LintWorker, LintWorkers } from './lintWorkers.js';
import { type ManifestHead, readHead } from './manifestHead.js';
import { NeedsExactLint, OpenedFile } from './openedFile.js';
import { type PartialOptions, PartialProblems } from './partialProblems.js';
import { ResultMerger } from './resultMerger.js';
import { kernelRules } from './scanKernel.js';
import { type ScanPlan, shared } from './scanPlan.js';
import { ScanThread } from './scanThread.js';
import { SeenRows } from './seenRows.js';
import { withRepeatedRows } from './withRepeatedRows.js';
import { compileKernel } from './wasmKernel.js';

export interface LintRun extends PartialOptions {
  /** What messages call the file; its path unless said. */
  readonly name?: string;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the file that are done, some times a second at most for large files. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Where workers come from. Unless given they are started for this lint and ended with it. */
  readonly workers?: LintWorkers;
  /** 1 unless said. */
  readonly workerCount?: number;
  /** False for threads that must not be kept busy, such as VS Code's extension host. True unless said. */
  readonly isScannedHere?: boolean;
  /** Memory for the hashes of rows, all threads together; beyond it they go to a temporary file. */
  readonly hashBytes?: number;
  readonly temporaryFolder?: string;
  /** Which kernel; WebAssembly where there is SIMD unless said. */
  readonly kernel?: 'wasm' | 'js';
  /** Small chunks stay in the processor's cache while they are scanned; larger ones are slower. */
  readonly chunkBytes?: number;
  /** Files below this are linted from begin to end, as it is done before a worker has started. */
  readonly smallBytes?: number;
}

const defaultChunkBytes = 512 * 1024;
const defaultSmallBytes = 1024 * 1024;
const defaultHashBytes = 288 * 1024 * 1024;
/** A worker that has less than this to do comes too late. */
const bytesPerWorker = 8 * 1024 * 1024;

/**
 * Lints a manifest on disk, with the result of `lintManifest` for its bytes, in memory that does not grow with the file. `.gz` files are
 * unpacked. Throws `CanNotRead` when it can't be read and `FileChanged` when it changed or vanished meanwhile, and the cancellation
 * error when aborted.
 */
export async function lintFile(path: string, lint: LintOptions = {}, run: LintRun = {}): Promise<LintResult> {
  throwIfAborted(run.signal);
  const file = new OpenedFile(path, run.name ?? path);
  try {
    const result = await lintOpened(file, /\.gz$/i.test(path), lint, run);
    file.checkUnchanged();
    return result;
  } catch (error) {
    // That the file changed explains every other error.
    if (run.signal?.aborted !== true) file.checkUnchanged();
    throw error;
  } finally {
    file.close();
  }
}

async function lintOpened(file: OpenedFile, isPacked: boolean, lint: LintOptions, run: LintRun): Promise<LintResult> {
  if (isPacked) return lintPacked(file, lint, run);
  if (!file.isRegular || file.sizeBytes < (run.smallBytes ?? defaultSmallBytes)) return lintFromBegin(file, lint, run);
  const head = readHead(file.fd, file.sizeBytes, lint);
  if (head === undefined) return lintFromBegin(file, lint, run);
  try {
    return await lintInChunks(file, head, lint, run);
  } catch (error) {
    if (!(error instanceof NeedsExactLint)) throw error;
    return lintFromBegin(file, lint, run);
  }
}

/** From begin to end, by the exact rules alone. */
async function lintFromBegin(file: OpenedFile, lint: LintOptions, run: LintRun): Promise<LintResult> {
  return lintChunks(file.chunks(), file, lint, run);
}

async function lintPacked(file: OpenedFile, lint: LintOptions, run: LintRun): Promise<LintResult> {
  // Each chunk is new: the stream holds several at a time.
  const packed = Readable.from(file.chunks({ areKept: true }), { objectMode: false });
  const unpacked = createGunzip({ chunkSize: 256 * 1024 });
  packed.on('error', (error) => unpacked.destroy(error));
  let done = 0;
  packed.on('data', (chunk: Uint8Array) => {
    done += chunk.length;
  });
  try {
    return await lintChunks(packed.pipe(unpacked) as AsyncIterable<Uint8Array>, file, lint, run, () => done);
  } catch (error) {
    throw describeReadError(run.name ?? 'the file', error);
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

async function lintChunks(
  chunks: AsyncIterable<Uint8Array>,
  file: OpenedFile,
  lint: LintOptions,
  run: LintRun,
  doneBytes?: () => number,
): Promise<LintResult> {
  const maxListed = lint.maxProblems ?? defaultMaxProblems;
  const seen = new SeenRows({ limitBytes: run.hashBytes ?? defaultHashBytes, temporaryFolder: run.temporaryFolder, maxListed });
  const linter = new ManifestByteLinter(lint, seen);
  const partial = new PartialProblems(run);
  let read = 0;
  try {
    for await (const chunk of chunks) {
      throwIfAborted(run.signal);
      linter.push(chunk);
      read += chunk.length;
      run.onProgress?.(doneBytes?.() ?? read, file.sizeBytes);
      partial.offer(() => linter.snapshot().problems);
    }
    const result = linter.end();
    return withRepeatedRows(result, seen.finish(), { lint, unendedLine: linter.unendedLine });
  } finally {
    seen.close();
  }
}

/** In chunks, by this thread and by workers, each taking the next chunk that nobody has. */
async function lintInChunks(file: OpenedFile, head: ManifestHead, lint: LintOptions, run: LintRun): Promise<LintResult> {
  const workerCount = Math.min(
    run.workerCount ?? 1,
    run.isScannedHere === false ? Infinity : Math.floor(file.sizeBytes / (run.smallBytes ?? bytesPerWorker)),
  );
  const spillFolder = join(run.temporaryFolder ?? tmpdir(), `s3batch-lint-${randomUUID()}`);
  const plan = planScan(file, head, lint, { ...run, threads: workerCount + 1, spillFolder });
  const pool = run.workers ?? new LintWorkers({ keepMs: 0 });
  const workers = Array.from({ length: workerCount }, () => pool.take());
  const job = new ChunkedLint(head, plan, workers, run);
  let isDone = false;
  try {
    const result = await job.run();
    isDone = true;
    return result;
  } finally {
    job.stop();
    await Promise.all(workers.map((worker) => pool.giveBack(worker, isDone)));
    if (existsSync(spillFolder)) await rm(spillFolder, { recursive: true, force: true });
  }
}

function planScan(
  file: OpenedFile,
  head: ManifestHead,
  lint: LintOptions,
  run: LintRun & { readonly threads: number; readonly spillFolder: string },
): ScanPlan {
  const chunkBytes = run.chunkBytes ?? defaultChunkBytes;
  const severities = lint.severities ?? {};
  let rules = 0;
  for (const [bit, { rule }] of kernelRules.entries()) if (severities[rule] !== 'off') rules |= 1 << bit;
  return {
    fd: file.fd,
    sizeBytes: file.sizeBytes,
    firstRow: head.end,
    chunkBytes,
    chunkCount: Math.ceil((file.sizeBytes - head.end) / chunkBytes),
    layout: head.layout,
    mode: {
      columns: head.columns,
      isCrlf: head.isCrlf,
      isQuoted: head.isQuoted,
      rules,
      escaped: head.escaped,
    },
    lint,
    maxProblems: lint.maxProblems ?? defaultMaxProblems,
    kernel: run.kernel === 'js' ? undefined : compileKernel(),
    // More than a small file can fill is not even asked for.
    hashBytes:
      severities['duplicate-row'] === 'off'
        ? undefined
        : Math.min((run.hashBytes ?? defaultHashBytes) / run.threads, 4 * file.sizeBytes),
    spillFolder: run.spillFolder,
  };
}

class ChunkedLint {
  readonly #plan: ScanPlan;
  readonly #workers: readonly LintWorker[];
  readonly #run: LintRun;
  readonly #shared = new SharedArrayBuffer(shared.words * 4);
  readonly #control = new Int32Array(this.#shared);
  readonly #thread: ScanThread;
  readonly #merger: ResultMerger;
  readonly #partial: PartialProblems;

  constructor(head: ManifestHead, plan: ScanPlan, workers: readonly LintWorker[], run: LintRun) {
    this.#plan = plan;
    this.#workers = workers;
    this.#run = run;
    this.#partial = new PartialProblems(run);
    this.#thread = new ScanThread(plan, this.#shared);
    this.#merger = new ResultMerger(head, plan, this.#thread.scanner, () => Atomics.store(this.#control, shared.isEnough, 1));
  }

  async run(): Promise<LintResult> {
    const parts = await this.#scan();
    throwIfAborted(this.#run.signal);
    const duplicates = parts.length === 0 ? undefined : await this.#search(parts);
    throwIfAborted(this.#run.signal);
    await Promise.all(this.#workers.map((worker) => worker.ask({ kind: 'close' }, 'closed')));
    return this.#merger.finish(duplicates);
  }

  /** Makes all threads stop at their next chunk or partition. */
  stop(): void {
    Atomics.store(this.#control, shared.isStopped, 1);
    this.#thread.close();
  }

  async #scan(): Promise<HashParts[]> {
    const scan = { kind: 'scan', plan: this.#plan, control: this.#shared } as const;
    const asked = this.#workers.map((worker) =>
      worker.ask(scan, 'scanned', (results) => {
        for (const result of results) this.#merger.add(result);
        this.#partial.offer(() => this.#merger.partialProblems());
      }),
    );
    const scanned = Promise.all(asked);
    // Awaited below; should this thread fail first, the workers' failures are of no interest.
    scanned.catch(() => undefined);
    if (this.#run.isScannedHere === false && this.#workers.length > 0) await this.#waitFor(scanned);
    else await this.#scanHere();
    const answers = await scanned;
    this.#reportProgress();
    return [this.#thread.parts(), ...answers.map(({ parts }) => parts)].filter((part) => part !== undefined);
  }

  async #scanHere(): Promise<void> {
    let count = 0;
    for (let result = this.#thread.next(); result !== undefined; result = this.#thread.next()) {
      this.#merger.add(result);
      count += 1;
      if (count % 8 !== 0) continue;
      // Lets messages of the workers in, and an abort.
      await setImmediate();
      throwIfAborted(this.#run.signal);
      this.#reportProgress();
      this.#partial.offer(() => this.#merger.partialProblems());
    }
  }

  /** Reports progress until the workers are done. */
  async #waitFor(scanned: Promise<unknown>): Promise<void> {
    const { signal } = this.#run;
    const timer = setInterval(() => this.#reportProgress(), 100);
    try {
      await Promise.race([scanned, rejectOnAbort(signal)]);
    } finally {
      clearInterval(timer);
    }
  }

  #reportProgress(): void {
    const done = Atomics.load(this.#control, shared.chunksDone) * this.#plan.chunkBytes + this.#plan.firstRow;
    this.#run.onProgress?.(Math.min(done, this.#plan.sizeBytes), this.#plan.sizeBytes);
  }

  async #search(parts: readonly HashParts[]): Promise<Duplicates> {
    const { fd, sizeBytes, layout, maxProblems } = this.#plan;
    const plan: SearchPlan = { fd, sizeBytes, layout, limit: maxProblems, parts, stale: this.#merger.stale };
    const asked = Promise.all(this.#workers.map((worker) => worker.ask({ kind: 'search', plan }, 'searched')));
    asked.catch(() => undefined);
    const here = this.#run.isScannedHere === false && this.#workers.length > 0 ? [] : [this.#thread.search(plan)];
    const answers = await Promise.race([asked, rejectOnAbort(this.#run.signal)]);
    return mergeDuplicates([...here, ...answers.map(({ duplicates }) => duplicates)], maxProblems);
  }
}

function rejectOnAbort(signal: AbortSignal | undefined): Promise<never> {
  return new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(cancelledError()), { once: true });
  });
}
