import type { TaskAttempt, TaskResult } from '../run/taskPerformer.js';

/** What came of a task, for the debug console. */
export function resultLine(
  { row, bucket, keyField }: Pick<TaskAttempt, 'row' | 'bucket' | 'keyField'>,
  { kind, errorCode, message }: TaskResult,
  isTriedAgain = false,
): string {
  const outcome = kind === 'succeeded' ? kind : isTriedAgain ? `failed and is tried again, ${errorCode}` : `failed, ${errorCode}`;
  return `Row ${row + 1}, ${bucket}/${keyField}: ${outcome}${message === '' ? '' : `: ${message}`}`;
}
