import { BatchError } from '../../../base/errors.js';
import { ByteWriter } from '../../report/byteWriter.js';
import { RowScanner, type ScannedRow } from './rowScanner.js';

export interface SplitLimits {
  /** Rows of a part, at most. */
  readonly rows?: number | undefined;
  /** Bytes of a part, at most. */
  readonly bytes?: number | undefined;
}

/**
 * Cuts a manifest that comes in chunks into parts, at row ends only. Every byte goes into a part, blank lines and a byte order mark too:
 * the parts one after the other are the file. Throws `RowTooLong` for a row that no part can hold.
 */
export class RowSplitter {
  readonly #limits: SplitLimits;
  readonly #out: ByteWriter;
  readonly #name: string;
  readonly #scanner: RowScanner;
  #part = 0;
  #partRows = 0;
  #partBytes = 0;
  #rows = 0;

  /** `write` gets the pieces of part 0, then of part 1 and so on; a piece is its own to keep. */
  constructor(write: (part: number, piece: Uint8Array) => void, options: SplitLimits & { readonly name: string }) {
    this.#limits = options;
    this.#out = new ByteWriter((piece) => write(this.#part, piece));
    this.#name = options.name;
    this.#scanner = new RowScanner((row) => this.#take(row), { name: options.name, keepsByteOrderMark: true });
  }

  get parts(): number {
    return this.#partBytes > 0 ? this.#part + 1 : 0;
  }

  get rows(): number {
    return this.#rows;
  }

  push(chunk: Uint8Array): void {
    this.#scanner.push(chunk);
  }

  end(): void {
    this.#scanner.end();
    this.#out.flush();
  }

  #take({ bytes, start, end, next, line }: ScannedRow): void {
    const length = next - start;
    const isRow = end > start;
    const { rows = Infinity, bytes: limit = Infinity } = this.#limits;
    if (length > limit) {
      throw new BatchError(
        'RowTooLong',
        `Line ${line.toLocaleString('en')} of ${this.#name} alone has ${length.toLocaleString('en')} bytes, more than a part may.`,
      );
    }
    const isFull = (isRow && this.#partRows >= rows) || this.#partBytes + length > limit;
    if (isFull && this.#partBytes > 0) {
      this.#out.flush();
      this.#part += 1;
      this.#partRows = 0;
      this.#partBytes = 0;
    }
    this.#out.add(bytes, start, next);
    this.#partBytes += length;
    if (isRow) {
      this.#partRows += 1;
      this.#rows += 1;
    }
  }
}
