import type { Writable } from 'node:stream';

/** A reader that is this much behind gets no lines until it has caught up. */
export const maxBehindBytes = 1024 * 1024;

/**
 * Lines of a log on their way to a reader that may be slow, frozen or gone. Nothing waits for it and no more than 1 MB is held for it: what
 * it does not read in time is left out, and a line in its place says how much that was as soon as the reader goes on. The output must not
 * block when its pipe is full, as a socket does not.
 */
export class LogPipe {
  readonly #output: Writable;
  readonly #format: (line: string) => string;
  #droppedLines = 0;
  #droppedBytes = 0;

  /** `format` makes what is written of a line, with its end. */
  constructor(output: Writable, format: (line: string) => string) {
    this.#output = output;
    this.#format = format;
    output.on('drain', () => this.#sayDropped());
  }

  write(line: string): void {
    if (!this.#output.writable) return;
    if (this.#output.writableLength >= maxBehindBytes) {
      this.#droppedLines += 1;
      this.#droppedBytes += Buffer.byteLength(line) + 1;
      return;
    }
    this.#sayDropped();
    this.#output.write(this.#format(line));
  }

  #sayDropped(): void {
    if (this.#droppedLines === 0 || !this.#output.writable) return;
    const text = `${this.#droppedLines} lines of the log (${this.#droppedBytes} bytes) are left out here: they were not read in time.`;
    this.#droppedLines = 0;
    this.#droppedBytes = 0;
    this.#output.write(this.#format(`${new Date().toISOString()} warn ${text}`));
  }
}
