import { writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { errorCode } from '../../base/errors.js';
import { runningFile } from './jobFiles.js';

/**
 * A handler's native crash ends all lanes with their process, and nobody is left to say whose task it was. So a run that comes after
 * such a crash is careful: one task at a time, each noted in a file before it is begun.
 */
export interface RunningTask {
  readonly row: number;
  readonly attempt: number;
}

/** The task that ended a careful run, and how, in Lambda's words; undefined for an end without a reason. */
export interface CrashedTask extends RunningTask {
  readonly how: string | undefined;
}

/** Throws the file system's error. */
export function noteRunning(directory: string, { row, attempt }: RunningTask): void {
  writeFileSync(runningFile(directory), JSON.stringify({ row, attempt }));
}

/** What was noted last, and forgets it. Undefined when there is nothing, or the process ended while it wrote. */
export async function takeRunning(directory: string): Promise<RunningTask | undefined> {
  const file = runningFile(directory);
  try {
    const { row, attempt } = JSON.parse(await readFile(file, 'utf8')) as Partial<RunningTask>;
    return Number.isInteger(row) && Number.isInteger(attempt) ? { row: Number(row), attempt: Number(attempt) } : undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    await rm(file, { force: true });
  }
}
