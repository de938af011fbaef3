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

/** A job that is about to be submitted, or to run. */
export interface PricedJob {
  readonly cost: JobCost;
  readonly target: Pick<Target, 'kind'>;
  /** It waits for a confirmation of its own, in which its number of objects will be known. */
  readonly isConfirmedLater: boolean;
}

/**
 * What must be typed before these jobs go on: their number of objects together, or the operation of one whose number is not known.
 * Undefined when they are below the limits together, and no job of unknown size runs without another question.
 */
export function typedConfirmation(jobs: readonly PricedJob[], limits: ConfirmLimits): string | undefined {
  const counted = countedJobs(jobs, limits);
  const known = counted.filter(({ cost }) => cost.rows !== undefined);
  const objects = known.reduce((sum, { cost }) => sum + (cost.rows ?? 0), 0);
  const usd = known.reduce((sum, { cost }) => sum + cost.totalUsd, 0);
  if (objects > limits.objects || usd > limits.cost) return String(objects);
  return counted.find(({ cost, isConfirmedLater }) => cost.rows === undefined && !isConfirmedLater)?.cost.operation;
}

/** Those that a confirmation is about. */
export function countedJobs<T extends PricedJob>(jobs: readonly T[], limits: ConfirmLimits): readonly T[] {
  return jobs.filter(({ target }) => target.kind !== 'local' || limits.local);
}

/** Is this what was asked for? Separators of thousands don't count, nor does the case of letters. */
export function isConfirmedBy(typed: string, expected: string): boolean {
  const bare = (text: string): string => (/^[\d\s.,'’]+$/.test(text) ? text.replaceAll(/\D/g, '') : text.trim().toLowerCase());
  return typed.trim() !== '' && bare(typed) === bare(expected);
}
