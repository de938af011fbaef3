import type { Writable } from 'node:stream';
import { LogPipe } from './logPipe.js';
import type { AskedEnd, EndReason, EngineMessage } from './sharing/messages.js';

/** The windows that use an engine. One that a window has started is theirs together: it lives until the last of them has gone. */
export class EngineUsers {
  readonly #outputs = new Map<Writable, LogPipe>();
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
    this.#outputs.set(output, new LogPipe(output, (line) => text({ kind: 'log', line })));
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

  /** To all of them; one that does not read holds up nobody. */
  log(line: string): void {
    for (const pipe of this.#outputs.values()) pipe.write(line);
  }

  sayEnding(why: EndReason): void {
    for (const output of this.#outputs.keys()) send(output, { kind: 'ending', why });
  }

  #sayCount(): void {
    for (const output of this.#outputs.keys()) send(output, { kind: 'users', count: this.count });
  }
}

export function send(output: Writable, message: EngineMessage): void {
  if (output.writable) output.write(text(message));
}

function text(message: EngineMessage): string {
  return `${JSON.stringify(message)}\n`;
}
