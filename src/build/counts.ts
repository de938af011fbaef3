import { readFile } from 'node:fs/promises';
import { errorCode } from '../base/errors.js';

/** What came of running tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0 };

/** A layer that ended before it could count anything counts as one failure. */
export const failedToRun: Counts = { passed: 0, failed: 1, skipped: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** `3 passed, 0 failed`, with `, 1 skipped` when there are some: the line that every test command ends with. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

export function printCounts(counts: Counts): void {
  console.log(formatCounts(counts));
}

/** Counts that a test run wrote down; a run that ended before it wrote them failed. */
export async function readCounts(file: string): Promise<Counts> {
  try {
    const text = await readFile(file, 'utf8');
    return text === '' ? failedToRun : (JSON.parse(text) as Counts);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return failedToRun;
    throw error;
  }
}
