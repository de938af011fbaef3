import type { InvokeOutcome } from '../contracts.js';

export type FunctionErrorOutcome = Extract<InvokeOutcome, { kind: 'functionError' }>;

export function functionError(errorType: string, errorMessage: string, trace: readonly string[] = []): FunctionErrorOutcome {
  return { kind: 'functionError', errorType, errorMessage, trace };
}

/** What Lambda says when the function's process ended, during an invocation or while it started (no request id). `how`: `exit status 3`, `signal: killed`. */
export function exitError(requestId: string | undefined, how: string | undefined): FunctionErrorOutcome {
  const what = how === undefined ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${how}`;
  return functionError('Runtime.ExitError', `${requestId === undefined ? '' : `RequestId: ${requestId} `}Error: ${what}`);
}

/** The end of a process in Lambda's words; undefined for an end without a reason. */
export function howItEnded(status: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal !== null) return `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  return status === 0 || status === null ? undefined : `exit status ${status}`;
}
