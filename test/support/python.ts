import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The reason to skip Python tests here, or false. Printed, so that a skipped layer is seen. */
export const noPython: string | false = (() => {
  const result = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (result.status === 0) return false;
  const reason = `python3 does not run here: ${result.error?.message ?? result.stderr}`;
  console.log(`SKIPPED: ${reason}`);
  return reason;
})();

/** The reason to skip tests with boto3, or false. */
export const noBoto3: string | false = (() => {
  if (noPython !== false) return noPython;
  const result = spawnSync('python3', ['-c', 'import boto3'], { encoding: 'utf8' });
  if (result.status === 0) return false;
  const reason = 'boto3 is not installed for python3';
  console.log(`SKIPPED: ${reason}`);
  return reason;
})();

/** An interpreter that has debugpy: that of the system's packages where there is one. */
export const pythonWithDebugpy: string | undefined = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import debugpy'], { encoding: 'utf8' }).status === 0,
);

/** The reason to skip tests of the Python debugger, or false. */
export const noDebugpy: string | false = (() => {
  if (pythonWithDebugpy !== undefined) return false;
  const reason = 'debugpy is not installed for python3 (Debian, Ubuntu: apt install python3-debugpy)';
  console.log(`SKIPPED: ${reason}`);
  return reason;
})();

/** Makes an interpreter that has the standard library only, wherever packages are installed: a launcher with -S would be looked through. */
export function bareInterpreter(folder: string, base = 'python3'): string {
  const made = spawnSync(base, ['-m', 'venv', '--without-pip', folder], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`No virtual environment can be made: ${made.stderr}`);
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python3');
}
