import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { deferred } from '../base/async.js';
import { errorCode, errorMessage } from '../base/errors.js';
import { bundleAll } from './bundle.js';
import { type ProcessGroup, startGroup } from './command.js';
import { startCodeServer } from './host/codeServer.js';
import { copySamples } from './host/copySamples.js';
import { installHost } from './host/installHost.js';
import { type HostVersion, hostVersion, newestHost } from './host/versions.js';
import { onShutdown } from './shutdown.js';
import { runSmoke } from './smoke.js';
import { makeTemporaryFolder } from './temporaryFolder.js';

/**
 * `npm start`: builds, and opens a copy of the samples in a VS Code that has the extension. Options: `--browser` not to use the desktop
 * VS Code, `--vscode 1.100.3` for another one in the browser, `--smoke` to have the sample job run without a screen.
 */
export async function start(root: string, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { smoke: { type: 'boolean' }, browser: { type: 'boolean' }, vscode: { type: 'string' } },
  });
  const version = values.vscode === undefined ? newestHost : hostVersion(values.vscode);
  console.log('Building the extension...');
  await bundleAll(root);
  if (values.smoke === true) return runSmoke(root, version);

  const temporary = await makeTemporaryFolder();
  const home = temporary.path;
  const finish = deferred();
  try {
    const folder = await copySamples(root, home);
    console.log(`The samples are a copy, change them as you like: ${folder}`);
    const desktop = values.browser === true || values.vscode !== undefined ? undefined : findDesktop();
    if (desktop !== undefined) return await startDesktop(root, { desktop, home, folder, finished: finish.promise });
    return await startBrowser(root, { version, home, folder, finished: finish.promise });
  } finally {
    await temporary.remove();
    finish.resolve();
  }
}

interface BrowserOptions {
  readonly version: HostVersion;
  readonly home: string;
  readonly folder: string;
  /** Resolves when all is cleaned up; who asks us to stop waits for it. */
  readonly finished: Promise<void>;
}

async function startBrowser(root: string, { version, home, folder, finished }: BrowserOptions): Promise<number> {
  const host = await installHost(root, version);
  console.log(`Starting VS Code ${version.vscode} for the browser...`);
  const server = await startCodeServer(host, { home });
  const stopped = stopRequest(finished);
  try {
    const url = server.url({ folder, extension: root });
    console.log(`\nOpen this address in a browser:\n\n  ${url}\n`);
    openInBrowser(url);
    console.log('Press Ctrl+C to stop.');
    const isOurDoing = await Promise.race([stopped.then(() => true), server.ended.then(() => false)]);
    if (!isOurDoing) console.error('The VS Code server has ended by itself.');
    return isOurDoing ? 0 : 1;
  } finally {
    await server.stop();
  }
}

/** Resolves when we are asked to stop. Call it after what is to be stopped has been started: the latest clean-up comes first. */
function stopRequest(finished: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    onShutdown(() => {
      console.log('\nStopping...');
      process.exitCode = 0; // Being stopped is how this command ends.
      resolve();
      return finished;
    });
  });
}

/** `code` on the PATH, when there is a display that it could show itself on. */
function findDesktop(): string | undefined {
  const { platform, env } = process;
  const hasDisplay =
    platform === 'darwin' || platform === 'win32' || hasValue(env['DISPLAY']) || hasValue(env['WAYLAND_DISPLAY']);
  if (!hasDisplay) {
    console.log('There is no display for a desktop VS Code, so it will be one for the browser.');
    return undefined;
  }
  const name = platform === 'win32' ? 'code.cmd' : 'code';
  const found = (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
  if (found === undefined) console.log('There is no `code` on the PATH, so it will be VS Code for the browser.');
  return found;
}

function hasValue(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}

/** Shows the address in the browser of this desktop, where there is one; it stands in the terminal in any case. */
function openInBrowser(url: string): void {
  if (!hasValue(process.env['DISPLAY']) && !hasValue(process.env['WAYLAND_DISPLAY']) && process.platform !== 'darwin') return;
  const opener = startGroup(process.platform === 'darwin' ? 'open' : 'xdg-open', [url], { stdio: 'ignore' });
  opener.child.on('error', () => console.log('(No browser could be opened from here.)'));
  opener.child.unref();
}

interface DesktopOptions {
  readonly desktop: string;
  readonly home: string;
  readonly folder: string;
  /** Resolves when all is cleaned up; who asks us to stop waits for it. */
  readonly finished: Promise<void>;
}

/** An instance of its own, with data of its own, so that neither the person's windows nor their settings are touched. */
async function startDesktop(root: string, { desktop, home, folder, finished }: DesktopOptions): Promise<number> {
  const data = join(home, 'data');
  console.log('Opening VS Code. Close its window, or press Ctrl+C here, to stop.');
  const isWindows = process.platform === 'win32';
  const quote = (text: string): string => (isWindows ? `"${text}"` : text);
  const group: ProcessGroup = startGroup(
    quote(desktop),
    [
      '--wait',
      '--new-window',
      '--disable-workspace-trust',
      '--skip-welcome',
      `--extensionDevelopmentPath=${quote(root)}`,
      `--user-data-dir=${quote(data)}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      quote(folder),
    ],
    { cwd: home, stdio: 'ignore', shell: isWindows },
  );
  const stopped = stopRequest(finished);
  const closed = new Promise<number>((resolve, reject) => {
    group.child.on('error', reject);
    group.child.on('close', (code) => resolve(code ?? 1));
  });
  try {
    return await Promise.race([closed, stopped.then(() => 0)]);
  } finally {
    await endDesktop(data);
    await group.stop();
  }
}

/** `code` hands over to a process that leaves our group; VS Code writes that process's id into its data folder. */
async function endDesktop(data: string): Promise<void> {
  try {
    process.kill(Number(await readFile(join(data, 'code.lock'), 'utf8')), 'SIGTERM');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ESRCH')
      console.error(`VS Code may still be running: ${errorMessage(error)}`);
  }
}
