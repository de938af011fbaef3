import { ByteWriter } from '../../report/byteWriter.js';

const lineFeed = new Uint8Array([0x0a]);

/** Writes rows byte for byte, from whatever files: one that came without a line end gets one when another row follows. */
export class RowWriter {
  readonly #out: ByteWriter;
  #isLineOpen = false;
  #rows = 0;

  /** `write` gets big pieces that are its own to keep. */
  constructor(write: (piece: Uint8Array) => void) {
    this.#out = new ByteWriter(write);
  }

  get rows(): number {
    return this.#rows;
  }

  add(row: { readonly bytes: Uint8Array; readonly start: number; readonly next: number }): void {
    const { bytes, start, next } = row;
    if (this.#isLineOpen) this.#out.add(lineFeed);
    this.#out.add(bytes, start, next);
    const last = bytes[next - 1];
    this.#isLineOpen = last !== 0x0a && last !== 0x0d;
    this.#rows += 1;
  }

  end(): void {
    this.#out.flush();
  }
}
