import type { Target } from '../job/target.js';
import type { JobCost } from './costOfJob.js';

/** Above which size a job is confirmed by typing. */
export interface ConfirmLimits {
  /** More objects than this. */
  readonly objects: number;
  /** An estimate of more US dollars than this. */
  readonly cost: number;
  /** Also on the local target, where nothing is paid. */
  readonly local: boolean;
}

export const defaultConfirmLimits: ConfirmLimits = { objects: 100_000, cost: 10, local: false };

/**
 * What must be typed to submit this job: its number of objects, or its operation when that number is not known. Undefined when the job is
 * below the limits, or waits for a confirmation of its own in which the number will be known.
 */
export function typedConfirmation(
  cost: JobCost,
  limits: ConfirmLimits,
  job: { readonly target: Pick<Target, 'kind'>; readonly isConfirmedLater: boolean },
): string | undefined {
  if (job.target.kind === 'local' && !limits.local) return undefined;
  if (cost.rows === undefined) return job.isConfirmedLater ? undefined : cost.operation;
  return cost.rows > limits.objects || cost.totalUsd > limits.cost ? String(cost.rows) : undefined;
}

/** Is this what was asked for? Separators of thousands don't count, nor does the case of letters. */
export function isConfirmedBy(typed: string, expected: string): boolean {
  const bare = (text: string): string => (/^[\d\s.,'’]+$/.test(text) ? text.replaceAll(/\D/g, '') : text.trim().toLowerCase());
  return typed.trim() !== '' && bare(typed) === bare(expected);
}
