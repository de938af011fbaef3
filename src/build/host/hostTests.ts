import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { bundleAll } from '../bundle.js';
import { type Counts, addCounts, failedToRun, noCounts, printCounts, readCounts } from '../counts.js';
import { listFiles } from '../files.js';
import { packageExtension } from '../packageExtension.js';
import { makeTemporaryFolder } from '../temporaryFolder.js';
import { launchChromium } from './chromium.js';
import { copySamples } from './copySamples.js';
import { installExtension, startCodeServer } from './codeServer.js';
import { type InstalledHost, installHost } from './installHost.js';
import { runInElectron } from './electron.js';
import { hostVersion, hostVersions } from './versions.js';

/** A suite is a folder of test/host; `packaged` runs against the installed VSIX, `extension` against the sources' `dist/`. */
type Suite = 'extension' | 'packaged';

/** `npm run test:host`: the same suite in every VS Code of `versions.ts`. Options: `--vscode 1.139.1`, `--grep text`, `--electron`. */
export async function runHostTests(root: string, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      vscode: { type: 'string' },
      grep: { type: 'string' },
      electron: { type: 'boolean' },
      packaged: { type: 'boolean' },
    },
  });
  const versions = values.vscode === undefined ? hostVersions : [hostVersion(values.vscode)];
  await bundleAll(root);
  await bundleHostTests(root);
  let counts = noCounts;
  for (const version of versions) {
    const run = values.electron === true ? runInElectron : values.packaged === true ? runPackagedSuite : runExtensionSuite;
    counts = addCounts(counts, await run(root, version.vscode, values.grep));
  }
  printCounts(counts);
  return counts.failed === 0 ? 0 : 1;
}

/** Runs the suite of the extension in development in one VS Code. */
export async function runExtensionSuite(root: string, vscode: string, grep?: string): Promise<Counts> {
  return runSuite(root, vscode, 'extension', grep);
}

/** Packages the extension, installs it into one VS Code as a user would, and looks at what that gives. */
export async function runPackagedSuite(root: string, vscode: string, grep?: string): Promise<Counts> {
  return runSuite(root, vscode, 'packaged', grep);
}

async function runSuite(root: string, vscode: string, suite: Suite, grep?: string): Promise<Counts> {
  console.log(`\nVS Code ${vscode}, suite ${suite}`);
  const temporary = await makeTemporaryFolder();
  const home = temporary.path;
  try {
    const host = await installHost(root, hostVersion(vscode));
    const resultFile = join(home, 'result.json');
    const workspace = await copySamples(root, home);
    const extension = suite === 'packaged' ? await installPackaged(root, host, home) : root;
    const exitCode = await runInBrowser(root, host, { home, suite, grep, resultFile, workspace, extension });
    const counts = await readCounts(resultFile);
    return exitCode === 0 || counts.failed > 0 ? counts : failedToRun;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return failedToRun;
  } finally {
    await temporary.remove();
  }
}

interface BrowserRun {
  readonly home: string;
  readonly suite: Suite;
  readonly grep: string | undefined;
  readonly resultFile: string;
  readonly workspace: string;
  readonly extension: string;
}

/** A suite that says nothing for this long hangs. */
const silenceLimitMs = 120_000;
/** The workbench takes a while to come up on a busy machine. */
const startLimitMs = 300_000;
/** And one that goes on for ever, whatever it says: the whole suite takes two to four minutes. */
const suiteLimitMs = 20 * 60_000;
const closeLimitMs = 10_000;

/** Opens the workbench, which runs the suite in its extension host and reports to two functions that the page finds in its window. */
async function runInBrowser(root: string, host: InstalledHost, run: BrowserRun): Promise<number> {
  const server = await startCodeServer(host, {
    home: run.home,
    env: {
      S3B_MARK: suiteMark,
      S3B_BEGIN_MARK: beginMark,
      S3B_SUITE: run.suite,
      S3B_GREP: run.grep ?? '',
      S3B_RESULT_FILE: run.resultFile,
    },
  });
  try {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      return await new Promise<number>((resolve, reject) => {
        let watchdog: NodeJS.Timeout | undefined;
        let running = 'before the first test';
        const cut = (why: string): void => {
          clearTimeout(watchdog);
          clearTimeout(limit);
          page
            .screenshot({ path: join(root, 'out', `host-hang-${host.version.vscode}.png`) })
            .catch(() => undefined)
            .finally(() => reject(new Error(`The suite ${why}, ${running}. See out/host-hang-*.png.`)));
        };
        const limit = setTimeout(() => cut(`took longer than ${suiteLimitMs / 60_000} min`), suiteLimitMs);
        const stillAlive = (limitMs = silenceLimitMs): void => {
          clearTimeout(watchdog);
          watchdog = setTimeout(() => cut(`said nothing for ${limitMs / 1000} s`), limitMs);
        };
        const done = (code: number): void => {
          clearTimeout(watchdog);
          clearTimeout(limit);
          resolve(code);
        };
        stillAlive(startLimitMs);
        page.on('crash', () => reject(new Error('The page crashed.')));
        const start = async (): Promise<void> => {
          await page.exposeFunction('codeAutomationLog', (level: string, args: unknown[]) => {
            const text = args.map(String).join(' ');
            // What VS Code says itself is no sign of life: it may go on for ever.
            if (text.startsWith(suiteMark) || text.startsWith(beginMark)) stillAlive();
            if (text.startsWith(beginMark)) running = `in: ${text.slice(beginMark.length)}`;
            else printOutput(level, text);
          });
          await page.exposeFunction('codeAutomationExit', done);
          const tests = join(root, 'out', 'host', 'index.js');
          await page.goto(server.url({ folder: run.workspace, extension: run.extension, tests }));
        };
        start().catch(reject);
      });
    } finally {
      // A browser that hangs does not keep the server: its process ends with ours at the latest.
      await Promise.race([browser.close(), sleep(closeLimitMs, undefined, { ref: false })]);
    }
  } finally {
    await server.stop();
  }
}

const suiteMark = '[suite] ';
/** Before the name of a test that begins. */
const beginMark = '[suite begins] ';

/** Prints what the suite says; what VS Code says itself only when asked, or when it is how a suite fails to start. */
function printOutput(level: string, text: string): void {
  const isVerbose = process.env['S3B_VERBOSE'] !== undefined;
  if (text.startsWith(suiteMark)) console.log(text.slice(suiteMark.length).replaceAll(`\n${suiteMark}`, '\n'));
  else if (isVerbose || (level === 'error' && text.includes('/out/host/'))) console.error(`${level}: ${text}`);
}

/** Installs the VSIX, and returns an empty extension to be "under development": VS Code runs tests only beside one. */
async function installPackaged(root: string, host: InstalledHost, home: string): Promise<string> {
  await installExtension(host, home, await packageExtension(root));
  const probe = join(home, 'probe');
  await mkdir(probe);
  const manifest = { name: 'probe', publisher: 's3batch-tests', version: '0.0.1', engines: { vscode: '*' } };
  await writeFile(join(probe, 'package.json'), JSON.stringify(manifest));
  return probe;
}

/** Each test file becomes a bundle of its own in out/host; `vscode` and packages stay imports. */
export async function bundleHostTests(root: string): Promise<void> {
  const out = join(root, 'out', 'host');
  await rm(out, { recursive: true, force: true });
  const files = (await listFiles(join(root, 'test', 'host'))).filter((file) => /(\.test|[\\/]index)\.ts$/.test(file));
  await build({
    entryPoints: files,
    outbase: join(root, 'test', 'host'),
    outdir: out,
    bundle: true,
    packages: 'external',
    external: ['vscode'],
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}
