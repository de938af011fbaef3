import type { CliIo } from './cliIo.js';
import { commands } from './commands.js';
import { runEntry } from './runEntry.js';
import { writeOut } from '../files/streams.js';
import { printable } from './output.js';

/** Runs one command line and returns its exit code: 0 fine, 1 errors found, 2 could not run. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined) {
    await writeOut(io.stderr, help());
    return 2;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    await writeOut(io.stdout, help());
    return 0;
  }
  if (name === '--version' || name === '-v') {
    await writeOut(io.stdout, `${io.tool.version}\n`);
    return 0;
  }
  const entry = commands.find((command) => command.name === name);
  if (entry === undefined) {
    const kind = name.startsWith('-') ? 'option' : 'command';
    await writeOut(io.stderr, `s3batch: Unknown ${kind} '${printable(name)}'. Run 's3batch --help' for what there is.\n`);
    return 2;
  }
  return runEntry(entry, entry.name, args, io);
}

function help(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'Usage: s3batch <command> [options]',
    '',
    'Checks, makes and runs Amazon S3 Batch Operations jobs on this machine.',
    '',
    'Commands:',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    "Options: --help, --version. Run 's3batch <command> --help' for a command's own options.",
    'Exit codes: 0 fine, 1 errors found, 2 could not run.',
    '',
  ].join('\n');
}
