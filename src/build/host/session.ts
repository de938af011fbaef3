import type { Browser } from 'playwright-core';
import { makeTemporaryFolder } from '../temporaryFolder.js';
import { launchChromium } from './chromium.js';
import { type CodeServer, startCodeServer } from './codeServer.js';
import { copySamples } from './copySamples.js';
import { installHost } from './installHost.js';
import { type HostVersion, newestHost } from './versions.js';
import { Workbench } from './workbench.js';

export interface SessionOptions {
  readonly version?: HostVersion;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly isTrustOn?: boolean;
  /** Added to the environment of the extension host. */
  readonly env?: NodeJS.ProcessEnv;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A VS Code with the extension in development, a copy of the sample open, and a browser to look at it. */
export interface Session {
  readonly workbench: Workbench;
  /** The folder that is open; tests may change it. */
  readonly folder: string;
  readonly server: CodeServer;
  /** Ends all of it and removes what it wrote. */
  close(): Promise<void>;
}

export async function openSession(root: string, options: SessionOptions = {}): Promise<Session> {
  const host = await installHost(root, options.version ?? newestHost);
  const temporary = await makeTemporaryFolder();
  const home = temporary.path;
  let server: CodeServer | undefined;
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await server?.stop();
    await temporary.remove();
  };
  try {
    const folder = await copySamples(root, home);
    server = await startCodeServer(host, {
      home,
      ...(options.settings === undefined ? {} : { settings: options.settings }),
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.isTrustOn === undefined ? {} : { isTrustOn: options.isTrustOn }),
    });
    browser = await launchChromium();
    const url = server.url({ folder, extension: root });
    const workbench = await Workbench.open(browser, url, options.viewport);
    return { workbench, folder, server, close };
  } catch (error) {
    await close();
    throw error;
  }
}
