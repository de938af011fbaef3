import { LineSplitter } from '../lineSplitter.js';

type Write = typeof process.stdout.write;

/** Takes what this thread writes to stdout and stderr, console included, until it is disposed. */
export class OutputCapture {
  readonly #restore: (() => void)[] = [];
  readonly #splitters: LineSplitter[] = [];

  constructor(onOutput: (stream: 'stdout' | 'stderr', line: string) => void) {
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = process[name];
      const original = stream.write;
      const splitter = new LineSplitter((line) => onOutput(name, line));
      const write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
        splitter.write(
          typeof chunk === 'string' && typeof encoding === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk,
        );
        const done = typeof encoding === 'function' ? encoding : callback;
        if (typeof done === 'function') process.nextTick(done as () => void);
        return true;
      };
      stream.write = write as Write;
      this.#splitters.push(splitter);
      this.#restore.push(() => {
        stream.write = original;
      });
    }
  }

  /** Passes on unfinished lines; called when an invocation ends. */
  flush(): void {
    for (const splitter of this.#splitters) splitter.flush();
  }

  dispose(): void {
    this.flush();
    for (const restore of this.#restore) restore();
  }
}
