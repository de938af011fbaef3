import type { RowFile } from './openedFile.js';

/** What is kept of a chunk to number its lines. */
export interface IndexedChunk {
  readonly start: number;
  /** Lines of the file before it. */
  readonly line: number;
  /** Pairs: a row, relative to `marksFrom`, and the line feeds from `start` to it. */
  readonly marks: Uint32Array;
  readonly marksFrom: number;
  readonly otherEnds: readonly number[];
}

/** Tells the line on which a row begins, from marks a few thousand bytes apart and a look at the file. */
export class LineIndex {
  readonly #file: RowFile;
  readonly #chunks: IndexedChunk[] = [];

  constructor(file: RowFile) {
    this.#file = file;
  }

  /** In the order of the file. */
  add(chunk: IndexedChunk): void {
    this.#chunks.push(chunk);
  }

  /** 0-based line of the row that begins at `offset`. */
  lineOf(offset: number): number {
    const chunk = this.#chunks[lastNotAfter(this.#chunks.length, (index) => this.#chunks[index]?.start ?? 0, offset)];
    if (chunk === undefined) throw new Error(`No row begins at ${offset}.`);
    const { start, marks, marksFrom, otherEnds } = chunk;
    const mark = lastNotAfter(marks.length / 2, (index) => marks[index * 2] ?? 0, offset - marksFrom);
    const [from, feeds] = mark < 0 ? [start, 0] : [marksFrom + (marks[mark * 2] ?? 0), marks[mark * 2 + 1] ?? 0];
    const others = lastNotAfter(otherEnds.length, (index) => otherEnds[index] ?? 0, offset) + 1;
    return chunk.line + feeds + this.#file.countFeeds(from, offset) + others;
  }
}

/** Index of the last of ascending values that is at most `limit`; -1 if none is. */
function lastNotAfter(count: number, valueAt: (index: number) => number, limit: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
