import type { InvokeOutcome } from '../../contracts.js';
import { functionError } from '../functionError.js';

/** What a handler's program says of an invocation: `R` returned JSON, `B` something else, as a JSON string, `E` an error; see handler.py. */
export function pythonOutcome(kind: string, text: string): InvokeOutcome {
  if (kind === 'E') {
    const error = JSON.parse(text) as { errorType: string; errorMessage: string; trace: readonly string[] };
    return functionError(error.errorType, error.errorMessage, error.trace);
  }
  const json = kind === 'B' ? (JSON.parse(text) as string) : text;
  try {
    return { kind: 'returned', payload: JSON.parse(json) as unknown };
  } catch {
    // Python writes NaN and Infinity, which no reader of JSON accepts; bytes may be anything.
    return { kind: 'invalidJson', text: json };
  }
}
