import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runEngine } from './engineProcess.js';
import { functionsVariable } from './launchEngine.js';

const lastWordsMs = 1000;

// A parent that has gone no longer reads: nothing to tell, nobody to tell it.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
// What is meant for the engine is not for the handlers that inherit its environment.
const env = { ...process.env };
delete process.env[functionsVariable];
void runEngine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env,
  version: readVersion(),
}).then((code) => {
  process.exitCode = code;
  // What nobody reads keeps nobody waiting: last words to a frozen window get this long.
  setTimeout(() => process.exit(), lastWordsMs).unref();
});

/** From the package.json beside the folder of this program. */
function readVersion(): string {
  try {
    const file = readFileSync(join(dirname(process.argv[1] ?? ''), '..', 'package.json'), 'utf8');
    return (JSON.parse(file) as { version: string }).version;
  } catch {
    // Run from elsewhere, as in tests: then nobody compares versions.
    return '';
  }
}
