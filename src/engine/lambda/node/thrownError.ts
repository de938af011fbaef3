import { types } from 'node:util';
import { type FunctionErrorOutcome, functionError } from '../functionError.js';
import type { NodeSemantics } from './nodeSemantics.js';

/** What the runtime client posts for something that was thrown. Measured on aws-lambda-ric 3.3.0 and 4.0.2. */
export function thrownError(error: unknown, semantics: NodeSemantics): FunctionErrorOutcome {
  if (isError(error)) return functionError(error.name, error.message, traceOf(error.stack));
  if (error === undefined || error === null) {
    return semantics === 'callbacks' ? functionError('string', 'handled') : functionError(typeof error, String(error));
  }
  try {
    return functionError(typeof error, String(error));
  } catch {
    // An object without toString: the client has this word for it.
    return functionError('handled', 'handled');
  }
}

export function isError(value: unknown): value is Error {
  if (types.isNativeError(value)) return true;
  const { name, message } = (value ?? {}) as { name?: unknown; message?: unknown };
  return typeof name === 'string' && name !== '' && typeof message === 'string' && message !== '';
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
