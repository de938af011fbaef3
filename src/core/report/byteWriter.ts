import { copyBytes } from './rowBytes.js';

/** Gathers bytes and hands them on in big pieces. */
export class ByteWriter {
  readonly #write: (piece: Uint8Array) => void;
  #buffer = new Uint8Array(64 * 1024);
  #length = 0;

  /** A piece that `write` gets is its own to keep. */
  constructor(write: (piece: Uint8Array) => void) {
    this.#write = write;
  }

  add(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const length = end - start;
    if (length > this.#buffer.length - this.#length) {
      this.flush();
      if (length > this.#buffer.length) {
        this.#write(copyBytes(bytes, start, end));
        return;
      }
    }
    this.#buffer.set(bytes.subarray(start, end), this.#length);
    this.#length += length;
  }

  addByte(byte: number): void {
    if (this.#length === this.#buffer.length) this.flush();
    this.#buffer[this.#length] = byte;
    this.#length += 1;
  }

  flush(): void {
    if (this.#length > 0) this.#write(this.#buffer.slice(0, this.#length));
    this.#length = 0;
  }
}
