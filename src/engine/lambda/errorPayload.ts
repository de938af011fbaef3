import type { FunctionDefinition, InvokeOutcome } from '../contracts.js';

type Failure = Extract<InvokeOutcome, { kind: 'functionError' | 'timedOut' }>;

/** What Lambda answers for a failed invocation: the object that the runtime's client posts, or the service's own sentence for a timeout. */
export function errorPayload(
  definition: FunctionDefinition,
  failure: Failure,
  requestId: string,
  nowMs: number,
): Record<string, unknown> {
  if (failure.kind === 'timedOut') {
    const seconds = (failure.afterMs / 1000).toFixed(2);
    return { errorMessage: `${new Date(nowMs).toISOString()} ${requestId} Task timed out after ${seconds} seconds` };
  }
  const { errorType, errorMessage, trace } = failure;
  // The service itself reports the end of a process, without a trace.
  if (errorType === 'Runtime.ExitError') return { errorType, errorMessage };
  return definition.runtime.startsWith('python')
    ? { errorMessage, errorType, requestId, stackTrace: trace }
    : { errorType, errorMessage, trace };
}

/** An error as a log shows it. A trace of Node.js begins with the message, one of Python has its frames only. */
export function errorLines(failure: Extract<InvokeOutcome, { kind: 'functionError' }>): readonly string[] {
  const { errorType, errorMessage, trace } = failure;
  const lines = trace.flatMap((entry) => entry.replace(/\n$/, '').split('\n'));
  const hasMessage = errorMessage !== '' && lines.join('\n').includes(errorMessage);
  return hasMessage ? lines : [...`${errorType}: ${errorMessage}`.split('\n'), ...lines];
}
