import type { Readable, Writable } from 'node:stream';
import { errorMessage, isBatchError } from '../base/errors.js';
import type { EngineLog } from './contracts.js';
import { parseEngineArguments } from './engineArguments.js';
import { type RunningEngine, startEngine } from './startEngine.js';

/** What the engine touches of the process it runs in. */
export interface EngineIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs an engine until SIGTERM or SIGINT, or, with `--exit-with-parent`, until standard input closes. Prints one line when it is ready:
 * the EngineConnection as JSON, the only place where the keys appear. Logs go to standard error. Resolves with the exit code: 0 ended
 * cleanly, 1 could not end cleanly, 2 could not start.
 */
export async function runEngine(argv: readonly string[], io: EngineIo): Promise<number> {
  const log = createLineLog(io.stderr);
  let engine: RunningEngine;
  const stop = waitForStop();
  try {
    const { options, exitsWithParent } = parseEngineArguments(argv, io.cwd, io.env);
    if (exitsWithParent) stop.watch(io.stdin);
    engine = await startEngine({ ...options, log });
  } catch (error) {
    stop.dispose();
    const hint = isBatchError(error) && error.hint !== undefined ? `\n${error.hint}` : '';
    io.stderr.write(`${errorMessage(error)}${hint}\n`);
    if (!isBatchError(error)) log.error('The engine could not start.', error);
    return 2;
  }
  io.stdout.write(`${JSON.stringify(engine.connection)}\n`);
  try {
    log.info(`Ends: ${await stop.promise}.`);
    await engine.close();
    return 0;
  } catch (error) {
    log.error('The engine could not end cleanly.', error);
    return 1;
  } finally {
    stop.dispose();
  }
}

interface Stop {
  /** Why to stop. */
  readonly promise: Promise<string>;
  watch(stdin: Readable): void;
  dispose(): void;
}

/** Resolves at the first reason to stop. A second signal while the engine is closing ends the process as the system would. */
function waitForStop(): Stop {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  let resolve: (why: string) => void = () => undefined;
  const promise = new Promise<string>((onResolve) => {
    resolve = onResolve;
  });
  const onSignal = (signal: NodeJS.Signals): void => {
    removeSignals();
    resolve(signal);
  };
  const removeSignals = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  const onGone = (): void => resolve('its parent has gone');
  let watched: Readable | undefined;
  return {
    promise,
    watch: (stdin) => {
      watched = stdin;
      stdin.once('end', onGone).once('close', onGone).once('error', onGone).resume();
    },
    dispose: () => {
      removeSignals();
      // An open standard input would keep the process alive.
      watched
        ?.off('end', onGone)
        .off('close', onGone)
        .off('error', onGone)
        .on('error', () => undefined)
        .destroy();
    },
  };
}

/** One line an entry: time, level, message. */
function createLineLog(output: Writable): EngineLog {
  const write = (level: string, message: string): void => {
    output.write(`${new Date().toISOString()} ${level} ${message}\n`);
  };
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
