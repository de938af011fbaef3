import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCommand, startGroup } from '../command.js';
import type { InstalledHost } from './installHost.js';

export interface CodeServer {
  readonly port: number;
  /** The workbench's address; `extension` is under development, `tests` a module that runs in its extension host. */
  /** `folder`: or the path of a `.code-workspace` file. */
  url(options: { folder: string; extension?: string; tests?: string }): string;
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** Folder for all that the server writes. Keep its path short: sockets live in it. */
  readonly home: string;
  /** Settings of the user, over quiet defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Leave workspace trust on, so that an unknown folder opens in Restricted Mode. */
  readonly isTrustOn?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

const quietSettings = {
  // As on the desktop. The default of a browser saves an edit after a second: whether a test then reverts it depends on how busy the
  // machine is.
  'files.autoSave': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
  'window.commandCenter': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.startupPrompt': 'never',
};

/** Starts a VS Code server on a free port; resolves when it answers. Its output goes to `<home>/server.log`. */
export async function startCodeServer(host: InstalledHost, options: ServeOptions): Promise<CodeServer> {
  const { home, settings = {}, isTrustOn = false } = options;
  await writeSettings(home, { ...quietSettings, 'security.workspace.trust.enabled': isTrustOn, ...settings });
  const port = await freePort();
  const logFile = join(home, 'server.log');
  const group = startGroup(
    host.nodePath,
    [
      host.entry,
      ...dataArguments(home),
      '--auth',
      'none',
      '--bind-addr',
      `127.0.0.1:${port}`,
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      ...(isTrustOn ? [] : ['--disable-workspace-trust']),
      ...(host.version.needsSmokeTestDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ],
    { cwd: home, env: { ...cleanEnvironment(), ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log = createWriteStream(logFile);
  group.child.stdout?.pipe(log, { end: false });
  group.child.stderr?.pipe(log, { end: false });
  const failure = new Promise<never>((_resolve, reject) => {
    group.child.on('error', reject);
    group.child.on('exit', (code) => reject(new Error(`The VS Code server ended with ${code ?? 'a signal'}; see ${logFile}`)));
  });
  try {
    await Promise.race([failure, waitForPort(port)]);
  } catch (error) {
    await group.stop();
    throw error;
  }
  const ended = failure.catch(() => undefined);
  return {
    port,
    ended,
    url({ folder, extension, tests }) {
      const remote = (path: string): string => `vscode-remote://127.0.0.1:${port}${path}`;
      const payload = [
        ...(extension === undefined ? [] : [['extensionDevelopmentPath', remote(extension)]]),
        ...(tests === undefined ? [] : [['extensionTestsPath', remote(tests)]]),
        ['skipWelcome', 'true'],
      ];
      const opened = folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
      const query = new URLSearchParams({ [opened]: folder, payload: JSON.stringify(payload) });
      return `http://127.0.0.1:${port}/?${query.toString()}`;
    },
    async stop() {
      await group.stop();
      log.end();
    },
  };
}

/** Installs a packaged extension as a user would. Rejects when the server refuses it. */
export async function installExtension(host: InstalledHost, home: string, vsix: string): Promise<void> {
  await writeSettings(home, {});
  const { code, output } = await readCommand(host.nodePath, [host.entry, ...dataArguments(home), '--install-extension', vsix], {
    cwd: home,
    env: cleanEnvironment(),
  });
  if (code !== 0) throw new Error(`VS Code ${host.version.vscode} did not install ${vsix}:\n${output}`);
}

function dataArguments(home: string): string[] {
  return [
    '--config',
    join(home, 'config.yaml'),
    '--user-data-dir',
    join(home, 'data'),
    '--extensions-dir',
    join(home, 'extensions'),
  ];
}

async function writeSettings(home: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const user = join(home, 'data', 'User');
  await mkdir(user, { recursive: true });
  await mkdir(join(home, 'extensions'), { recursive: true });
  if (!existsSync(join(home, 'config.yaml'))) await writeFile(join(home, 'config.yaml'), 'auth: none\n');
  await writeFile(join(user, 'settings.json'), JSON.stringify(settings, null, 2));
}

/** Without what an outer VS Code or npm left: both change how the server and what it starts behave. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const isForeign =
    /^(VSCODE_|CODE_SERVER_|ELECTRON_|npm_(package|lifecycle|config_local_prefix|command)|NODE_OPTIONS$|PORT$|PASSWORD$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign.test(name)));
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

async function waitForPort(port: number): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    if (await isAnswering(port)) return;
    await sleep(100);
  }
  throw new Error(`The VS Code server does not answer on port ${port}.`);
}

function isAnswering(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
