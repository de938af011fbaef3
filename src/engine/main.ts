import { runEngine } from './engineProcess.js';

// A parent that has gone no longer reads: nothing to tell, nobody to tell it.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
void runEngine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
}).then((code) => {
  process.exitCode = code;
});
