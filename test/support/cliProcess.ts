import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import process from 'node:process';
import { bundleAll } from '../../src/build/bundle.js';

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

/** What other entries of the product are made of: left out, so that only the command line is bundled. */
const otherEntries = [
  'extension.ts',
  'webview',
  'engine/main.ts',
  'engine/run/runHost.ts',
  'engine/lambda/lambdaHost.ts',
  'aws/handlerSdk.ts',
];

/** Bundles the command line exactly as `npm run build` does, into a folder of its own: tests run side by side. */
export async function buildCli(): Promise<BuiltCli> {
  const project = process.cwd();
  const root = await mkdtemp(join(tmpdir(), 's3batch-cli-'));
  await cp(join(project, 'src'), join(root, 'src'), {
    recursive: true,
    filter: (source) => !otherEntries.includes(relative(join(project, 'src'), source).split(sep).join('/')),
  });
  await cp(join(project, 'package.json'), join(root, 'package.json'));
  await symlink(join(project, 'node_modules'), join(root, 'node_modules'));
  await bundleAll(root);
  const script = join(root, 'dist', 'cli.js');
  return {
    script,
    run: (args, options = {}) => runNode([script, ...args], { cwd: root, ...options }),
    dispose: () => rm(root, { recursive: true, force: true }),
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
