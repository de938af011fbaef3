import { runEngine } from './engineProcess.js';
import { functionsVariable } from './launchEngine.js';

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
}).then((code) => {
  process.exitCode = code;
});
