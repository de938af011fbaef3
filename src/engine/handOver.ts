import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { deferred } from '../base/async.js';
import { errorCode } from '../base/errors.js';
import type { EngineLog } from './contracts.js';
import { newChannelAddress, removeChannelAddress } from './sharing/channelAddress.js';
import { type EngineUsers, send } from './engineUsers.js';
import { closeServer } from './sharing/closeServer.js';
import { readMessages } from './sharing/messageReader.js';
import {
  type EngineMessage,
  maxWindowMessageBytes,
  parseWindowMessage,
  proofFileName,
  protocolVersion,
} from './sharing/messages.js';

type ReadyMessage = Extract<EngineMessage, { kind: 'ready' }>;

/** How long a connection may take to prove itself. A window does so at once. */
const defaultProofMs = 5000;
/** Windows of one folder, and then some. */
const maxConnections = 64;

/** Where an engine hands its connection over to other windows of the same user. */
export interface HandOver {
  /** For the lock file of the data folder. */
  readonly address: string;
  /** From now on, those who have proved themselves get this; who came earlier was kept waiting. */
  serve(ready: ReadyMessage): void;
  /** Lets nobody in any more: the engine is about to end. */
  refuse(): void;
  /** Ends all connections: windows take that for the end of the engine. */
  close(): Promise<void>;
}

export interface HandOverOptions {
  readonly dataDirectory: string;
  readonly users: EngineUsers;
  readonly log: EngineLog;
  readonly proofMs?: number;
}

/**
 * Opens the channel of an engine. Undefined, with a line in the log, where none can be opened: the engine then has its folder for itself.
 *
 * Who connects must first create a file in the data folder whose name the engine makes up. Who can do that could change every job and
 * object there anyway, so the keys tell it nothing new; on Windows, where every user may read from a named pipe, it is what keeps others
 * out. The engine removes the file, which shows the window that it deals with the engine of that folder. No secret lies anywhere.
 */
export async function openHandOver(options: HandOverOptions): Promise<HandOver | undefined> {
  const { log } = options;
  let address: string | undefined;
  try {
    address = await newChannelAddress();
    if (address === undefined) {
      log.warn('The temporary folder is too deep for a socket: other windows cannot share this engine.');
      return undefined;
    }
    return await listen(address, options);
  } catch (error) {
    log.error('Other windows cannot share this engine.', error);
    if (address !== undefined) await removeChannelAddress(address);
    return undefined;
  }
}

async function listen(address: string, options: HandOverOptions): Promise<HandOver> {
  const sockets = new Set<Socket>();
  const { promise: ready, resolve: announce } = deferred<ReadyMessage>();
  let isOpen = true;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    greet(socket, ready, () => isOpen, options);
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => options.log.error('The channel to other windows has failed.', error));
  return {
    address,
    serve: announce,
    refuse: () => {
      isOpen = false;
    },
    close: async () => {
      await closeServer(server, sockets);
      await removeChannelAddress(address);
    },
  };
}

/** Serves one connection: a proof, then a user of the engine until it ends. Whatever is out of order ends it without a word. */
function greet(socket: Socket, ready: Promise<ReadyMessage>, isOpen: () => boolean, options: HandOverOptions): void {
  const { dataDirectory, users, log } = options;
  const nonce = randomBytes(16).toString('hex');
  const proof = join(dataDirectory, proofFileName(nonce) ?? '');
  let state: 'unproven' | 'joining' | 'user' = 'unproven';
  const timer = setTimeout(() => socket.destroy(), options.proofMs ?? defaultProofMs);
  const admit = async (): Promise<void> => {
    state = 'joining';
    clearTimeout(timer);
    if (!(await removeProof(proof))) {
      log.warn('A connection to the channel of this engine could not prove that it may use the data folder.');
      socket.destroy();
      return;
    }
    const message = await ready;
    if (!isOpen()) socket.destroy();
    if (socket.destroyed) return;
    state = 'user';
    users.add(socket, message);
  };
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    clearTimeout(timer);
    users.remove(socket);
    // Of a window that has gone before it asked.
    if (state === 'unproven') rm(proof, { force: true }).catch((error: unknown) => log.error(`${proof} stays.`, error));
  });
  readMessages(socket, {
    limitBytes: maxWindowMessageBytes,
    onTooLong: () => socket.destroy(),
    onLine: (line) => {
      if (socket.destroyed) return;
      const message = parseWindowMessage(line);
      if (state === 'unproven' && message?.kind === 'join') {
        admit().catch((error: unknown) => {
          log.error('A window could not be let in.', error);
          socket.destroy();
        });
      } else if (state === 'user' && message?.kind === 'end') users.ask(message.why);
      else socket.destroy();
    },
  });
  send(socket, { kind: 'prove', protocol: protocolVersion, nonce });
}

/** False when there is no such file. */
async function removeProof(file: string): Promise<boolean> {
  try {
    await rm(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
