import type { JobDescriptor, JobListItem, Tag } from '../job/jobTypes.js';
import type { Target } from '../job/target.js';
import { parseLineage } from '../report/lineage.js';

/** Enough to say which job is meant. */
export interface JobName {
  readonly targetId: string;
  readonly jobId: string;
}

/** What is kept of a job. Later lines about the same job replace earlier ones. */
export interface LedgerEntry extends JobName {
  readonly targetLabel: string;
  readonly region: string;
  /** ISO 8601: when this was seen. */
  readonly seenAt: string;
  /** As ListJobs had it: status, counts, times. */
  readonly job: JobListItem;
  /** The whole job, ETag of its manifest and place of its report included; left out until it was looked at. */
  readonly descriptor?: JobDescriptor;
  readonly tags?: readonly Tag[];
  /** SHA-256 in hex of the manifest as it was uploaded; only of jobs that were submitted from here, as S3's ETag is no hash of large files. */
  readonly manifestSha256?: string;
  /** What the job goes on from, as its description says: `Retries <id>, attempt 2`. */
  readonly lineage?: string;
  /** US dollars that a job on AWS costs, estimated from its tasks; of what depends on more than their number, nothing. */
  readonly costEstimate?: number;
}

export interface ReadLedger {
  readonly entries: Map<string, LedgerEntry>;
  /** Jobs of which nothing is to be kept, whatever other lines say of them. */
  readonly deleted: Map<string, JobName>;
  readonly lines: number;
  /** Lines that are no entry: cut off by a crash, or written by somebody else. */
  readonly unreadable: number;
}

export function ledgerKey({ targetId, jobId }: JobName): string {
  return `${targetId}/${jobId}`;
}

/** One line, with its end. JSON has no raw line breaks, so a line is an entry or was cut off. */
export function ledgerLine(entry: LedgerEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** Says that a job was deleted, so that it does not come back while its target still lists it. */
export function deletionLine({ targetId, jobId }: JobName): string {
  return `${JSON.stringify({ targetId, jobId, isDeleted: true })}\n`;
}

export function readLedger(text: string): ReadLedger {
  const entries = new Map<string, LedgerEntry>();
  const deleted = new Map<string, JobName>();
  let lines = 0;
  let unreadable = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    lines += 1;
    const entry = parseLine(line);
    if (entry === undefined) unreadable += 1;
    else if ('isDeleted' in entry) deleted.set(ledgerKey(entry), { targetId: entry.targetId, jobId: entry.jobId });
    else entries.set(ledgerKey(entry), merged(entries.get(ledgerKey(entry)), entry));
  }
  for (const key of deleted.keys()) entries.delete(key);
  return { entries, deleted, lines, unreadable };
}

/** What is known of a job after one more look: what the newer look did not see stays. */
export function merged(before: LedgerEntry | undefined, after: LedgerEntry): LedgerEntry {
  return before === undefined ? after : { ...before, ...after };
}

/** An entry that says something new is worth a line: the job, its status or its end; not each step of its progress. */
export function isNews(before: LedgerEntry | undefined, after: LedgerEntry): boolean {
  return (
    before === undefined ||
    before.job.Status !== after.job.Status ||
    before.job.TerminationDate !== after.job.TerminationDate ||
    before.job.Priority !== after.job.Priority ||
    (after.descriptor !== undefined && before.descriptor === undefined) ||
    (after.tags !== undefined && JSON.stringify(before.tags) !== JSON.stringify(after.tags)) ||
    (after.manifestSha256 !== undefined && before.manifestSha256 !== after.manifestSha256) ||
    (after.lineage !== undefined && before.lineage !== after.lineage) ||
    (after.costEstimate !== undefined && before.costEstimate !== after.costEstimate)
  );
}

export function ledgerEntry(target: Target, job: JobListItem, seenAtMs: number): LedgerEntry {
  const lineage = parseLineage(job.Description)?.text;
  return {
    targetId: target.id,
    targetLabel: target.label,
    region: target.region,
    jobId: job.JobId,
    seenAt: new Date(seenAtMs).toISOString(),
    job,
    ...(lineage === undefined ? {} : { lineage }),
  };
}

function parseLine(line: string): LedgerEntry | (JobName & { readonly isDeleted: true }) | undefined {
  try {
    const value = JSON.parse(line) as (Partial<LedgerEntry> & { readonly isDeleted?: unknown }) | null;
    if (typeof value?.targetId !== 'string' || typeof value.jobId !== 'string') return undefined;
    if (value.isDeleted === true) return { targetId: value.targetId, jobId: value.jobId, isDeleted: true };
    return typeof value.job?.Status === 'string' ? (value as LedgerEntry) : undefined;
  } catch {
    return undefined;
  }
}
