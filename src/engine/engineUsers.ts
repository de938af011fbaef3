import type { Writable } from 'node:stream';
import type { AskedEnd, EndReason, EngineMessage } from './sharing/messages.js';

/** A user that reads slower than this much behind gets no log lines until it has caught up. */
const maxBehindBytes = 1024 * 1024;

/** The windows that use an engine. One that a window has started is theirs together: it lives until the last of them has gone. */
export class EngineUsers {
  readonly #outputs = new Set<Writable>();
  #isOfCommand = false;
  readonly #onAsked: (why: AskedEnd | 'unused') => void;

  /** Called when a window asks for the end, and when the last one leaves. */
  constructor(onAsked: (why: AskedEnd | 'unused') => void) {
    this.#onAsked = onAsked;
  }

  get count(): number {
    return this.#outputs.size + (this.#isOfCommand ? 1 : 0);
  }

  /** A command has started the engine and uses it to its own end, whatever windows come and go. */
  addCommand(): void {
    this.#isOfCommand = true;
  }

  /** `first` is what the window hears before all others learn of it. */
  add(output: Writable, first?: EngineMessage): void {
    this.#outputs.add(output);
    if (first !== undefined) send(output, first);
    this.#sayCount();
  }

  remove(output: Writable): void {
    if (!this.#outputs.delete(output)) return;
    if (this.count === 0) this.#onAsked('unused');
    else this.#sayCount();
  }

  ask(why: AskedEnd): void {
    this.#onAsked(why);
  }

  /** To those that have no other way to the log. */
  log(line: string, except: Writable | undefined): void {
    for (const output of this.#outputs) {
      if (output !== except && output.writableLength < maxBehindBytes) send(output, { kind: 'log', line });
    }
  }

  sayEnding(why: EndReason): void {
    for (const output of this.#outputs) send(output, { kind: 'ending', why });
  }

  #sayCount(): void {
    for (const output of this.#outputs) send(output, { kind: 'users', count: this.count });
  }
}

export function send(output: Writable, message: EngineMessage): void {
  if (output.writable) output.write(`${JSON.stringify(message)}\n`);
}
