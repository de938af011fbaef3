import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes of outcomes that the program may be ahead. */
const dataBytes = 1024 * 1024;
/** Three 64-bit numbers that only ever grow: bytes that the program has written, the same again, bytes that were read here. */
const headBytes = 24;
const readOffset = 16;
/** The program may be just writing its numbers. */
const maxLooks = 100;

/**
 * Outcomes of a program on their way here, in a file that the program maps into its memory: what it writes there outlives it, costs no
 * system call, and wakes nobody. It is read from the page cache; nothing of it has to reach a disk.
 */
export class OutcomeRing {
  /** For the program to inherit. */
  readonly fd: number;
  readonly #folder: string;
  readonly #head = Buffer.alloc(headBytes);
  readonly #numbers = new DataView(this.#head.buffer, this.#head.byteOffset, headBytes);
  #read = 0;
  #isClosed = false;

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 's3batch-outcomes-'));
    const file = join(this.#folder, 'ring');
    this.fd = openSync(file, 'wx+', 0o600);
    ftruncateSync(this.fd, headBytes + dataBytes);
    this.#removeFolder();
  }

  /** Whole lines that came since the last look, without those that `accept` refuses and what follows them. */
  drain(accept: (line: string) => boolean): void {
    if (this.#isClosed) return;
    const written = this.#written();
    if (written <= this.#read) return;
    const bytes = Buffer.allocUnsafe(written - this.#read);
    const start = this.#read % dataBytes;
    const untilEnd = Math.min(bytes.length, dataBytes - start);
    readSync(this.fd, bytes, 0, untilEnd, headBytes + start);
    if (untilEnd < bytes.length) readSync(this.fd, bytes, untilEnd, bytes.length - untilEnd, headBytes);
    let at = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, at)) {
      // Taken before it is told: who is told may look again.
      const before = this.#read;
      this.#read += end + 1 - at;
      if (!accept(bytes.toString('latin1', at, end))) {
        this.#read = before;
        break;
      }
      at = end + 1;
    }
    if (at === 0) return;
    this.#numbers.setBigUint64(readOffset, BigInt(this.#read), true);
    writeSync(this.fd, this.#head, readOffset, 8, readOffset);
  }

  /** A number that is read while it is written may be neither the old nor the new one: then it differs from its copy. */
  #written(): number {
    for (let look = 0; look < maxLooks; look += 1) {
      readSync(this.fd, this.#head, 0, readOffset, 0);
      const written = this.#numbers.getBigUint64(0, true);
      if (written === this.#numbers.getBigUint64(8, true)) return Number(written);
    }
    return this.#read;
  }

  close(): void {
    this.#isClosed = true;
    closeSync(this.fd);
    this.#removeFolder();
  }

  /** At once where an open file may be removed (not on Windows): then nothing is left behind whatever becomes of this process. */
  #removeFolder(): void {
    try {
      rmSync(this.#folder, { recursive: true, force: true });
    } catch {
      // Still open: `close` removes it.
    }
  }
}
