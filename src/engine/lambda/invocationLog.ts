import type { EngineContext, FunctionDefinition, InvokeOutcome } from '../contracts.js';
import { errorLines } from './errorPayload.js';

/** Bytes of the log that Invoke answers with (Lambda API Reference, Invoke, LogResult). */
const tailBytes = 4096;
/** More than the tail needs is not kept. */
const keptCharacters = 64 * 1024;

/** The log of one invocation in Lambda's form (START, lines, END, REPORT), written through to the engine's log. */
export class InvocationLog {
  readonly #requestId: string;
  readonly #definition: FunctionDefinition;
  readonly #context: EngineContext;
  #text = '';
  #startedMs: number;

  constructor(requestId: string, definition: FunctionDefinition, context: EngineContext) {
    this.#requestId = requestId;
    this.#definition = definition;
    this.#context = context;
    this.#startedMs = performance.now();
  }

  start(): void {
    this.#startedMs = performance.now();
    this.#keep(`START RequestId: ${this.#requestId} Version: $LATEST`);
  }

  add(stream: 'stdout' | 'stderr', line: string): void {
    this.#keep(line);
    const text = `${this.#definition.name}: ${line}`;
    if (stream === 'stdout') this.#context.log.info(text);
    else this.#context.log.warn(text);
  }

  end(outcome: InvokeOutcome): void {
    const durationMs = performance.now() - this.#startedMs;
    if (outcome.kind === 'functionError') {
      for (const line of errorLines(outcome)) this.add('stderr', line);
    } else if (outcome.kind === 'timedOut') {
      const seconds = (outcome.afterMs / 1000).toFixed(2);
      const now = new Date(this.#context.clock.now()).toISOString();
      this.add('stderr', `${now} ${this.#requestId} Task timed out after ${seconds} seconds`);
    }
    this.#keep(`END RequestId: ${this.#requestId}`);
    const billed = Math.ceil(durationMs);
    const memory = this.#definition.memoryMb;
    this.#keep(
      `REPORT RequestId: ${this.#requestId}\tDuration: ${durationMs.toFixed(2)} ms\tBilled Duration: ${billed} ms\tMemory Size: ${memory} MB`,
    );
  }

  #keep(line: string): void {
    this.#text = `${this.#text}${line}\n`.slice(-keptCharacters);
  }

  /** The last 4 KB, in base64. */
  tail(): string {
    return Buffer.from(this.#text, 'utf8').subarray(-tailBytes).toString('base64');
  }
}
