import type { JobFile } from './jobFile.js';
import { chaosTag, withRunTag } from './runTags.js';

/** The chaos switch runs the same rows twice. */
export type ChaosTurn = 'first' | 'second';

/** One of the two jobs of the chaos switch, as `submitJob` takes it. */
export interface ChaosRun {
  readonly job: JobFile;
  /** Of the order of its rows. */
  readonly shuffleSeed: number;
}

/** Seeds that differ. The tag holds 15 digits, of which the turn takes the lowest bit. */
const seeds = 10 ** 14;

const reportBucket = 's3batch-chaos-reports';

/** The job as it runs under chaos: order of the rows and faults drawn by this seed, others each time; a report of all tasks to compare. */
export function chaosRun(job: JobFile, seed: number, turn: ChaosTurn): ChaosRun {
  const shuffleSeed = (seed % seeds) * 2 + (turn === 'first' ? 0 : 1);
  const bucket = job.Report.Enabled ? job.Report.Bucket : undefined;
  return {
    shuffleSeed,
    job: {
      ...job,
      Tags: withRunTag(job.Tags, chaosTag, String(shuffleSeed)),
      Report: {
        ...job.Report,
        Enabled: true,
        Bucket: bucket ?? `arn:aws:s3:::${reportBucket}`,
        Format: 'Report_CSV_20180820',
        ReportScope: 'AllTasks',
      },
    },
  };
}
