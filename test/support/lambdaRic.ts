import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './sampleEngine.js';
import { writeBootstrap } from './bootstraps.js';
import type { HandlerFolder } from './environmentThread.js';

/** AWS's own runtime client for Node.js, where somebody has installed it: it is built from C++, so it is no dependency. */
const folder = process.env['S3BATCH_RIC'] ?? join(repositoryRoot, 'out', 'aws-lambda-ric');
const root = join(folder, 'node_modules', 'aws-lambda-ric');
/** Versions 3 and 4 lay out their files differently. */
const isBuilt = ['dist', ''].some((place) => existsSync(join(root, place, 'rapid-client.node')));

/** The reason to skip comparisons with it, or false. Printed, so that a skipped layer is seen. */
export const noRic: string | false =
  !isBuilt &&
  `aws-lambda-ric is not installed in ${folder} (S3BATCH_RIC names another folder). To install it, with cmake, g++, make, python3, autoconf, automake and libtool: npm install --prefix ${folder} aws-lambda-ric@${process.versions.node.startsWith('20.') ? '3.3.0' : '4.0.2'}`;
if (noRic !== false) console.log(`SKIPPED: ${noRic}`);

const { version, bin } = isBuilt
  ? (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string; bin: Readonly<Record<string, string>> })
  : { version: '0.0.0', bin: {} };

export const ricVersion: string = version;

/** Makes AWS's client the executable of a function of `provided.al2023`: it gets its events from the engine's Runtime API. */
export function writeRicBootstrap(code: HandlerFolder, handler: string): void {
  writeBootstrap(code, `#!/bin/sh\nexec '${process.execPath}' '${join(root, bin['aws-lambda-ric'] ?? '')}' '${handler}'\n`);
}
