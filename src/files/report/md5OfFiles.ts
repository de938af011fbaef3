import { createHash } from 'node:crypto';
import { readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../../base/async.js';
import { describeReadError } from '../fileErrors.js';
import { fileChanged, isUnchanged, readFileBytes } from '../readFileBytes.js';
import { blockBytes, laneCount, Md5Lanes, pad } from './md5Lanes.js';

const readBytes = 256 * 1024;
const pauseBytes = 32 * 1024 * 1024;

/** Lower-case hex of the bytes on disk. Throws as `readFileBytes` does. */
export async function md5OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('md5');
  const pause = new Pause(signal);
  for await (const chunk of readFileBytes(path, { isBlocking: true })) {
    await pause.after(chunk.length);
    hash.update(chunk);
  }
  return hash.digest('hex');
}

/** As `md5OfFile`, in the order of the paths: four files at a time, which together take hardly longer than the longest of them. */
export async function md5OfFiles(paths: readonly string[], signal?: AbortSignal): Promise<string[]> {
  const lanes = paths.length < 2 ? undefined : Md5Lanes.create(readBytes + 2 * blockBytes);
  const sums = new Map<string, string>();
  if (lanes === undefined) for (const path of paths) sums.set(path, await md5OfFile(path, signal));
  else await sumInLanes(lanes, [...new Set(paths)], sums, signal);
  return paths.map((path) => sums.get(path) ?? '');
}

async function sumInLanes(
  lanes: Md5Lanes,
  paths: readonly string[],
  sums: Map<string, string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const waiting = [...paths];
  const pause = new Pause(signal);
  const files: (LaneFile | undefined)[] = Array.from({ length: laneCount }, () => undefined);
  try {
    for (;;) {
      for (const [lane, buffer] of lanes.buffers.entries()) {
        const file = files[lane];
        if (file?.isDone === false) continue;
        if (file !== undefined) sums.set(file.path, lanes.sum(lane));
        await file?.close();
        files[lane] = undefined;
        const path = waiting.shift();
        if (path === undefined) continue;
        files[lane] = await LaneFile.open(path, buffer);
        lanes.begin(lane);
      }
      const busy = files.filter((file) => file !== undefined);
      if (busy.length === 0) return;
      await pause.after(busy.length * readBytes);
      for (const file of busy) await file.fill();
      const blocks = Math.min(...busy.map((file) => file.blocks));
      // A lane without a file takes in whatever its buffer holds: nobody asks for its sum.
      lanes.take(
        files.map((file) => file?.offset ?? 0),
        blocks,
      );
      for (const file of busy) file.pass(blocks);
    }
  } finally {
    for (const file of files) await file?.close();
  }
}

/** Lets messages in now and then, a cancellation among them. */
class Pause {
  readonly #signal: AbortSignal | undefined;
  #bytes = 0;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  async after(bytes: number): Promise<void> {
    throwIfAborted(this.#signal);
    this.#bytes += bytes;
    if (this.#bytes < pauseBytes) return;
    this.#bytes = 0;
    await setImmediate();
  }
}

/** A file on its way through a lane. */
class LaneFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #before: Stats;
  readonly #buffer: Uint8Array;
  #offset = 0;
  #end = 0;
  #length = 0;
  #isRead = false;

  private constructor(path: string, handle: FileHandle, before: Stats, buffer: Uint8Array) {
    this.path = path;
    this.#handle = handle;
    this.#before = before;
    this.#buffer = buffer;
  }

  static async open(path: string, buffer: Uint8Array): Promise<LaneFile> {
    try {
      const handle = await open(path, 'r');
      return new LaneFile(path, handle, await handle.stat(), buffer);
    } catch (error) {
      throw describeReadError(path, error);
    }
  }

  /** Where the next block lies in the buffer. */
  get offset(): number {
    return this.#offset;
  }

  /** Blocks that lie in the buffer. */
  get blocks(): number {
    return (this.#end - this.#offset) / blockBytes;
  }

  get isDone(): boolean {
    return this.#isRead && this.#offset === this.#end;
  }

  pass(blocks: number): void {
    this.#offset += blocks * blockBytes;
  }

  /** Fills the buffer when it is empty; the last time with the padding. */
  async fill(): Promise<void> {
    if (this.#offset < this.#end) return;
    this.#offset = 0;
    this.#end = 0;
    try {
      while (this.#end < readBytes) {
        // Blocking: the thread that sums files has nothing else to do, and handing each read to another one costs more than the read.
        const bytesRead = readSync(this.#handle.fd, this.#buffer, this.#end, readBytes - this.#end, null);
        this.#end += bytesRead;
        this.#length += bytesRead;
        if (bytesRead > 0) continue;
        if (!isUnchanged(this.#before, await this.#handle.stat())) throw fileChanged(this.path);
        this.#isRead = true;
        this.#end = pad(this.#buffer, this.#end, this.#length);
        return;
      }
    } catch (error) {
      throw describeReadError(this.path, error);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
