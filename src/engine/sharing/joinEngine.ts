import { connect, type Socket } from 'node:net';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchError, cancelledError } from '../../base/errors.js';
import { isOwnChannelAddress } from './channelAddress.js';
import { livingHolder } from './heldFile.js';
import { directoryInUse, lockName } from './lockFile.js';
import { readMessages } from './messageReader.js';
import {
  type EngineMessage,
  maxEngineMessageBytes,
  parseEngineMessage,
  proofFileName,
  protocolVersion,
  type WindowMessage,
} from './messages.js';

/** An engine answers at once; one that is just starting, when it is ready. */
const answerMs = 15_000;

export interface JoinOptions {
  readonly dataDirectory: string;
  readonly signal?: AbortSignal;
  /** Every message but the greeting. */
  readonly onMessage: (message: EngineMessage) => void;
}

export interface JoinedEngine {
  readonly ready: Extract<EngineMessage, { kind: 'ready' }>;
  /** Resolves when the engine has ended, or this window has let go of it. */
  readonly closed: Promise<void>;
  send(message: WindowMessage): void;
  /** Lets go of the engine, which ends if nobody else uses it. */
  release(): void;
}

/**
 * Joins the engine that uses a data folder; undefined when there is none, or when it has just ended. Rejects with the BatchErrors
 * `DataDirectoryInUse` for a process that hands nothing over, `EngineOfOtherVersion` for one that speaks another protocol, and with the
 * cancellation error.
 */
export async function joinEngine(options: JoinOptions): Promise<JoinedEngine | undefined> {
  const { dataDirectory, signal } = options;
  if (signal?.aborted === true) throw cancelledError();
  const lock = join(dataDirectory, lockName);
  const holder = await livingHolder(lock);
  if (holder === undefined) return undefined;
  const { channel, pid } = holder;
  const socket = channel !== undefined && (await isOwnChannelAddress(channel)) ? await connectTo(channel) : undefined;
  if (socket === undefined) {
    // Closed a moment ago, perhaps, with the lock.
    if ((await livingHolder(lock)) === undefined) return undefined;
    throw directoryInUse(dataDirectory, pid);
  }
  try {
    return await greet(socket, pid, options);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function connectTo(address: string): Promise<Socket | undefined> {
  return await new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => resolve(socket));
    socket.on('error', () => {
      socket.destroy();
      resolve(undefined);
    });
  });
}

async function greet(socket: Socket, pid: number, options: JoinOptions): Promise<JoinedEngine | undefined> {
  const { dataDirectory, signal } = options;
  let proof: string | undefined;
  let isReady = false;
  // Messages, one after the other: what follows `ready` must not overtake it.
  let queue = Promise.resolve();
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  const say = (message: WindowMessage): void => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  };
  const ready = new Promise<JoinedEngine['ready']>((resolve, reject) => {
    const prove = async (message: Extract<EngineMessage, { kind: 'prove' }>): Promise<void> => {
      const name = proofFileName(message.nonce);
      if (message.protocol !== protocolVersion) throw otherVersion(pid);
      if (name === undefined || proof !== undefined) throw noEngine(pid);
      proof = join(dataDirectory, name);
      await writeFile(proof, '', { flag: 'wx', mode: 0o600 });
      say({ kind: 'join' });
    };
    const receive = async (line: string): Promise<void> => {
      const message = parseEngineMessage(line);
      if (message?.kind === 'prove') return await prove(message);
      if (message?.kind === 'ready') {
        // The engine of this folder has removed the file; whoever else took its address can't have.
        if (proof === undefined || (await exists(proof))) throw noEngine(pid);
        isReady = true;
        resolve(message);
      } else if (message !== undefined) options.onMessage(message);
      return undefined;
    };
    readMessages(socket, {
      limitBytes: maxEngineMessageBytes,
      onLine: (line) => {
        queue = queue.then(() => receive(line)).catch(reject);
      },
      onTooLong: () => {
        reject(noEngine(pid));
        socket.destroy();
      },
    });
  });
  const timer = setTimeout(() => socket.destroy(), answerMs);
  const onAbort = (): void => void socket.destroy();
  signal?.addEventListener('abort', onAbort, { once: true });
  // It may have come while the socket was opened.
  if (signal?.aborted === true) onAbort();
  try {
    const first = await Promise.race([ready, closed]);
    if (signal?.aborted === true) throw cancelledError();
    if (first === undefined) return undefined;
    return {
      ready: first,
      closed,
      send: say,
      release: () => void socket.end(),
    };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    // Not while it is being written.
    if (!isReady) await queue;
    if (!isReady && proof !== undefined) await rm(proof, { force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

function noEngine(pid: number): BatchError {
  return new BatchError(
    'DataDirectoryInUse',
    `The process ${pid} uses the data folder, and does not behave like a local engine.`,
    {
      hint: 'End it, or choose another data folder.',
    },
  );
}

function otherVersion(pid: number): BatchError {
  return new BatchError(
    'EngineOfOtherVersion',
    `Another window runs the local engine of this folder (process ${pid}) with another version of the extension.`,
    { hint: 'Reload that window, or stop the engine there.' },
  );
}
