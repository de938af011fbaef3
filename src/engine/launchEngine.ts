import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { BatchError, cancelledError } from '../base/errors.js';
import type { EngineConnection } from '../core/job/target.js';
import { parseConnection } from './sharing/messages.js';
import type { EngineOptions } from './startEngine.js';

export interface LaunchOptions extends Omit<EngineOptions, 'clock' | 'log' | 'accountId'> {
  /** Path of `dist/engine.js`. */
  readonly engineScript: string;
  /** The Node to run it with; this process's own unless said. */
  readonly nodePath?: string;
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends the start; an engine that is ready is ended with `close`. */
  readonly signal?: AbortSignal;
  /** A line that the engine logs. */
  readonly onLog: (line: string) => void;
  /** For windows: the engine goes on while others use it, and its messages (`sharing/messages.ts`) come here, a line each. */
  readonly onMessage?: (line: string) => void;
}

export interface LaunchedEngine {
  readonly connection: EngineConnection;
  readonly pid: number;
  /** Resolves when the process has ended, with how: `exit code 0`, `signal SIGKILL`. */
  readonly exited: Promise<string>;
  /** Ends the engine cleanly; by force when it takes longer than 10 seconds. */
  close(): Promise<void>;
  /** Says something to an engine that was started with `onMessage`. */
  send(line: string): void;
  /** Closes its standard input: it ends unless others use it. */
  release(): void;
}

/** An engine that takes longer to end is ended by force. */
export const closeLimitMs = 10_000;
/** Of what a failed start logged, the lines that its error shows. */
const keptLines = 5;
/** Of a line that is no connection. */
const keptCharacters = 200;
/** The pipe of the child that its messages come by. Not standard output: Node blocks on that one on Windows. */
const messagesFd = 3;

/**
 * Starts an engine in a process of its own and resolves when it is ready. The engine ends when this process does, however that comes,
 * unless it is shared (`onMessage`) and others use it. Rejects with the BatchError `EngineStartFailed`, whose message is what the engine
 * said, with `DataDirectoryInUse` when it is shared and another was there first, or with the cancellation error.
 */
export async function launchEngine(options: LaunchOptions): Promise<LaunchedEngine> {
  const { engineScript, nodePath, environment, signal, onLog, onMessage, ...engineOptions } = options;
  const isAborted = (): boolean => signal?.aborted === true;
  if (isAborted()) throw cancelledError();
  const mode = onMessage === undefined ? ['--exit-with-parent'] : ['--shared', '--messages-fd', String(messagesFd)];
  const child = spawn(nodePath ?? process.execPath, [engineScript, ...formatEngineArguments(engineOptions), ...mode], {
    // Inside VS Code the executable is Electron, which then behaves like Node.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...environment, ...engineEnvironment(engineOptions) },
    stdio: ['pipe', 'pipe', 'pipe', onMessage === undefined ? 'ignore' : 'pipe'],
    // A group of its own: Ctrl+C at a terminal is for its parent, which may have something to finish first. On Windows this also keeps
    // an engine that others use from ending with the process that started it.
    detached: process.platform !== 'win32' || onMessage !== undefined,
    windowsHide: true,
  }) as ChildProcessWithoutNullStreams;
  const lastLines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > keptLines) lastLines.shift();
    onLog(line);
  });
  // The pipe breaks when the engine ends first; `exited` says so.
  child.stdin.on('error', () => undefined);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, endSignal) => resolve(endSignal === null ? `exit code ${code}` : `signal ${endSignal}`));
  });
  if (onMessage !== undefined) createInterface({ input: child.stdio[messagesFd] as Readable }).on('line', onMessage);
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<string>((resolve) => {
    lines.once('line', resolve);
  });
  const onAbort = (): void => {
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const first = await Promise.race([ready.then((line) => ({ line })), exited.then((how) => ({ how }))]);
  signal?.removeEventListener('abort', onAbort);
  if (isAborted()) {
    await exited;
    throw cancelledError();
  }
  if ('how' in first) {
    throw new BatchError(
      child.exitCode === inUseExitCode ? 'DataDirectoryInUse' : 'EngineStartFailed',
      `The local engine could not be started (${first.how}). ${lastLines.join(' ')}`.trim(),
    );
  }
  const connection = parseConnection(first.line);
  if (connection === undefined) {
    child.kill('SIGKILL');
    await exited;
    throw notReady(first.line, engineScript);
  }
  return {
    connection,
    pid: child.pid ?? 0,
    exited,
    close: () => closeChild(child, exited),
    send: (line) => void child.stdin.write(`${line}\n`),
    release: () => void child.stdin.end(),
  };
}

/** The line may be the connection, cut off: its secret is left out. */
function notReady(line: string, engineScript: string): BatchError {
  const shown = line.replaceAll(/("secretAccessKey"\s*:\s*)"[^"]*"?/g, '$1"…"');
  const cut = shown.length > keptCharacters ? `${shown.slice(0, keptCharacters)}…` : shown;
  return new BatchError('EngineStartFailed', `The local engine could not be started. Instead of its address it printed: ${cut}`, {
    hint: `What else prints when ${engineScript} is run? The variable NODE_OPTIONS, for instance, may load something that does.`,
  });
}

/** Exit code of a shared engine that found its data folder in use: there is one to join. */
export const inUseExitCode = 3;

async function closeChild(child: ChildProcess, exited: Promise<string>): Promise<void> {
  // The closed pipe is the clean end on Windows, where a signal kills at once.
  child.stdin?.end();
  if (process.platform !== 'win32') child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), closeLimitMs);
  try {
    await exited;
  } finally {
    clearTimeout(timer);
  }
}

/** The arguments that `parseEngineArguments` reads back as these options, without the functions. */
export function formatEngineArguments(options: EngineOptions): string[] {
  const { port, dataDirectory, templates = [], region, seedDirectory, settings = {}, python } = options;
  return [
    '--data',
    dataDirectory,
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...templates.flatMap((template) => ['--template', template]),
    ...(region === undefined ? [] : ['--region', region]),
    ...(seedDirectory === undefined ? [] : ['--seed', seedDirectory]),
    ...(python === undefined ? [] : ['--python', python]),
    ...Object.entries(settings).flatMap(([name, value]) => ['--setting', `${name}=${value}`]),
  ];
}

/** Functions may carry secrets in their environments, and every user of a machine can read the arguments of its processes. */
export const functionsVariable = 'S3BATCH_ENGINE_FUNCTIONS';

/** The variables that `parseEngineArguments` reads back. */
export function engineEnvironment({ functions = [] }: Pick<EngineOptions, 'functions'>): Record<string, string> {
  return functions.length === 0 ? {} : { [functionsVariable]: JSON.stringify(functions) };
}
