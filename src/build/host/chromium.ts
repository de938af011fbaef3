import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { installDebianPackage } from '../aptGet.js';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const places: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** Opens a Chromium, installing it first where we may: on Debian as root. Rejects with a sentence that says what to install elsewhere. */
export async function launchChromium(options: { isHeadless?: boolean } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: await provideChromium(),
    headless: options.isHeadless ?? true,
    // As root there is no sandbox, and the pages are our own.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

async function provideChromium(): Promise<string> {
  const found = findChromium();
  if (found !== undefined) return found;
  if (await installDebianPackage('chromium')) {
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'A Chromium is needed to show VS Code in tests. Install it (Debian, Ubuntu: sudo apt install chromium; macOS: Google Chrome), ' +
      'or set CHROMIUM_PATH to one.',
  );
}

function findChromium(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`);
    return named;
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...(places[process.platform] ?? []), ...onPath].find((path) => existsSync(path));
}
