import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { codeFolder } from '../codeFolder.js';
import type { EngineLog } from '../contracts.js';
import { howItEnded } from '../lambda/functionError.js';
import type { HostCommand, HostEvent, RunPlan, TaskCounts } from './runPlan.js';

export type RunEnd =
  | Extract<HostEvent, { kind: 'ended' }>
  | Extract<HostEvent, { kind: 'broken' }>
  /** The host was killed, or ended without a word. What it journalled stays. `how`: in Lambda's words. */
  | { readonly kind: 'crashed'; readonly detail: string; readonly how?: string | undefined };

export interface RunProcess {
  readonly pid: number | undefined;
  /** Resolves once, after the process is gone. */
  readonly ended: Promise<RunEnd>;
  stop(isCancel: boolean): void;
  kill(): void;
}

/** Starts the process that runs a job's tasks. It dies with this one: the IPC channel is its lifeline. */
export function startRunProcess(options: {
  readonly script: string;
  readonly plan: RunPlan;
  readonly log: EngineLog;
  readonly onProgress: (counts: TaskCounts) => void;
}): RunProcess {
  const { plan, log } = options;
  const child = spawn(process.execPath, [options.script], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: hostEnvironment(),
    // Lanes are threads, which have the folder of their process.
    ...codeFolder(plan.work.definition),
    // A group of its own, so that whatever the handlers start can be ended with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => log.warn(`job ${plan.jobId}: ${line}`));
  }
  let last: RunEnd | undefined;
  child.on('message', (event: HostEvent) => {
    if (event.kind === 'progress') options.onProgress(event);
    else last = event;
  });
  const ended = new Promise<RunEnd>((resolve) => {
    child.once('error', (error) => {
      last ??= { kind: 'broken', message: `The process for the job can't be started: ${error.message}` };
      if (child.pid === undefined) resolve(last);
    });
    // After `exit` messages may still be on their way; `close` comes when the channel has been read to its end.
    child.once('close', (code, signal) => {
      killGroup(child);
      resolve(last ?? { kind: 'crashed', detail: `ended with ${signal ?? `code ${code}`}`, how: howItEnded(code, signal) });
    });
  });
  const tell = (command: HostCommand): void => {
    if (child.connected) child.send(command, () => undefined);
  };
  tell({ kind: 'start', plan });
  return {
    pid: child.pid,
    ended,
    stop: (isCancel) => tell({ kind: 'stop', isCancel }),
    kill: () => {
      killGroup(child);
      child.kill('SIGKILL');
    },
  };
}

/** Whatever AWS settings and keys this process has are none of the handlers' business. */
function hostEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ELECTRON_RUN_AS_NODE: '1' };
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith('AWS_') && name !== 'NODE_OPTIONS') environment[name] = value;
  }
  return environment;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || process.platform === 'win32') return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is empty: nothing was left behind.
  }
}
