import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

interface Message {
  readonly seq: number;
  readonly type: 'request' | 'response' | 'event';
  readonly event?: string;
  readonly command?: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: Record<string, unknown>;
}

/** A client of a debug adapter on its standard input and output (Debug Adapter Protocol). */
export class DebugAdapter {
  readonly #process: ChildProcess;
  readonly #events: Message[] = [];
  readonly #answers = new Map<number, (message: Message) => void>();
  #onEvent: (() => void) | undefined;
  #count = 0;
  #rest = Buffer.alloc(0);
  /** What the debug console shows, but for the adapter's own telemetry. */
  output = '';

  constructor(command: string, args: readonly string[]) {
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const head = this.#rest.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#rest.toString('latin1', 0, head))?.[1]);
      if (this.#rest.length < head + 4 + length) return;
      const message = JSON.parse(this.#rest.toString('utf8', head + 4, head + 4 + length)) as Message;
      this.#rest = this.#rest.subarray(head + 4 + length);
      this.#take(message);
    }
  }

  #take(message: Message): void {
    if (message.type === 'response') {
      this.#answers.get(message.request_seq ?? 0)?.(message);
      return;
    }
    if (message.type !== 'event') return;
    if (message.event === 'output' && message.body?.['category'] !== 'telemetry') this.output += String(message.body?.['output']);
    this.#events.push(message);
    this.#onEvent?.();
  }

  async request(command: string, args: object = {}): Promise<Record<string, unknown>> {
    const seq = (this.#count += 1);
    const answer = new Promise<Message>((resolve) => this.#answers.set(seq, resolve));
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.#process.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    const { success, message, body = {} } = await answer;
    if (success !== true) throw new Error(`${command}: ${message ?? 'refused'}`);
    return body;
  }

  /** The next event of that name that was not taken yet. */
  async event(name: string): Promise<Record<string, unknown>> {
    for (;;) {
      const index = this.#events.findIndex((item) => item.event === name);
      const [found] = index < 0 ? [] : this.#events.splice(index, 1);
      if (found !== undefined) return found.body ?? {};
      await new Promise<void>((resolve) => (this.#onEvent = resolve));
    }
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'close');
  }
}
