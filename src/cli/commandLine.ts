import { parseArgs, type ParseArgsConfig } from 'node:util';
import { BatchError, errorCode, errorMessage } from '../base/errors.js';

/** Code of errors that the person at the command line made; the exit code is 2 and a hint to the help follows. */
export const usageCode = 'Usage';

export function usageError(message: string): BatchError {
  return new BatchError(usageCode, message);
}

/**
 * `parseArgs` of Node, strict, with its complaints (`Unknown option '--x'`) as usage errors. Positional arguments are allowed; `-` is
 * one of them.
 */
export function parseArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  argv: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>> {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (errorCode(error)?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    const ambiguous = /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument is ambiguous/.exec(errorMessage(error))?.[1];
    if (ambiguous !== undefined) {
      throw usageError(`Option '${ambiguous}' lacks its value. One that begins with a dash is written '${ambiguous}=-…'.`);
    }
    const valueless = /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument missing/.exec(errorMessage(error))?.[1];
    if (valueless !== undefined) throw usageError(`Option '${valueless}' lacks its value.`);
    // The rest of Node's message explains how to pass positional arguments that begin with a dash.
    const [sentence = ''] = errorMessage(error).split(/\.\s/);
    throw usageError(`${sentence.replace(/\.$/, '')}.`);
  }
}

/** Reads a whole number of at least `minimum`. */
export function parseWholeNumber(option: string, value: string, minimum: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < minimum) {
    throw usageError(`Option '${option}' takes a whole number of at least ${minimum}, not '${value}'.`);
  }
  return number;
}

/** Reads one of a few words. */
export function parseChoice<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((item) => item === value);
  if (choice === undefined) throw usageError(`Option '${option}' takes ${listOf(choices)}, not '${value}'.`);
  return choice;
}

/** `a, b or c`. */
export function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
