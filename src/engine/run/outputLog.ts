import { writeSync } from 'node:fs';
import { BatchError, errorMessage } from '../../base/errors.js';
import type { TaskAttempt } from './taskPerformer.js';

/** Emulated: what handlers of one job may write into its output file. */
const maxOutputBytes = 64 * 1024 * 1024;

/** A line of a handler as the output file of its job has it: when, where, and for which task (undefined: for none). */
export function outputText(
  task: Pick<TaskAttempt, 'row' | 'bucket' | 'keyField'> | undefined,
  stream: 'stdout' | 'stderr',
  line: string,
): Buffer {
  const place = task === undefined ? '-' : `row ${task.row + 1}, ${task.bucket}/${task.keyField}`;
  return Buffer.from(`${new Date().toISOString()} ${stream} [${place}] ${line.replaceAll('\n', '\n    ')}\n`);
}

/** Appends to the output file, `before` bytes of which are written: once it is too large it says so, and nothing more. Throws `OutputBroken`. */
export function writeOutput(fd: number, text: Buffer, before: number): void {
  if (before > maxOutputBytes) return;
  try {
    if (before + text.length <= maxOutputBytes) writeSync(fd, text);
    else writeSync(fd, 'The output is cut here: it has grown too large.\n');
  } catch (error) {
    throw new BatchError('OutputBroken', `The handlers' output can't be written: ${errorMessage(error)}`, { cause: error });
  }
}
