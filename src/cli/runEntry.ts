import { errorMessage, isBatchError } from '../base/errors.js';
import { writeOut } from '../files/streams.js';
import type { CliIo } from './cliIo.js';
import { usageCode } from './commandLine.js';
import type { CommandEntry } from './commandEntry.js';
import { printable } from './output.js';

/** Loads and runs a command; what it throws is said, under the name that it was called by, such as `manifest split`. */
export async function runEntry(entry: CommandEntry, name: string, args: readonly string[], io: CliIo): Promise<number> {
  try {
    const command = await entry.load();
    return await command(args, io);
  } catch (error) {
    await writeOut(io.stderr, errorText(error, name));
    return 2;
  }
}

/** What a person needs to go on, as lines. An error that nobody foresaw keeps its stack: it is a bug to report. */
export function errorText(error: unknown, command: string): string {
  const prefix = `s3batch ${command}: `;
  if (!isBatchError(error)) {
    const isOfSystem = typeof (error as { syscall?: unknown } | null)?.syscall === 'string';
    return `${prefix}${!isOfSystem && error instanceof Error ? (error.stack ?? error.message) : errorMessage(error)}\n`;
  }
  const hint = error.code === usageCode ? `Run 's3batch ${command} --help' for its options.` : (error.hint ?? '');
  return `${prefix}${printable(error.message)}${hint === '' ? '' : `\n${hint}`}\n`;
}
