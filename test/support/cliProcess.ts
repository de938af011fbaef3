import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

export interface CliRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BuiltCli {
  /** Runs the built command as a process of its own. */
  run(
    args: readonly string[],
    options?: { cwd?: string; input?: string | Uint8Array; env?: Record<string, string> },
  ): Promise<CliRun>;
  readonly script: string;
  dispose(): Promise<void>;
}

/** The command line as `npm run build` left it in dist/, run in an empty folder of its own. */
export async function builtCli(): Promise<BuiltCli> {
  const script = join(process.cwd(), 'dist', 'cli.js');
  const folder = await mkdtemp(join(tmpdir(), 's3batch-cli-'));
  return {
    script,
    run: (args, options = {}) => runNode([script, ...args], { cwd: folder, ...options }),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

function runNode(
  args: readonly string[],
  options: { cwd: string; input?: string | Uint8Array; env?: Record<string, string> },
): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: options.cwd, env: { ...process.env, ...options.env } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') });
    });
    // A process that ends before it read everything is no failure of the test.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}
