import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { errorCode, errorMessage, isBatchError } from '../base/errors.js';
import type { EngineLog } from './contracts.js';
import { parseEngineArguments } from './engineArguments.js';
import { inUseExitCode } from './launchEngine.js';
import type { EngineTerms } from './sharing/engineTerms.js';
import { EngineUsers, send } from './engineUsers.js';
import { type HandOver, openHandOver } from './handOver.js';
import { LogPipe } from './logPipe.js';
import { readMessages } from './sharing/messageReader.js';
import { type EndReason, maxWindowMessageBytes, parseWindowMessage } from './sharing/messages.js';
import { type EngineOptions, type RunningEngine, startEngine } from './startEngine.js';

/** What the engine touches of the process it runs in. */
export interface EngineIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the extension that the engine came with; empty when nobody knows. */
  readonly version: string;
}

/**
 * Runs an engine until SIGTERM or SIGINT, or until its data folder is deleted; with `--exit-with-parent` until standard input closes, with
 * `--shared` until the last window that uses it has gone or one asks for the end. Prints one line when it is ready: the EngineConnection
 * as JSON; but for it, the keys are told only to those who prove themselves on its channel. Logs go to standard error, those of a shared
 * engine that is ready in its messages: to every window alike, by pipes that never block (of standard error's that is not so on Windows).
 * Resolves with the exit code: 0 ended cleanly, 1 could not end cleanly, 2 could not start, 3 (shared) the data folder is in use.
 */
export async function runEngine(argv: readonly string[], io: EngineIo): Promise<number> {
  const stop = waitForStop();
  const users = new EngineUsers(stop.because);
  let parent: Writable | undefined;
  const errors = new LogPipe(io.stderr, (line) => `${line}\n`);
  let isWithParent = false;
  const log = createLineLog((line) => {
    if (!isWithParent) errors.write(line);
    users.log(line);
  });
  let engine: RunningEngine;
  let handOver: HandOver | undefined;
  try {
    const { options, exitsWithParent, isShared, messagesFd } = parseEngineArguments(argv, io.cwd, io.env);
    if (exitsWithParent) stop.watch(io.stdin, () => stop.because('parentGone'));
    if (isShared) {
      const toParent = messagesFd === undefined ? io.stdout : openMessages(messagesFd);
      parent = toParent;
      stop.watch(io.stdin, () => {
        if (users.count > 1) send(toParent, { kind: 'released' });
        else stop.because('unused');
        users.remove(toParent);
      });
      listenToParent(io.stdin, users);
    } else users.addCommand();
    handOver = await openHandOver({ dataDirectory: options.dataDirectory, users, log });
    engine = await startEngine({ ...options, log, ...(handOver === undefined ? {} : { channel: handOver.address }) });
    io.stdout.write(`${JSON.stringify(engine.connection)}\n`);
    if (parent !== undefined) {
      users.add(parent);
      isWithParent = true;
    }
    handOver?.serve({
      kind: 'ready',
      pid: process.pid,
      connection: engine.connection,
      terms: termsOf(options, engine.connection.region, io.version),
    });
  } catch (error) {
    stop.dispose();
    await handOver?.close();
    const hint = isBatchError(error) && error.hint !== undefined ? `\n${error.hint}` : '';
    io.stderr.write(`${errorMessage(error)}${hint}\n`);
    if (!isBatchError(error)) log.error('The engine could not start.', error);
    return parent !== undefined && errorCode(error) === 'DataDirectoryInUse' ? inUseExitCode : 2;
  }
  void engine.lost.then(() => stop.because('lost'));
  try {
    const why = await stop.promise;
    handOver?.refuse();
    log.info(`Ends: ${endTexts[why]}.`);
    users.sayEnding(why);
    await engine.close();
    return 0;
  } catch (error) {
    log.error('The engine could not end cleanly.', error);
    return 1;
  } finally {
    // Last: that the channel closes tells the windows that the folder is free.
    await handOver?.close();
    stop.dispose();
  }
}

const endTexts: Readonly<Record<EndReason, string>> = {
  stopped: 'it was stopped',
  restarted: 'it is started anew',
  unused: 'no window uses it any more',
  lost: 'its data folder has been deleted',
  signal: 'it got a signal',
  parentGone: 'its parent has gone',
};

function termsOf(options: EngineOptions, region: string, version: string): EngineTerms {
  const { templates = [], functions = [], seedDirectory, python, settings = {} } = options;
  return { version, region, templates, functions, seedDirectory, python, settings };
}

function listenToParent(stdin: Readable, users: EngineUsers): void {
  readMessages(stdin, {
    limitBytes: maxWindowMessageBytes,
    // It is who started this process: nothing to defend against, and nothing to say.
    onTooLong: () => undefined,
    onLine: (line) => {
      const message = parseWindowMessage(line);
      if (message?.kind === 'end') users.ask(message.why);
    },
  });
}

interface Stop {
  /** Why to stop: the first reason. */
  readonly promise: Promise<EndReason>;
  readonly because: (why: EndReason) => void;
  /** Calls back once when the stream has ended for whatever reason. */
  watch(stdin: Readable, onGone: () => void): void;
  dispose(): void;
}

/** Resolves at the first reason to stop. A second signal while the engine is closing ends the process as the system would. */
function waitForStop(): Stop {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  let resolve: (why: EndReason) => void = () => undefined;
  const promise = new Promise<EndReason>((onResolve) => {
    resolve = onResolve;
  });
  const onSignal = (): void => {
    removeSignals();
    resolve('signal');
  };
  const removeSignals = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  let unwatch = (): void => undefined;
  return {
    promise,
    because: (why) => resolve(why),
    watch: (stdin, onGone) => {
      let isGone = false;
      const onEnd = (): void => {
        if (isGone) return;
        isGone = true;
        onGone();
      };
      stdin.once('end', onEnd).once('close', onEnd).once('error', onEnd).resume();
      unwatch = () => {
        // An open standard input would keep the process alive.
        stdin
          .off('end', onEnd)
          .off('close', onEnd)
          .off('error', onEnd)
          .on('error', () => undefined)
          .destroy();
      };
    },
    dispose: () => {
      removeSignals();
      unwatch();
    },
  };
}

/** The pipe for messages that whoever started this process has opened. Writes to it never block, as those to standard output do on Windows. */
function openMessages(fd: number): Writable {
  const socket = new Socket({ fd, readable: false, writable: true });
  // A parent that has gone no longer reads: its closed standard input says so.
  socket.on('error', () => undefined);
  return socket;
}

/** One line an entry: time, level, message. */
function createLineLog(onLine: (line: string) => void): EngineLog {
  const write = (level: string, message: string): void => onLine(`${new Date().toISOString()} ${level} ${message}`);
  return {
    info: (message) => write('info', message),
    warn: (message) => write('warn', message),
    error: (message, cause) =>
      write(
        'error',
        cause === undefined ? message : `${message} ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
      ),
  };
}
