import { errorMessage, isBatchError } from '../base/errors.js';
import type { CliIo } from './cliIo.js';
import { usageCode } from './commandLine.js';
import { commands } from './commands.js';
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
  try {
    const command = await entry.load();
    return await command(args, io);
  } catch (error) {
    await writeOut(io.stderr, describe(error, entry.name));
    return 2;
  }
}

/** What a person needs to go on. An error that nobody foresaw keeps its stack: it is a bug to report. */
function describe(error: unknown, command: string): string {
  const prefix = `s3batch ${command}: `;
  if (!isBatchError(error)) {
    const isOfSystem = typeof (error as { syscall?: unknown } | null)?.syscall === 'string';
    return `${prefix}${!isOfSystem && error instanceof Error ? (error.stack ?? error.message) : errorMessage(error)}\n`;
  }
  const hint = error.code === usageCode ? `Run 's3batch ${command} --help' for its options.` : (error.hint ?? '');
  return `${prefix}${printable(error.message)}${hint === '' ? '' : `\n${hint}`}\n`;
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
