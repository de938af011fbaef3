import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../base/errors.js';
import { onShutdown } from './shutdown.js';

/** Runs a program to its end with our own output; resolves with its exit code. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv; isShell?: boolean },
): Promise<number> {
  const { isShell = false, ...rest } = options;
  return exitOf(spawn(command, args, { ...rest, shell: isShell, stdio: ['ignore', 'inherit', 'inherit'] }));
}

/** Runs a package's command line program with this Node, without a shell and without npx. */
export function runPackageBin(root: string, script: string, args: readonly string[]): Promise<number> {
  return runCommand(process.execPath, [`${root}/node_modules/${script}`, ...args], { cwd: root });
}

/** Runs npm with this Node, without what an outer `npm run` left in the environment. */
export function runNpm(cwd: string, args: readonly string[]): Promise<number> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix|command)/.test(name)),
  );
  const npm = process.env['npm_execpath'];
  if (npm !== undefined && npm.endsWith('.js')) return runCommand(process.execPath, [npm, ...args], { cwd, env });
  const isWindows = process.platform === 'win32';
  return runCommand(isWindows ? 'npm.cmd' : 'npm', args, { cwd, env, isShell: isWindows });
}

/** Runs a program to its end; resolves with its exit code and all that it wrote. */
export async function readCommand(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<{ code: number; output: string }> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { code: await exitOf(child), output };
}

const patienceMs = 5000;

async function exitOf(child: ChildProcess): Promise<number> {
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
  const registration = onShutdown(async () => {
    child.kill('SIGTERM');
    const killing = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await ended.finally(() => clearTimeout(killing));
  });
  try {
    return await ended;
  } finally {
    registration.dispose();
  }
}

/** A process and everything that it starts, ended together. */
export interface ProcessGroup {
  readonly child: ChildProcess;
  /** Asks all of it to end, then makes it; resolves when it is gone. Can be called again. Called when we are asked to stop. */
  readonly stop: () => Promise<void>;
}

/** Starts a program as leader of a process group of its own, so that Ctrl+C in the terminal reaches us only and we end it in order. */
export function startGroup(command: string, args: readonly string[], options: SpawnOptions): ProcessGroup {
  const child = spawn(command, args, { ...options, detached: process.platform !== 'win32' });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= stopGroup(child).finally(() => registration.dispose());
    return stopping;
  };
  const registration = onShutdown(stop);
  return { child, stop };
}

async function stopGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const until = Date.now() + patienceMs;
    if (!signalGroup(child, pid, signal)) return;
    while (Date.now() < until) {
      if (!signalGroup(child, pid, 0)) return;
      await sleep(50);
    }
  }
}

/** Returns false when nothing of the group is left. */
function signalGroup(child: ChildProcess, pid: number, signal: NodeJS.Signals | 0): boolean {
  if (process.platform === 'win32') {
    if (signal === 0) return child.exitCode === null && child.signalCode === null;
    spawn('taskkill', ['/pid', String(pid), '/t', '/f']);
    return true;
  }
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}
