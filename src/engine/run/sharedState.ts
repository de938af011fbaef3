import { isOverFailureThreshold } from '../../core/job/lifecycle.js';

/**
 * The memory that a run's supervisor shares with its lanes. Lanes feed themselves from it (a message a task would cost more than the
 * task), and because a lane's log buffer is here too, ending a hung lane loses nothing.
 */

/** What changes with every task lies apart from what every task looks at: processors hand memory around in lines of 64 bytes. */
const runWords = {
  nextChunk: 0,
  stop: 1,
  redriveHead: 2,
  redriveTail: 3,
  isHeld: 4,
  outputBytes: 5,
  failed: 6,
  succeeded: 32,
} as const;
const runBytes = 256;

/** Why lanes take no further task. */
export const stops = { none: 0, asked: 1, threshold: 2, finished: 3 } as const;

const redriveCapacity = 4096;

export interface RunMemory {
  readonly run: SharedArrayBuffer;
  readonly redrives: SharedArrayBuffer;
  /** A bit a row that had its result before this start. */
  readonly done: SharedArrayBuffer;
  /** Byte offsets of the chunks, and the manifest's length behind the last. */
  readonly chunks: SharedArrayBuffer;
}

/** The state that all lanes share. */
export class SharedRun {
  readonly memory: RunMemory;
  readonly done: Uint8Array;
  readonly chunkOffsets: Float64Array;
  readonly #words: Int32Array;
  readonly #redrives: Uint32Array;

  constructor(memory: RunMemory) {
    this.memory = memory;
    this.#words = new Int32Array(memory.run);
    this.#redrives = new Uint32Array(memory.redrives);
    this.done = new Uint8Array(memory.done);
    this.chunkOffsets = new Float64Array(memory.chunks);
  }

  static create(done: SharedArrayBuffer, chunks: SharedArrayBuffer): SharedRun {
    return new SharedRun({
      run: new SharedArrayBuffer(runBytes),
      redrives: new SharedArrayBuffer(redriveCapacity * 8),
      done,
      chunks,
    });
  }

  get chunkCount(): number {
    return this.chunkOffsets.length - 1;
  }

  /** The number of a chunk that nobody else works on, or undefined when all have been handed out. */
  takeChunk(): number | undefined {
    if (Atomics.load(this.#words, runWords.nextChunk) >= this.chunkCount) return undefined;
    const chunk = Atomics.add(this.#words, runWords.nextChunk, 1);
    return chunk < this.chunkCount ? chunk : undefined;
  }

  get hasChunks(): boolean {
    return Atomics.load(this.#words, runWords.nextChunk) < this.chunkCount;
  }

  get chunksLeft(): number {
    return Math.max(0, this.chunkCount - Atomics.load(this.#words, runWords.nextChunk));
  }

  get stop(): number {
    // Asked before every row: a plain read that is a little late does no harm.
    return this.#words[runWords.stop] as number;
  }

  /** The first reason stays. */
  requestStop(reason: number): void {
    Atomics.compareExchange(this.#words, runWords.stop, stops.none, reason);
  }

  get succeeded(): number {
    return Atomics.load(this.#words, runWords.succeeded) >>> 0;
  }

  get failed(): number {
    return Atomics.load(this.#words, runWords.failed) >>> 0;
  }

  setCounts(succeeded: number, failed: number): void {
    Atomics.store(this.#words, runWords.succeeded, succeeded | 0);
    Atomics.store(this.#words, runWords.failed, failed | 0);
  }

  /** Counts a result, and stops the run when too many have failed. */
  count(isSuccess: boolean): void {
    const words = this.#words;
    Atomics.add(words, isSuccess ? runWords.succeeded : runWords.failed, 1);
    // Plain reads: this thread's own count is in them, and another's is checked by the other.
    const failed = words[runWords.failed] as number;
    if (failed > 0 && isOverFailureThreshold((words[runWords.succeeded] as number) >>> 0, failed >>> 0)) {
      this.requestStop(stops.threshold);
    }
  }

  /** While held, lanes take no fresh rows: too many wait for another attempt. */
  get isHeld(): boolean {
    return this.#words[runWords.isHeld] !== 0;
  }

  set isHeld(isHeld: boolean) {
    Atomics.store(this.#words, runWords.isHeld, isHeld ? 1 : 0);
  }

  /** Counts what goes into the output file; the bytes before this call. */
  countOutput(bytes: number): number {
    return Atomics.add(this.#words, runWords.outputBytes, bytes) >>> 0;
  }

  /** Hands a due redrive to the lanes (supervisor only); false when the ring is full. */
  offerRedrive(row: number, attempt: number): boolean {
    const tail = Atomics.load(this.#words, runWords.redriveTail);
    if (((tail - Atomics.load(this.#words, runWords.redriveHead)) | 0) >= redriveCapacity) return false;
    const slot = (tail & (redriveCapacity - 1)) * 2;
    Atomics.store(this.#redrives, slot, row);
    Atomics.store(this.#redrives, slot + 1, attempt);
    Atomics.store(this.#words, runWords.redriveTail, (tail + 1) | 0);
    return true;
  }

  get hasRedrives(): boolean {
    return Atomics.load(this.#words, runWords.redriveTail) !== Atomics.load(this.#words, runWords.redriveHead);
  }

  takeRedrive(): LaneTask | undefined {
    // Asked before every row: a plain read that is a little late does no harm.
    if (this.#words[runWords.redriveHead] === this.#words[runWords.redriveTail]) return undefined;
    for (;;) {
      const head = Atomics.load(this.#words, runWords.redriveHead);
      if (head === Atomics.load(this.#words, runWords.redriveTail)) return undefined;
      const slot = (head & (redriveCapacity - 1)) * 2;
      // Read before the claim: behind it the supervisor may fill the slot anew.
      const row = Atomics.load(this.#redrives, slot);
      const attempt = Atomics.load(this.#redrives, slot + 1);
      if (Atomics.compareExchange(this.#words, runWords.redriveHead, head, (head + 1) | 0) === head) return { row, attempt };
    }
  }
}

const laneWords = {
  isStarting: 0,
  serial: 1,
  head: 2,
  tail: 3,
  chunk: 4,
  ordinal: 5,
  committed: 6,
  committedAtStart: 7,
  flushed: 8,
  requestHead: 9,
  requestTail: 10,
  isBusy: 11,
} as const;

const requestCapacity = 1024;
/** Tasks that a lane may have handed to its environment at once. */
export const queueCapacity = 256;
const laneHeaderBytes = 64;
const queueBytes = queueCapacity * 8;
const requestBytes = requestCapacity * 8;
const logOffset = laneHeaderBytes + queueBytes + requestBytes;
const logBytes = 512 * 1024;

export interface LaneTask {
  readonly row: number;
  readonly attempt: number;
}

/**
 * One lane's own state: written by the lane, watched by the supervisor, who may also end the lane and tidy up after it. Most of it is
 * read and written plainly, not atomically: there is one writer, a watcher may see it late, and who tidies up reads after the end. A lane's tasks
 * are a queue: the head is the one that runs, those behind it have been handed to an environment that works through them in order.
 */
export class LaneState {
  readonly memory: SharedArrayBuffer;
  /** Where the lane writes its records. */
  readonly log: Buffer;
  readonly logWords: Int32Array;
  readonly #words: Int32Array;
  readonly #since: Float64Array;
  readonly #queue: Int32Array;
  readonly #requests: Uint32Array;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory, 0, 12);
    this.#since = new Float64Array(memory, 48, 1);
    this.#queue = new Int32Array(memory, laneHeaderBytes, queueCapacity * 2);
    this.#requests = new Uint32Array(memory, laneHeaderBytes + queueBytes, requestCapacity * 2);
    this.log = Buffer.from(memory, logOffset, logBytes);
    this.logWords = new Int32Array(memory, logOffset, logBytes >> 2);
  }

  static create(): LaneState {
    const state = new LaneState(new SharedArrayBuffer(logOffset + logBytes));
    Atomics.store(state.#words, laneWords.chunk, -1);
    return state;
  }

  /** Changes whenever another task becomes the head, so that a watcher knows whether it still sees the same one. */
  get serial(): number {
    return this.#words[laneWords.serial] as number;
  }

  get taskCount(): number {
    return ((this.#words[laneWords.tail] as number) - (this.#words[laneWords.head] as number)) | 0;
  }

  /** The head first. */
  get tasks(): LaneTask[] {
    const head = this.#words[laneWords.head] as number;
    return Array.from({ length: this.taskCount }, (_, index) => {
      const slot = ((head + index) & (queueCapacity - 1)) * 2;
      return { row: (this.#queue[slot] as number) >>> 0, attempt: this.#queue[slot + 1] as number };
    });
  }

  /** The environment is being made, for the head. */
  get isStarting(): boolean {
    return this.#words[laneWords.isStarting] !== 0;
  }

  set isStarting(isStarting: boolean) {
    this.#since[0] = Date.now();
    this.#words[laneWords.isStarting] = isStarting ? 1 : 0;
  }

  /** Milliseconds since the epoch at which the head's turn came. */
  get since(): number {
    return this.#since[0] as number;
  }

  /** Notes a task before anything is done for it. */
  push(row: number, attempt: number, nowMs: number): void {
    const words = this.#words;
    const tail = words[laneWords.tail] as number;
    const slot = (tail & (queueCapacity - 1)) * 2;
    this.#queue[slot] = row;
    this.#queue[slot + 1] = attempt;
    if (tail === words[laneWords.head]) this.#turn(nowMs);
    words[laneWords.tail] = (tail + 1) | 0;
  }

  /** The head's record is committed: the next has its turn. */
  shift(nowMs: number): void {
    const words = this.#words;
    words[laneWords.head] = ((words[laneWords.head] as number) + 1) | 0;
    if (words[laneWords.head] !== words[laneWords.tail]) this.#turn(nowMs);
  }

  /** Forgets all tasks. */
  clear(): void {
    this.#words[laneWords.head] = this.#words[laneWords.tail] as number;
    this.isStarting = false;
  }

  #turn(nowMs: number): void {
    const words = this.#words;
    if (words[laneWords.committed] !== 0 && words[laneWords.flushed] === words[laneWords.committed]) {
      // In this order: were the lane ended in between, `flushed > committed` reads as nothing to flush.
      words[laneWords.committed] = 0;
      words[laneWords.flushed] = 0;
    }
    words[laneWords.committedAtStart] = words[laneWords.committed] as number;
    this.#since[0] = nowMs;
    words[laneWords.serial] = ((words[laneWords.serial] as number) + 1) | 0;
  }

  /** Has the head's record been written? */
  get isCommitted(): boolean {
    return this.#words[laneWords.committed] !== this.#words[laneWords.committedAtStart];
  }

  get committed(): number {
    return this.#words[laneWords.committed] as number;
  }

  set committed(end: number) {
    this.#words[laneWords.committed] = end;
  }

  get flushed(): number {
    return this.#words[laneWords.flushed] as number;
  }

  set flushed(end: number) {
    this.#words[laneWords.flushed] = end;
  }

  /** The chunk that the lane works through, and the next row in it. Survives the lane. */
  get position(): { chunk: number; ordinal: number } | undefined {
    const chunk = Atomics.load(this.#words, laneWords.chunk);
    return chunk < 0 ? undefined : { chunk, ordinal: this.#words[laneWords.ordinal] as number };
  }

  setPosition(chunk: number, ordinal: number): void {
    this.#words[laneWords.ordinal] = ordinal;
    Atomics.store(this.#words, laneWords.chunk, chunk);
  }

  advance(ordinal: number): void {
    this.#words[laneWords.ordinal] = ordinal;
  }

  clearPosition(): void {
    Atomics.store(this.#words, laneWords.chunk, -1);
  }

  /** True while the lane has, or looks for, something to do. */
  get isBusy(): boolean {
    return Atomics.load(this.#words, laneWords.isBusy) !== 0;
  }

  set isBusy(isBusy: boolean) {
    Atomics.store(this.#words, laneWords.isBusy, isBusy ? 1 : 0);
  }

  /** Asks for another attempt (lane only); false while the supervisor has not made room. */
  requestRedrive(row: number, attempt: number): boolean {
    const tail = Atomics.load(this.#words, laneWords.requestTail);
    if (((tail - Atomics.load(this.#words, laneWords.requestHead)) | 0) >= requestCapacity) return false;
    const slot = (tail & (requestCapacity - 1)) * 2;
    this.#requests[slot] = row;
    this.#requests[slot + 1] = attempt;
    Atomics.store(this.#words, laneWords.requestTail, (tail + 1) | 0);
    return true;
  }

  takeRequest(): LaneTask | undefined {
    const head = Atomics.load(this.#words, laneWords.requestHead);
    if (head === Atomics.load(this.#words, laneWords.requestTail)) return undefined;
    const slot = (head & (requestCapacity - 1)) * 2;
    const task = { row: this.#requests[slot] as number, attempt: this.#requests[slot + 1] as number };
    Atomics.store(this.#words, laneWords.requestHead, (head + 1) | 0);
    return task;
  }
}
