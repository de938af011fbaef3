import { BatchError, errorMessage, isBatchError } from '../base/errors.js';

/** An error as it survives being posted to another thread. */
export interface PostedError {
  /** Of a BatchError; undefined for one that nobody foresaw. */
  readonly code: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

export function toPosted(error: unknown): PostedError {
  const stack = error instanceof Error ? error.stack : undefined;
  if (!isBatchError(error)) return { code: undefined, message: errorMessage(error), hint: undefined, stack };
  return { code: error.code, message: error.message, hint: error.hint, stack };
}

export function fromPosted({ code, message, hint, stack }: PostedError): Error {
  const error = code === undefined ? new Error(message) : new BatchError(code, message, hint === undefined ? {} : { hint });
  if (stack !== undefined) error.stack = stack;
  return error;
}
