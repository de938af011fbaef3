import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { errorMessage } from '../../base/errors.js';
import { type CreatePerformer, Lane, type LaneMessage, type LaneStart } from './lane.js';
import type { HostCommand, HostEvent } from './runPlan.js';
import { Supervisor } from './supervisor.js';

/**
 * The program of a run host: in the main thread the supervisor of one job's run, in worker threads its lanes. Ends at once, with all
 * that it started, when the engine is gone.
 */
export function runHostMain(createPerformer: CreatePerformer): void {
  if (isMainThread) supervise();
  else void work(createPerformer);
}

function supervise(): void {
  const script = process.argv[1];
  if (script === undefined || process.send === undefined) {
    process.stderr.write('This program is started by the engine.\n');
    process.exitCode = 2;
    return;
  }
  let supervisor: Supervisor | undefined;
  process.on('disconnect', endNow);
  process.on('message', (command: HostCommand) => {
    if (command.kind === 'stop') {
      supervisor?.stop(command.isCancel);
      return;
    }
    supervisor = new Supervisor(command.plan, script, send);
    supervisor.start().catch((error: unknown) => send({ kind: 'broken', message: errorMessage(error) }));
  });
}

function send(event: HostEvent): void {
  process.send?.(event, (error: Error | null) => {
    if (error !== null || event.kind !== 'progress') endNow();
  });
}

/** Takes along what handlers have started: the engine made this process the leader of a group of its own. */
function endNow(): void {
  if (process.platform !== 'win32') {
    try {
      process.kill(-process.pid, 'SIGKILL');
    } catch {
      // Not the leader of a group: then there is only this process to end.
    }
  }
  process.exit(0);
}

async function work(createPerformer: CreatePerformer): Promise<void> {
  // Before a handler can put its own in its place.
  const exit = process.exit.bind(process);
  const post = (message: LaneMessage): void => parentPort?.postMessage(message);
  try {
    await new Lane(workerData as LaneStart, createPerformer, post).work();
  } catch (error) {
    post({ kind: 'broken', message: errorMessage(error) });
  }
  // Timers or sockets of a handler must not keep the lane alive.
  exit(0);
}
