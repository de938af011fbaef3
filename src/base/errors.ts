/**
 * The one error type that crosses layers. `message` is fit to show to a person; `hint` says what to do about it; `code` is stable
 * and what code compares; `cause` is for the log.
 */
export class BatchError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  /** Marks the class across bundles, where `instanceof` sees several copies of it. */
  readonly isBatchError = true;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BatchError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** Code of the error that a cancelled operation ends with. The error boundary stays silent about it. */
export const cancelledCode = 'Cancelled';

export function isBatchError(error: unknown): error is BatchError {
  return error instanceof Error && (error as { isBatchError?: unknown }).isBatchError === true;
}

/** True for our own cancellation, an aborted signal's error, and VS Code's CancellationError. */
export function isCancelled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    (isBatchError(error) && error.code === cancelledCode) ||
    error.name === 'AbortError' ||
    error.name === 'Canceled' ||
    error.name === 'CancellationError'
  );
}

export function cancelledError(): BatchError {
  return new BatchError(cancelledCode, 'The operation was cancelled.');
}

/** The message of whatever was thrown, never empty. */
export function errorMessage(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  const text = String(error);
  return text === '' ? 'Unknown error' : text;
}

/** The `code` of a BatchError or of a Node system error (`ENOENT`), or undefined. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Makes a missing case in a switch over a union a compile error. */
export function assertNever(value: never): never {
  throw new BatchError('Internal', `Unexpected value: ${JSON.stringify(value)}`);
}
