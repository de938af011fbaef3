import type { JobDescriptor, JobListItem, Tag } from '../job/jobTypes.js';
import type { Target } from '../job/target.js';
import { parseLineage } from '../report/lineage.js';

/** What is kept of a job. Later lines about the same job replace earlier ones. */
export interface LedgerEntry {
  readonly targetId: string;
  readonly targetLabel: string;
  readonly region: string;
  readonly jobId: string;
  /** ISO 8601: when this was seen. */
  readonly seenAt: string;
  /** As ListJobs had it: status, counts, times. */
  readonly job: JobListItem;
  /** The whole job, ETag of its manifest and place of its report included; left out until it was looked at. */
  readonly descriptor?: JobDescriptor;
  readonly tags?: readonly Tag[];
  /** What the job goes on from, as its description says: `Retries <id>, attempt 2`. */
  readonly lineage?: string;
  /** US dollars that a job on AWS costs, estimated from its tasks; of what depends on more than their number, nothing. */
  readonly costEstimate?: number;
}

export interface ReadLedger {
  readonly entries: ReadonlyMap<string, LedgerEntry>;
  readonly lines: number;
  /** Lines that are no entry: cut off by a crash, or written by somebody else. */
  readonly unreadable: number;
}

export function ledgerKey({ targetId, jobId }: { readonly targetId: string; readonly jobId: string }): string {
  return `${targetId}/${jobId}`;
}

/** One line, with its end. JSON has no raw line breaks, so a line is an entry or was cut off. */
export function ledgerLine(entry: LedgerEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

export function readLedger(text: string): ReadLedger {
  const entries = new Map<string, LedgerEntry>();
  let lines = 0;
  let unreadable = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    lines += 1;
    const entry = parseLine(line);
    if (entry === undefined) unreadable += 1;
    else entries.set(ledgerKey(entry), merged(entries.get(ledgerKey(entry)), entry));
  }
  return { entries, lines, unreadable };
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

function parseLine(line: string): LedgerEntry | undefined {
  try {
    const value = JSON.parse(line) as Partial<LedgerEntry> | null;
    const isEntry =
      typeof value?.targetId === 'string' && typeof value.jobId === 'string' && typeof value.job?.Status === 'string';
    return isEntry ? (value as LedgerEntry) : undefined;
  } catch {
    return undefined;
  }
}
