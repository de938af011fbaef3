import { spawn } from 'node:child_process';

/** Runs a program to its end with our own output; returns its exit code. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}

/** Runs a package's command line program with this Node, without a shell and without npx. */
export function runPackageBin(root: string, script: string, args: readonly string[]): Promise<number> {
  return runCommand(process.execPath, [`${root}/node_modules/${script}`, ...args], { cwd: root });
}
