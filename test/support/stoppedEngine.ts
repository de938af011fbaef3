import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

export interface StoppedProcess {
  goOn(): void;
}

/** Holds the local engine still that a session of the window has started, whose data lies beside the folder that is open. */
export async function stopEngineOf(folder: string): Promise<StoppedProcess> {
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-eo', 'pid=,args=']);
  const line = stdout.split('\n').find((item) => item.includes('engine.js') && item.includes(dirname(folder)));
  const id = Number(line?.trim().split(' ')[0]);
  if (line === undefined || !Number.isInteger(id)) throw new Error(`No engine runs for ${folder}.`);
  process.kill(id, 'SIGSTOP');
  return { goOn: () => process.kill(id, 'SIGCONT') };
}
