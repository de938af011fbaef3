import type { Writable } from 'node:stream';
import { type Clock, systemClock } from '../base/clock.js';
import type { CliIo } from './cliIo.js';

const intervalMs = 100;

/** A line on standard error that says how far a command is. Does nothing when standard error is no terminal. */
export class Progress {
  readonly #stream: Writable | undefined;
  readonly #clock: Clock;
  #nextAtMs = 0;
  #isShown = false;

  constructor(io: CliIo, clock: Clock = systemClock) {
    const isTerminal = (io.stderr as { readonly isTTY?: unknown }).isTTY === true && io.env['TERM'] !== 'dumb';
    this.#stream = isTerminal ? io.stderr : undefined;
    this.#clock = clock;
  }

  /** Shows what `text` gives, ten times a second at most. */
  show(text: () => string): void {
    if (this.#stream === undefined) return;
    const now = this.#clock.now();
    if (now < this.#nextAtMs) return;
    this.#nextAtMs = now + intervalMs;
    this.#isShown = true;
    this.#stream.write(`\r${text()}\u001B[K`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isShown) this.#stream?.write('\r\u001B[K');
    this.#isShown = false;
  }
}
