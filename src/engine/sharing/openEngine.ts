import { delay } from '../../base/async.js';
import { errorCode } from '../../base/errors.js';
import type { EngineConnection } from '../../core/job/target.js';
import { closeLimitMs, launchEngine, type LaunchOptions } from '../launchEngine.js';
import type { EngineTerms } from './engineTerms.js';
import { joinEngine, type JoinOptions } from './joinEngine.js';
import { type AskedEnd, type EndReason, type EngineMessage, parseEngineMessage, type WindowMessage } from './messages.js';

/** How an engine has ended. */
export interface EngineEnd {
  /** `crashed` when it could not say why. */
  readonly why: EndReason | 'crashed';
  /** For the log: `exit code 1`, `signal SIGKILL`. */
  readonly how: string;
}

/** A window's hold on an engine that it started or joined. */
export interface EngineHandle {
  readonly connection: EngineConnection;
  readonly pid: number;
  /** What an engine that was started by somebody else runs with; undefined for one that this window has started. */
  readonly joined: EngineTerms | undefined;
  /** Windows that use the engine now, this one included, and the command that has started it. */
  readonly users: number;
  /** Resolves, never rejects, when the engine has ended. */
  readonly ended: Promise<EngineEnd>;
  /** Ends the engine, for all windows; by force when it takes longer than 10 seconds. Resolves when it has ended. */
  end(why: AskedEnd): Promise<void>;
  /** Lets go of the engine: it ends unless others use it. Resolves when either is certain. */
  release(): Promise<void>;
}

export type OpenOptions = Omit<LaunchOptions, 'onMessage'>;

const retryMs = 100;
/** A process that was killed can be there for a moment longer than its channel. */
const joinPatienceMs = 2000;
/** An engine that ends holds its folder until what it does has come to a stop. */
const startPatienceMs = 2 * closeLimitMs;

/**
 * The engine of a data folder: the one that is running there, or a new one. Of any number of windows that ask at once, one starts it and
 * the others join. Rejects as `launchEngine` and `joinEngine` do.
 */
export async function openEngine(options: OpenOptions): Promise<EngineHandle> {
  const startMs = Date.now();
  for (;;) {
    let patienceMs = joinPatienceMs;
    try {
      const running = await openRunning(options);
      if (running !== undefined) return running;
      patienceMs = startPatienceMs;
      return await startShared(options);
    } catch (error) {
      if (errorCode(error) !== 'DataDirectoryInUse' || Date.now() - startMs > patienceMs) throw error;
    }
    await delay(retryMs, options.signal);
  }
}

/** The engine that is running in a data folder; undefined when none is. Rejects as `joinEngine` does. */
export async function openRunning(
  options: Pick<OpenOptions, 'dataDirectory' | 'signal' | 'onLog'>,
): Promise<EngineHandle | undefined> {
  const { dataDirectory, signal, onLog } = options;
  const hold = new Hold(onLog);
  const joinOptions: JoinOptions = { dataDirectory, onMessage: hold.receive, ...(signal === undefined ? {} : { signal }) };
  const joined = await joinEngine(joinOptions);
  if (joined === undefined) return undefined;
  const { connection, pid, terms } = joined.ready;
  return hold.take({
    connection,
    pid,
    joined: terms,
    gone: joined.closed.then(() => 'its channel closed'),
    send: joined.send,
    release: joined.release,
  });
}

async function startShared(options: OpenOptions): Promise<EngineHandle> {
  const hold = new Hold(options.onLog);
  const engine = await launchEngine({
    ...options,
    onMessage: (line) => {
      const message = parseEngineMessage(line);
      if (message !== undefined) hold.receive(message);
    },
  });
  return hold.take({
    connection: engine.connection,
    pid: engine.pid,
    joined: undefined,
    gone: engine.exited,
    send: (message) => engine.send(JSON.stringify(message)),
    release: engine.release,
  });
}

interface Line {
  readonly connection: EngineConnection;
  readonly pid: number;
  readonly joined: EngineTerms | undefined;
  /** Resolves when the engine has ended, with how. */
  readonly gone: Promise<string>;
  send(message: WindowMessage): void;
  release(): void;
}

/** What a window knows of an engine from its messages. */
class Hold {
  readonly #onLog: (line: string) => void;
  #users = 1;
  #why: EndReason | undefined;
  #onReleased: () => void = () => undefined;

  constructor(onLog: (line: string) => void) {
    this.#onLog = onLog;
  }

  readonly receive = (message: EngineMessage): void => {
    if (message.kind === 'log') this.#onLog(message.line);
    else if (message.kind === 'ending') this.#why = message.why;
    else if (message.kind === 'released') this.#onReleased();
    else if (message.kind === 'users') this.#users = message.count;
  };

  take(line: Line): EngineHandle {
    const users = (): number => this.#users;
    const released = new Promise<void>((resolve) => {
      this.#onReleased = resolve;
    });
    const { connection, pid, joined, gone } = line;
    return {
      connection,
      pid,
      joined,
      get users() {
        return users();
      },
      ended: gone.then((how) => ({ why: this.#why ?? 'crashed', how })),
      end: async (why) => {
        line.send({ kind: 'end', why });
        await orKill(gone, pid);
      },
      release: async () => {
        this.#why ??= 'unused';
        line.release();
        // The channel of a window that joined closes with its own end of it: the engine is no concern of its any more.
        await Promise.race([gone, released]);
      },
    };
  }
}

/** While the channel is open the process is there, so its id is nobody else's. */
async function orKill(gone: Promise<string>, pid: number): Promise<void> {
  const timer = setTimeout(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended in this moment.
    }
  }, closeLimitMs);
  try {
    await gone;
  } finally {
    clearTimeout(timer);
  }
}
