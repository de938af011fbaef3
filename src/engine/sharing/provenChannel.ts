import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { deferred } from '../../base/async.js';
import { BatchError, errorMessage } from '../../base/errors.js';
import { isOwnChannelAddress, newChannelAddress, removeChannelAddress } from './channelAddress.js';
import { closeServer } from './closeServer.js';
import { readMessages } from './messageReader.js';
import { parseObject } from './messages.js';

/**
 * A private channel between two programs that know a key: lines of JSON over a socket or pipe of `newChannelAddress`. Before anything
 * else each shows the other that it knows the key, without saying it, for that the address is a good one is not enough where every
 * user may open a pipe: the server says a nonce, the client answers with one of its own and `proofOf` both, and so does the server.
 */

/** How long a connection may take to prove itself. */
const proofMs = 5000;
const maxProofBytes = 1024;
const maxConnections = 16;
const noncePattern = /^[0-9a-f]{32}$/;

export type PeerMessage = Readonly<Record<string, unknown>>;

/** The other side, proven. */
export interface Peer {
  readonly socket: Socket;
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  send(message: object): void;
  /** Ends the connection at once. */
  destroy(): void;
}

export interface PeerListener {
  /** Each message, as it came: nothing of it is taken for granted. */
  readonly onMessage: (message: PeerMessage) => void;
  /** The peer sends what is no message, or too long a one; the connection is closed. */
  readonly onBroken?: (what: string) => void;
}

interface ChannelOptions {
  readonly key: string;
  /** Longest line, in bytes. */
  readonly maxMessageBytes: number;
}

export interface ProvenServer {
  readonly address: string;
  /** Ends the connections, once what was sent is on its way. */
  close(): Promise<void>;
}

/**
 * Listens at an address of its own. `onPeer` says who listens to a peer that has proved itself. Rejects with the BatchError `NoChannel`
 * where there is no place for a socket.
 */
export async function listenForPeers(
  options: ChannelOptions & {
    readonly onPeer: (peer: Peer) => PeerListener;
    /** Somebody has connected who does not know the key. */
    readonly onRefused: () => void;
    readonly onError: (error: Error) => void;
  },
): Promise<ProvenServer> {
  const address = await newChannelAddress();
  if (address === undefined) throw new BatchError('NoChannel', 'The temporary folder is too deep for a socket.');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    greet(socket, options);
  });
  server.maxConnections = maxConnections;
  try {
    await listen(server, address);
  } catch (error) {
    await removeChannelAddress(address);
    throw error;
  }
  server.on('error', options.onError);
  return {
    address,
    close: async () => {
      await closeServer(server, sockets);
      await removeChannelAddress(address);
    },
  };
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function greet(
  socket: Socket,
  options: ChannelOptions & { readonly onPeer: (peer: Peer) => PeerListener; readonly onRefused: () => void },
): void {
  const { key } = options;
  const nonce = newNonce();
  const timer = setTimeout(() => socket.destroy(), proofMs);
  socket.once('close', () => clearTimeout(timer));
  const peer = peerOf(socket);
  readPeer(socket, options.maxMessageBytes, ({ nonce: theirs, proof }) => {
    if (!isNonce(theirs) || !isProof(proof, key, 'client', nonce, theirs)) {
      options.onRefused();
      socket.destroy();
      return undefined;
    }
    clearTimeout(timer);
    peer.send({ proof: proofOf(key, 'server', nonce, theirs) });
    return options.onPeer(peer);
  });
  peer.send({ nonce });
}

/**
 * Connects to an address that is this user's own. Rejects with the BatchErrors `ForeignChannel` for any other address, and `NoPeer` when
 * nobody answers there, or somebody who does not know the key.
 */
export async function connectToPeer(
  address: string,
  options: ChannelOptions & { readonly listener: PeerListener },
): Promise<Peer> {
  if (!(await isOwnChannelAddress(address))) throw new BatchError('ForeignChannel', `${address} is no address of ours.`);
  const { key } = options;
  const own = newNonce();
  const socket = connect(address);
  const peer = peerOf(socket);
  const proven = deferred();
  const fail = (what: string, cause?: unknown): void => {
    proven.reject(new BatchError('NoPeer', what, { cause }));
    socket.destroy();
  };
  socket.on('error', (error) => fail(errorMessage(error), error));
  socket.once('close', () => fail('The other side closed the connection.'));
  let theirs: string | undefined;
  readPeer(socket, options.maxMessageBytes, ({ nonce, proof }) => {
    if (theirs === undefined && isNonce(nonce)) {
      theirs = nonce;
      peer.send({ nonce: own, proof: proofOf(key, 'client', nonce, own) });
      return undefined;
    }
    if (theirs !== undefined && isProof(proof, key, 'server', theirs, own)) {
      proven.resolve();
      return options.listener;
    }
    fail('The other side does not know the key.');
    return undefined;
  });
  const timer = setTimeout(() => fail('The other side does not answer.'), proofMs);
  try {
    await proven.promise;
    return peer;
  } finally {
    clearTimeout(timer);
  }
}

/** `prove` gets what comes until it gives who listens from then on. */
function readPeer(socket: Socket, maxMessageBytes: number, prove: (message: PeerMessage) => PeerListener | undefined): void {
  let listener: PeerListener | undefined;
  const onBroken = (what: string): void => {
    listener?.onBroken?.(what);
    socket.destroy();
  };
  readMessages(socket, {
    get limitBytes() {
      return listener === undefined ? maxProofBytes : maxMessageBytes;
    },
    onTooLong: () => onBroken('a message that is too long'),
    onLine: (line) => {
      if (socket.destroyed) return;
      const message = parseObject(line);
      if (message === undefined) onBroken('what is no message');
      else if (listener === undefined) listener = prove(message);
      else listener.onMessage(message);
    },
  });
}

function peerOf(socket: Socket): Peer {
  // What is wrong with a connection ends it, which is all that matters to whoever uses it.
  socket.on('error', () => socket.destroy());
  return {
    socket,
    closed: new Promise((resolve) => {
      socket.once('close', () => resolve());
    }),
    send: (message) => {
      if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
    },
    destroy: () => {
      socket.destroy();
    },
  };
}

function newNonce(): string {
  return randomBytes(16).toString('hex');
}

function isNonce(value: unknown): value is string {
  return typeof value === 'string' && noncePattern.test(value);
}

function proofOf(key: string, side: 'client' | 'server', serverNonce: string, clientNonce: string): string {
  return createHmac('sha256', key).update(`s3batch ${side} ${serverNonce} ${clientNonce}`).digest('hex');
}

function isProof(
  value: unknown,
  key: string,
  side: 'client' | 'server',
  serverNonce: string,
  clientNonce: string,
): value is string {
  const wanted = Buffer.from(proofOf(key, side, serverNonce, clientNonce));
  const given = Buffer.from(typeof value === 'string' ? value : '');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
