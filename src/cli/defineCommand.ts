import type { ParseArgsConfig } from 'node:util';
import { writeOut } from '../files/streams.js';
import type { CliCommand, CliIo } from './cliIo.js';
import { parseArguments, usageError } from './commandLine.js';

type Flags = NonNullable<ParseArgsConfig['options']>;

/** Every command has this one. */
const helpFlag = { help: { type: 'boolean', short: 'h' } } as const;

/**
 * A command with its help and its options: answers `--help` with 0, refuses what the options do not allow with a usage error, and
 * otherwise runs. `operands` are the arguments that belong to no option.
 */
export function defineCommand<T extends Flags>(
  help: string,
  flags: T,
  run: (values: ReturnType<typeof parseArguments<T>>['values'], operands: readonly string[], io: CliIo) => Promise<number>,
): CliCommand {
  return async (argv, io) => {
    const { values, positionals } = parseArguments<T & typeof helpFlag>(argv, { ...flags, ...helpFlag });
    if ('help' in values) {
      await writeOut(io.stdout, help);
      return 0;
    }
    // As of a variable of the shell that is not set: it would name the folder where the command runs.
    if (positionals.includes('')) throw usageError('An argument that should be a name is empty.');
    return await run(values as ReturnType<typeof parseArguments<T>>['values'], positionals, io);
  };
}

/** The one operand of a command; `message` says what to name when there is none, or more. */
export function onlyOperand(operands: readonly string[], message: string): string {
  const [operand, ...others] = operands;
  if (operand === undefined || others.length > 0) throw usageError(message);
  return operand;
}
