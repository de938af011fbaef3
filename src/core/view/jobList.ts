import type { JobListItem } from '../job/jobTypes.js';
import { hasEnded } from './jobOutcome.js';

/** The jobs of one target as far as they were read, newest first. */
export interface JobList {
  readonly jobs: readonly JobListItem[];
  /** Where the next page begins; undefined when all were read. */
  readonly nextToken: string | undefined;
}

export interface JobPage {
  readonly jobs: readonly JobListItem[];
  readonly nextToken?: string;
}

export interface JobListChange {
  /** Jobs came, went or moved: the whole list must be shown anew. */
  readonly isListChanged: boolean;
  /** Ids of jobs that look different. */
  readonly changed: ReadonlySet<string>;
}

/** The list after its first page was read again: newer pages stay as they were read, without what the page holds now. */
export function withFirstPage(list: JobList | undefined, page: JobPage): JobList {
  if (list === undefined || page.nextToken === undefined) return { jobs: sorted(page.jobs), nextToken: page.nextToken };
  const inPage = new Set(page.jobs.map((job) => job.JobId));
  const oldest = page.jobs.reduce((time, job) => (timeOf(job) < time ? timeOf(job) : time), Number.POSITIVE_INFINITY);
  // A job that is not older than the page and yet not in it is gone.
  const older = list.jobs.filter((job) => !inPage.has(job.JobId) && timeOf(job) <= oldest);
  return { jobs: sorted([...page.jobs, ...older]), nextToken: older.length === 0 ? page.nextToken : list.nextToken };
}

/** The list with one more page at its end, which was asked for with `token`. A token that comes back would page for ever: it ends the list. */
export function withNextPage(list: JobList, token: string, page: JobPage): JobList {
  const known = new Set(list.jobs.map((job) => job.JobId));
  const nextToken = page.nextToken === token ? undefined : page.nextToken;
  return { jobs: sorted([...list.jobs, ...page.jobs.filter((job) => !known.has(job.JobId))]), nextToken };
}

/** The list with newer states of some of its jobs. */
export function withJobs(list: JobList, jobs: readonly JobListItem[]): JobList {
  const newer = new Map(jobs.map((job) => [job.JobId, job]));
  return { ...list, jobs: list.jobs.map((job) => newer.get(job.JobId) ?? job) };
}

/** Jobs of the list that may still change. */
export function unfinishedJobs(list: JobList): readonly JobListItem[] {
  return list.jobs.filter((job) => !hasEnded(job.Status));
}

export function changeBetween(before: JobList | undefined, after: JobList): JobListChange {
  const changed = new Set<string>();
  if (before === undefined) return { isListChanged: true, changed };
  const old = new Map(before.jobs.map((job) => [job.JobId, job]));
  for (const job of after.jobs) {
    const previous = old.get(job.JobId);
    if (previous !== undefined && !isSameJob(previous, job)) changed.add(job.JobId);
  }
  const isListChanged =
    before.jobs.length !== after.jobs.length ||
    (before.nextToken === undefined) !== (after.nextToken === undefined) ||
    before.jobs.some((job, index) => job.JobId !== after.jobs[index]?.JobId);
  return { isListChanged, changed };
}

function isSameJob(a: JobListItem, b: JobListItem): boolean {
  return (
    a.Status === b.Status &&
    a.Priority === b.Priority &&
    a.Description === b.Description &&
    a.Operation === b.Operation &&
    a.TerminationDate === b.TerminationDate &&
    a.ProgressSummary?.TotalNumberOfTasks === b.ProgressSummary?.TotalNumberOfTasks &&
    a.ProgressSummary?.NumberOfTasksSucceeded === b.ProgressSummary?.NumberOfTasksSucceeded &&
    a.ProgressSummary?.NumberOfTasksFailed === b.ProgressSummary?.NumberOfTasksFailed
  );
}

/** The order of ListJobs is not documented, so it is ours: newest first, then by id so that it never flickers. */
function sorted(jobs: readonly JobListItem[]): readonly JobListItem[] {
  return jobs.toSorted((a, b) => timeOf(b) - timeOf(a) || (a.JobId < b.JobId ? -1 : a.JobId > b.JobId ? 1 : 0));
}

/** Reading a date takes longer than comparing two, and a list is sorted at every refresh. */
const times = new WeakMap<JobListItem, number>();

function timeOf(job: JobListItem): number {
  let time = times.get(job);
  if (time === undefined) times.set(job, (time = Date.parse(job.CreationTime ?? '') || 0));
  return time;
}
