import { errorMessage, isBatchError, isCancelled } from '../../base/errors.js';

export interface ErrorDescription {
  /** For the notification: message and hint, as sentences. */
  readonly text: string;
  /** For the log: code, stack and every cause. */
  readonly detail: string;
  /** False for a BatchError, whose message was written to be read; true for anything nobody expected. */
  readonly isUnexpected: boolean;
}

/** What to say about a failure, or undefined when it is a cancellation, about which nothing is said. */
export function describeError(error: unknown): ErrorDescription | undefined {
  if (isCancelled(error)) return undefined;
  const detail = errorDetail(error);
  if (!isBatchError(error)) return { text: sentence(errorMessage(error)), detail, isUnexpected: true };
  const hint = error.hint === undefined ? '' : ` ${sentence(error.hint)}`;
  return { text: `${sentence(error.message)}${hint}`, detail, isUnexpected: false };
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…:]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

function errorDetail(error: unknown): string {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  let current: unknown = error;
  while (current !== undefined && current !== null && !seen.has(current)) {
    seen.add(current);
    const prefix = lines.length === 0 ? '' : 'Caused by: ';
    const code = isBatchError(current) ? `[${current.code}] ` : '';
    lines.push(`${prefix}${code}${current instanceof Error ? (current.stack ?? current.message) : String(current)}`);
    current = current instanceof Error ? current.cause : undefined;
  }
  return lines.join('\n');
}
