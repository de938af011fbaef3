import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { debuggerFile } from '../../src/engine/run/jobFiles.js';
import { connectToPeer, type Peer, type PeerMessage } from '../../src/engine/sharing/provenChannel.js';
import { eventually } from './eventually.js';

/** A debug session of a job as the engine sees it, whose answers a test makes up. */
export class JobSession {
  readonly peer: Peer;
  /** What was said and not yet taken. */
  readonly messages: PeerMessage[];
  readonly #said: EventEmitter;

  private constructor(peer: Peer, messages: PeerMessage[], said: EventEmitter) {
    this.peer = peer;
    this.messages = messages;
    this.#said = said;
  }

  /** Waits until the job in that folder can be debugged. */
  static async connect(directory: string, key = 'local'): Promise<JobSession> {
    const messages: PeerMessage[] = [];
    const said = new EventEmitter();
    const address = await JobSession.addressOf(directory);
    const onMessage = (message: PeerMessage): void => {
      messages.push(message);
      said.emit('message');
    };
    return new JobSession(
      await connectToPeer(address, { key, maxMessageBytes: 1 << 20, listener: { onMessage } }),
      messages,
      said,
    );
  }

  static async addressOf(directory: string): Promise<string> {
    const file = debuggerFile(directory);
    return await eventually(async () => (JSON.parse(await readFile(file, 'utf8')) as { address: string }).address);
  }

  /** The next message of a kind; what was said before it is left out. */
  async next(kind: string): Promise<PeerMessage> {
    for (;;) {
      const message = this.messages.shift();
      if (message === undefined) await once(this.#said, 'message', { signal: AbortSignal.timeout(60_000) });
      else if (message['kind'] === kind) return message;
    }
  }

  /** Takes the next task, and answers it as a handler that succeeds; or with another outcome. */
  async answer(outcome?: object): Promise<PeerMessage> {
    const invocation = await this.next('invoke');
    this.peer.send({ kind: 'outcome', outcome: outcome ?? { kind: 'returned', payload: responseTo(invocation['event']) } });
    return invocation;
  }
}

function responseTo(event: unknown): object {
  const { invocationId, tasks } = event as { invocationId: string; tasks: { taskId: string; s3Key: string }[] };
  const results = tasks.map(({ taskId, s3Key }) => ({ taskId, resultCode: 'Succeeded', resultString: s3Key.toUpperCase() }));
  return { invocationSchemaVersion: '1.0', invocationId, results };
}
