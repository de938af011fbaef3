/** What the incremental model keeps of one line. All of a row is at the line it begins on. */
export interface LineState {
  /** Lines of the row that begins here; 0 on the further lines of a row and on a line that is no row (after the last line end). */
  readonly rowLines: number;
  /** One bit for each rule that has a finding in this row alone; see ruleBits. */
  readonly findings: number;
  /** 64 bits of hash of the object that the row names; both 0 when it names none surely. */
  readonly low: number;
  readonly high: number;
  /** Number of the row's bucket; -1 when it has none that counts. */
  readonly bucket: number;
  /** 1 when the line by itself opens a quote that it does not close. */
  readonly opens: number;
  /** Sum of `rowKinds`: what the row is whatever comes before it. */
  readonly kind: number;
}

export const rowKinds = {
  /** Neither blank nor a header: the first such row ends the search for headers. */
  data: 1,
  /** Can be read and has two columns or more: the first such row from the first data row on decides the columns. */
  decider: 2,
} as const;

export const emptyLine: LineState = { rowLines: 0, findings: 0, low: 0, high: 0, bucket: -1, opens: 0, kind: 0 };

const capacity = 2048;
/** New blocks are filled up to here, so that the next lines put in need not divide a block. */
const fill = (capacity * 3) / 4;

/** A run of lines. `Note` is what somebody remembers of a row until it changes. */
class Block<Note> {
  count = 0;
  readonly rowLines = new Uint16Array(capacity);
  readonly findings = new Uint32Array(capacity);
  readonly low = new Uint32Array(capacity);
  readonly high = new Uint32Array(capacity);
  readonly bucket = new Int32Array(capacity);
  readonly opens = new Uint8Array(capacity);
  readonly kind = new Uint8Array(capacity);
  /** Lines with findings of their own. */
  faulty = 0;
  /** Lines that open a quote. */
  opening = 0;
  /** Data rows, and rows that could decide the columns. */
  readonly ofKind = { data: 0, decider: 0 };
  /** Rows of each bucket. */
  readonly buckets = new Map<number, number>();
  #notes: (Note | undefined)[] | undefined;

  get(index: number): LineState {
    return {
      rowLines: this.rowLines[index] ?? 0,
      findings: this.findings[index] ?? 0,
      low: this.low[index] ?? 0,
      high: this.high[index] ?? 0,
      bucket: this.bucket[index] ?? -1,
      opens: this.opens[index] ?? 0,
      kind: this.kind[index] ?? 0,
    };
  }

  /** Counts the old state out and the new one in. */
  set(index: number, state: LineState): void {
    this.#uncount(index);
    this.put(index, state);
  }

  /** For a place that holds nothing counted. */
  put(index: number, state: LineState): void {
    this.rowLines[index] = state.rowLines;
    this.findings[index] = state.findings;
    this.low[index] = state.low;
    this.high[index] = state.high;
    this.bucket[index] = state.bucket;
    this.opens[index] = state.opens;
    this.kind[index] = state.kind;
    if (this.#notes !== undefined) this.#notes[index] = undefined;
    this.#countKind(state.kind, 1);
    if (state.findings !== 0) this.faulty += 1;
    this.opening += state.opens;
    if (state.bucket >= 0) this.buckets.set(state.bucket, (this.buckets.get(state.bucket) ?? 0) + 1);
  }

  /** Adds a clean row behind the last line: most lines of most manifests, so nothing is done here that is done for others. */
  addClean(low: number, high: number, bucket: number): void {
    const index = this.count;
    this.rowLines[index] = 1;
    this.low[index] = low;
    this.high[index] = high;
    this.bucket[index] = bucket;
    this.kind[index] = rowKinds.data + rowKinds.decider;
    this.ofKind.data += 1;
    this.ofKind.decider += 1;
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
    this.count += 1;
  }

  /** Makes room for `inserted` empty lines in place of `removed` ones; there must be room for them. */
  splice(index: number, removed: number, inserted: number): void {
    for (let at = index; at < index + removed; at += 1) this.#uncount(at);
    for (const values of [this.rowLines, this.findings, this.low, this.high, this.bucket, this.opens, this.kind]) {
      values.copyWithin(index + inserted, index + removed, this.count);
    }
    this.#notes?.splice(index, removed, ...Array.from<undefined>({ length: inserted }));
    this.count += inserted - removed;
    for (let at = index; at < index + inserted; at += 1) this.put(at, emptyLine);
  }

  noteOf(index: number): Note | undefined {
    return this.#notes?.[index];
  }

  note(index: number, note: Note): void {
    this.#notes ??= Array.from<undefined>({ length: this.count });
    this.#notes[index] = note;
  }

  #countKind(kind: number, change: 1 | -1): void {
    if ((kind & rowKinds.data) !== 0) this.ofKind.data += change;
    if ((kind & rowKinds.decider) !== 0) this.ofKind.decider += change;
  }

  #uncount(index: number): void {
    this.#countKind(this.kind[index] ?? 0, -1);
    if (this.findings[index] !== 0) this.faulty -= 1;
    this.opening -= this.opens[index] ?? 0;
    const bucket = this.bucket[index] ?? -1;
    if (bucket < 0) return;
    const rows = (this.buckets.get(bucket) ?? 0) - 1;
    if (rows === 0) this.buckets.delete(bucket);
    else this.buckets.set(bucket, rows);
  }
}

/** A block as those see it who only read; notes may be made. */
export interface LineBlock<Note> extends Pick<Block<Note>, 'count' | 'faulty' | 'noteOf' | 'note'> {
  readonly rowLines: Readonly<Uint16Array>;
  readonly findings: Readonly<Uint32Array>;
  readonly low: Readonly<Uint32Array>;
  readonly high: Readonly<Uint32Array>;
  readonly bucket: Readonly<Int32Array>;
  readonly buckets: ReadonlyMap<number, number>;
}

/** The states of all lines, in blocks of at most 2,048, so that inserting and deleting lines moves little memory. */
export class LineBlocks<Note> {
  #blocks: Block<Note>[] = [];
  #lineCount = 0;
  /** The block found last, for those who look at neighbours; block 0 after every change of the division. */
  #near = { number: 0, first: 0 };

  get lineCount(): number {
    return this.#lineCount;
  }

  get(line: number): LineState {
    const place = this.#place(line);
    return place === undefined ? emptyLine : place.block.get(place.index);
  }

  set(line: number, state: LineState): void {
    const place = this.#place(line);
    if (place === undefined) throw new RangeError(`No line ${line}`);
    place.block.set(place.index, state);
  }

  /** The first line from `from` on and before `to` that opens a quote. */
  firstOpening(from: number, to: number): number | undefined {
    let { number, index } = this.#find(from);
    for (let line = from; line < to; number += 1, index = 0) {
      const block = this.#blocks[number];
      if (block === undefined) return undefined;
      const left = Math.min(block.count - index, to - line);
      if (block.opening > 0) {
        const found = block.opens.subarray(index, index + left).indexOf(1);
        if (found >= 0) return line + found;
      }
      line += left;
    }
    return undefined;
  }

  /** The first line from `from` on whose row is of a kind; undefined when there is none. */
  firstOfKind(kind: keyof typeof rowKinds, from: number): number | undefined {
    const bit = rowKinds[kind];
    let { number, index } = this.#find(from);
    let line = from;
    for (let block = this.#blocks[number]; block !== undefined; block = this.#blocks[(number += 1)]) {
      if (block.ofKind[kind] > 0) {
        for (let at = index; at < block.count; at += 1) if (((block.kind[at] ?? 0) & bit) !== 0) return line + at - index;
      }
      line += block.count - index;
      index = 0;
    }
    return undefined;
  }

  append(state: LineState): void {
    const block = this.#blockToFill();
    block.put(block.count, state);
    block.count += 1;
    this.#lineCount += 1;
  }

  /** Appends a row of one line without findings or quotes. */
  appendClean(low: number, high: number, bucket: number): void {
    this.#blockToFill().addClean(low, high, bucket);
    this.#lineCount += 1;
  }

  #blockToFill(): Block<Note> {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.count < fill) return last;
    const block = new Block<Note>();
    this.#blocks.push(block);
    return block;
  }

  /** Replaces lines by empty ones, which the caller then fills. */
  splice(line: number, removed: number, inserted: number): void {
    this.#lineCount += inserted - removed;
    const start = this.#find(line);
    this.#near = { number: 0, first: 0 };
    let { number, index } = start;
    // Lines that only change their content stay where they are.
    let left = removed;
    let missing = inserted;
    while (left > 0) {
      const block = this.#blocks[number];
      if (block === undefined) throw new RangeError('Lines to remove that do not exist');
      const here = Math.min(left, block.count - index);
      const filled = Math.min(missing, here);
      block.splice(index, here, filled);
      left -= here;
      missing -= filled;
      index += filled;
      if (left > 0) {
        number += 1;
        index = 0;
      }
    }
    if (missing > 0) this.#insert(number, index, missing);
    if (removed > inserted) this.#blocks = this.#blocks.filter((block) => block.count > 0);
  }

  /** The blocks in order, each with the number of its first line. */
  *blocks(): Generator<{ readonly firstLine: number; readonly block: LineBlock<Note> }, void, undefined> {
    let firstLine = 0;
    for (const block of this.#blocks) {
      yield { firstLine, block };
      firstLine += block.count;
    }
  }

  #insert(number: number, index: number, inserted: number): void {
    const block = this.#blocks[number];
    if (block !== undefined && block.count + inserted <= capacity) {
      block.splice(index, 0, inserted);
      return;
    }
    // Too many for one block: what follows in it moves to new ones behind.
    const added: Block<Note>[] = [];
    let last: Block<Note> | undefined = block;
    const add = (state: LineState): void => {
      if (last === undefined || last.count >= fill) {
        last = new Block<Note>();
        added.push(last);
      }
      last.put(last.count, state);
      last.count += 1;
    };
    const tail: LineState[] = [];
    if (block !== undefined) {
      for (let at = index; at < block.count; at += 1) tail.push(block.get(at));
      block.splice(index, block.count - index, 0);
    }
    for (let at = 0; at < inserted; at += 1) add(emptyLine);
    for (const state of tail) add(state);
    this.#blocks.splice(number + 1, 0, ...added);
  }

  #place(line: number): { block: Block<Note>; index: number } | undefined {
    const { number, index } = this.#find(line);
    const block = this.#blocks[number];
    return block === undefined || index >= block.count ? undefined : { block, index };
  }

  /** The block that holds the line; for the line after the last one, the place behind the last block's last line. */
  #find(line: number): { number: number; index: number } {
    let { number, first } = line >= this.#near.first ? this.#near : { number: 0, first: 0 };
    for (; number < this.#blocks.length; number += 1) {
      const count = this.#blocks[number]?.count ?? 0;
      if (line < first + count || (number === this.#blocks.length - 1 && line === first + count)) {
        this.#near = { number, first };
        return { number, index: line - first };
      }
      first += count;
    }
    return { number: this.#blocks.length, index: 0 };
  }
}
