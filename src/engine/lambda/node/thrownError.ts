import { types } from 'node:util';
import { type FunctionErrorOutcome, functionError } from '../functionError.js';
import type { NodeSemantics } from './nodeSemantics.js';

/** Measured on aws-lambda-ric 3.3.0: what it says of something that has no name, message or text of its own. */
const unreadable =
  'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack';

/** What the runtime client posts for something that was thrown. Measured on aws-lambda-ric 3.3.0 and 4.0.2. */
export function thrownError(error: unknown, semantics: NodeSemantics): FunctionErrorOutcome {
  try {
    if (isError(error)) return functionError(withoutDelete(error.name), withoutDelete(error.message), traceOf(error.stack));
    if (error === undefined || error === null) {
      return semantics === 'callbacks' ? functionError('handled', unreadable) : functionError(typeof error, String(error));
    }
    return functionError(typeof error, (error as object).toString());
  } catch {
    // An object without toString, or an error whose name is no text.
    return functionError('handled', unreadable);
  }
}

/** False for an object without toString, or one whose toString throws. */
export function hasText(error: unknown): boolean {
  try {
    if (!isError(error)) String(error);
    return true;
  } catch {
    return false;
  }
}

/** The client's header for X-Ray does not take the character DEL. */
function withoutDelete(text: string): string {
  return text.replaceAll('\x7f', '%7F');
}

export function isError(value: unknown): value is Error {
  if (types.isNativeError(value)) return true;
  const { name, message, stack } = (value ?? {}) as Partial<Error>;
  return [name, message, stack].every((text) => typeof text === 'string' && text !== '');
}

/** The frames of the handler: those of this program, which come after them, say nothing to its author. */
export function traceOf(stack: unknown): readonly string[] {
  if (typeof stack !== 'string') return [];
  const lines = stack.split('\n');
  const own = lines.findIndex((line) => line.startsWith('    at ') && ownFiles.some((file) => line.includes(file)));
  return own < 0 ? lines : lines.slice(0, own);
}

/** The file that this code runs from: the bundle, or in tests the folder of this file. */
const ownFiles: readonly string[] = ownFile();

function ownFile(): readonly string[] {
  const frame = new Error().stack?.split('\n')[1] ?? '';
  const path = /\(?((?:file:\/\/)?[^()\s][^()]*?):\d+:\d+\)?$/.exec(frame.replace(/^ +at (?:[^(]*\()?/, ''))?.[1];
  if (path === undefined) return [];
  return path.endsWith('thrownError.ts') ? [path.replace(/node[\\/]thrownError\.ts$/, '')] : [`${path}:`];
}
