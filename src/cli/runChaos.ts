import type { ChangedObject } from '../core/changes/changeList.js';
import { chaosTag } from '../core/job/chaosTag.js';
import type { JobFile } from '../core/job/jobFile.js';
import type { JobDescriptor } from '../core/job/jobTypes.js';
import type { TargetClient } from '../core/job/target.js';
import { type DifferentRow, RunComparer } from '../core/report/compareRuns.js';
import { streamJobReport } from '../files/report/fetchReport.js';
import { printable } from './output.js';

/** What differs between the first and the second run of the same rows: nothing, when the operation is idempotent. */
export interface ChaosFindings {
  readonly rows: readonly DifferentRow[];
  /** Objects that the second run left otherwise than the first had. */
  readonly objects: readonly ChangedObject[];
}

const reportBucket = 's3batch-chaos-reports';

/** The job as it runs under chaos: with faults of this seed, and a report of all tasks, which the comparison reads. */
export function chaosJob(job: JobFile, seed: number): JobFile {
  const bucket = job.Report.Enabled ? job.Report.Bucket : undefined;
  return {
    ...job,
    Tags: [...(job.Tags ?? []).filter(({ Key }) => Key !== chaosTag), { Key: chaosTag, Value: String(seed) }],
    Report: {
      ...job.Report,
      Enabled: true,
      Bucket: bucket ?? `arn:aws:s3:::${reportBucket}`,
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
    },
  };
}

/** Compares two ended jobs on the same rows; `changed` is what the second one changed. */
export async function compareRuns(
  client: TargetClient,
  first: JobDescriptor,
  second: JobDescriptor,
  changed: readonly ChangedObject[],
): Promise<ChaosFindings> {
  const comparer = new RunComparer();
  await streamJobReport(client, first, (row) => comparer.before(row));
  await streamJobReport(client, second, (row) => comparer.after(row));
  return { rows: comparer.end(), objects: changed.filter(({ outcome }) => outcome !== 'rewritten' && outcome !== 'passing') };
}

const shown = 20;

/** For people: what is not idempotent, and how it shows. */
export function findingsLines({ rows, objects }: ChaosFindings): string[] {
  if (rows.length === 0 && objects.length === 0) {
    return ['Chaos: every row ended the second time as the first, and no object was left otherwise.'];
  }
  const lines = [
    `Chaos: not idempotent: ${rows.length} rows end otherwise the second time, ${objects.length} objects are left otherwise.`,
  ];
  for (const { bucket, key, versionId, first, second } of rows.slice(0, shown)) {
    const version = versionId === undefined ? '' : ` version ${versionId}`;
    lines.push(`  s3://${bucket}/${key}${version}: first ${resultText(first)}; then ${resultText(second)}`);
  }
  if (rows.length > shown) lines.push(`  and ${rows.length - shown} other rows`);
  for (const { bucket, key, outcome, before, after } of objects.slice(0, shown)) {
    const sizes = `${before === null ? 'absent' : `${before.sizeBytes} bytes`}, then ${after === null ? 'absent' : `${after.sizeBytes} bytes`}`;
    lines.push(`  s3://${bucket}/${key}: ${outcome} by the second run (${sizes})`);
  }
  if (objects.length > shown) lines.push(`  and ${objects.length - shown} other objects`);
  return lines.map((line) => printable(line));
}

function resultText(result: DifferentRow['first'] | null): string {
  if (result === null) return 'not there';
  const { status, code, message } = result;
  return [status, code, message].filter((part) => part !== '').join(' ');
}
