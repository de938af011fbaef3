import type { Cause } from '../report/causes.js';
import { functionErrorPrefix, headOf, parseFunctionError } from '../report/functionError.js';

/** The message of a cause's first row as lines; an error of a function as its runtime prints it, with its stack. */
export function messageLines({ sampleMessage }: Pick<Cause, 'sampleMessage'>): string[] {
  const error = parseFunctionError(sampleMessage);
  if (error === undefined) return sampleMessage.split(/\r?\n/);
  return [...`${functionErrorPrefix}${headOf(error.type, error.message)}`.split('\n'), ...error.trace];
}
