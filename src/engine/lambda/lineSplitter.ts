import { StringDecoder } from 'node:string_decoder';

/** Cuts output into lines. A line longer than the limit is passed on in parts, so that nothing is lost and memory stays bounded. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: string | Uint8Array): void {
    const text = this.#rest + (typeof chunk === 'string' ? chunk : this.#decoder.write(Buffer.from(chunk)));
    const lines = text.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (this.#rest.length > maxLineLength) this.flush();
  }

  /** Passes on what has no line end yet. */
  flush(): void {
    if (this.#rest === '') return;
    const line = this.#rest;
    this.#rest = '';
    this.#onLine(line);
  }
}

const maxLineLength = 256 * 1024;
