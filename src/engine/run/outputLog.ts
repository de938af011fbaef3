import { writeSync } from 'node:fs';
import { BatchError, errorMessage } from '../../base/errors.js';
import type { EngineSettings } from '../contracts.js';
import type { TaskAttempt } from './taskPerformer.js';

/** A line of a handler as the output file of its job has it: when, where, and for which task (undefined: for none). */
export function outputText(
  task: Pick<TaskAttempt, 'row' | 'bucket' | 'keyField'> | undefined,
  stream: 'stdout' | 'stderr',
  line: string,
): Buffer {
  const place = task === undefined ? '-' : `row ${task.row + 1}, ${task.bucket}/${task.keyField}`;
  return Buffer.from(`${new Date().toISOString()} ${stream} [${place}] ${line.replaceAll('\n', '\n    ')}\n`);
}

/**
 * Appends to the output file, `before` bytes of which were given to it: once it is larger than the settings allow it says so, and
 * nothing more. Throws `OutputBroken`.
 */
export function writeOutput(
  fd: number,
  text: Buffer,
  before: number,
  { outputLimitMb }: Pick<EngineSettings, 'outputLimitMb'>,
): void {
  const maxOutputBytes = outputLimitMb * 1024 * 1024;
  if (before > maxOutputBytes) return;
  try {
    if (before + text.length <= maxOutputBytes) writeSync(fd, text);
    else writeSync(fd, 'The output is cut here: it has grown too large.\n');
  } catch (error) {
    throw new BatchError('OutputBroken', `The handlers' output can't be written: ${errorMessage(error)}`, { cause: error });
  }
}
