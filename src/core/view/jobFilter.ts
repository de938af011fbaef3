import type { JobListItem, Tag } from '../job/jobTypes.js';
import { hasEnded, outcomeOf } from './jobOutcome.js';

/** Which jobs are shown. Every part that is there must fit; of several values of one part, one must. */
export interface JobFilter {
  /** Lower case; each must occur in label, id, description or operation. */
  readonly words: readonly string[];
  readonly statuses: readonly string[];
  readonly operations: readonly string[];
  readonly tags: readonly { readonly key: string; readonly value?: string }[];
  /** Milliseconds since the job was created. */
  readonly youngerThanMs?: number;
  readonly olderThanMs?: number;
}

/** What was typed and can't be understood. */
export interface FilterProblem {
  readonly text: string;
  readonly kind: 'age' | 'status' | 'part';
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** What may be written after `status:`, besides the names of the service: what a job's status and counts mean together. */
export const statusWords = [
  'running',
  'waiting',
  'ended',
  'succeeded',
  'failures',
  'new',
  'preparing',
  'suspended',
  'ready',
  'active',
  'pausing',
  'paused',
  'completing',
  'complete',
  'cancelling',
  'cancelled',
  'failing',
  'failed',
] as const;

/**
 * Reads `status:failed,failures operation:lambda tag:team=data age:<7d "two words" word`. The text is read as far as it goes: what can't
 * be understood is a problem and filters nothing.
 */
export function parseJobFilter(text: string): { readonly filter: JobFilter; readonly problems: readonly FilterProblem[] } {
  const words: string[] = [];
  const statuses: string[] = [];
  const operations: string[] = [];
  const tags: { key: string; value?: string }[] = [];
  const problems: FilterProblem[] = [];
  let youngerThanMs: number | undefined;
  let olderThanMs: number | undefined;
  for (const [token, , name, quotedValue, value, quoted] of text.matchAll(/((\w+):(?:"([^"]*)"?|(\S*)))|"([^"]*)"?|\S+/g)) {
    if (name === undefined) {
      const word = (quoted ?? token).toLowerCase();
      if (word !== '') words.push(word);
      continue;
    }
    const given = quotedValue ?? value ?? '';
    // While it is being typed, `status:` filters nothing.
    if (given === '') continue;
    switch (name.toLowerCase()) {
      case 'status':
        for (const status of given.toLowerCase().split(',').filter(Boolean)) {
          if (statusWords.some((known) => known.startsWith(status))) statuses.push(status);
          else problems.push({ text: status, kind: 'status' });
        }
        break;
      case 'operation':
        operations.push(...given.toLowerCase().split(',').filter(Boolean));
        break;
      case 'tag': {
        const at = given.indexOf('=');
        tags.push(at === -1 ? { key: given } : { key: given.slice(0, at), value: given.slice(at + 1) });
        break;
      }
      case 'age': {
        const [, sign, count, unit = ''] = /^([<>]?)(\d+)([mhdw])$/i.exec(given) ?? [];
        const ms = Number(count) * (unitMs[unit.toLowerCase()] ?? Number.NaN);
        if (Number.isNaN(ms)) problems.push({ text: given, kind: 'age' });
        else if (sign === '>') olderThanMs = ms;
        else youngerThanMs = ms;
        break;
      }
      default:
        // `s3://…` and ARNs are words.
        if (/^(s3|arn)$/i.test(name)) words.push(token.toLowerCase());
        else problems.push({ text: `${name}:`, kind: 'part' });
    }
  }
  const filter: JobFilter = {
    words,
    statuses,
    operations,
    tags,
    ...(youngerThanMs === undefined ? {} : { youngerThanMs }),
    ...(olderThanMs === undefined ? {} : { olderThanMs }),
  };
  return { filter, problems };
}

export function isEmptyFilter(filter: JobFilter): boolean {
  return (
    filter.words.length + filter.statuses.length + filter.operations.length + filter.tags.length === 0 &&
    filter.youngerThanMs === undefined &&
    filter.olderThanMs === undefined
  );
}

/** `tags` is undefined while they are not known: then a filter by tag leaves the job out. */
export function matchesFilter(job: JobListItem, filter: JobFilter, nowMs: number, tags?: readonly Tag[]): boolean {
  const { words, statuses, operations, youngerThanMs, olderThanMs } = filter;
  const operation = (job.Operation ?? '').toLowerCase();
  if (words.length > 0) {
    const text = `${job.Description ?? ''}\n${job.JobId}\n${operation}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) return false;
  }
  if (statuses.length > 0 && !statuses.some((status) => hasStatus(job, status))) return false;
  if (operations.length > 0 && !operations.some((wanted) => operation.includes(wanted))) return false;
  if (youngerThanMs !== undefined || olderThanMs !== undefined) {
    const ageMs = nowMs - Date.parse(job.CreationTime ?? '');
    if (youngerThanMs !== undefined && !(ageMs < youngerThanMs)) return false;
    if (olderThanMs !== undefined && !(ageMs > olderThanMs)) return false;
  }
  return filter.tags.every(({ key, value }) =>
    (tags ?? []).some((tag) => tag.Key === key && (value === undefined || tag.Value === value)),
  );
}

function hasStatus(job: JobListItem, wanted: string): boolean {
  const outcome = outcomeOf(job.Status, job.ProgressSummary);
  const status = job.Status.toLowerCase();
  if (status === wanted) return true;
  switch (statusWords.find((word) => word.startsWith(wanted))) {
    case 'running':
      return !hasEnded(job.Status) && job.Status !== 'Suspended';
    case 'waiting':
      return job.Status === 'Suspended';
    case 'ended':
      return hasEnded(job.Status);
    case 'succeeded':
      return outcome === 'succeeded';
    case 'failures':
      return outcome === 'completeWithFailures';
    case undefined:
      return false;
    default:
      return status.startsWith(wanted);
  }
}
