#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { CliIo, ToolFacts } from './cli/cliIo.js';
import { withoutErrorEvents } from './cli/output.js';
import { runCli } from './cli/runCli.js';

/** The `s3batch` command. Streams are made when they are asked for: each takes Node some milliseconds, and few commands read stdin. */
async function main(): Promise<void> {
  const io: CliIo = {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return withoutErrorEvents(process.stdout);
    },
    get stderr() {
      return withoutErrorEvents(process.stderr);
    },
    env: process.env,
    cwd: process.cwd(),
    get isTerminal() {
      return process.stdout.isTTY;
    },
    get tool() {
      return readToolFacts();
    },
  };
  // Set rather than exit: what was written must still reach the pipe.
  process.exitCode = await runCli(process.argv.slice(2), io);
}

/** From the package.json beside the folder of this file. */
function readToolFacts(): ToolFacts {
  const file = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  const { version, publisher, name } = JSON.parse(file) as { version: string; publisher: string; name: string };
  return { version, informationUri: `https://marketplace.visualstudio.com/items?itemName=${publisher}.${name}` };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
