import type { JobFile } from './jobFile.js';
import type { JobListItem, Tag } from './jobTypes.js';
import { chaosFirstTag, chaosTag, withRunTag } from './runTags.js';

/** The chaos switch runs the same rows twice. */
type ChaosTurn = 'first' | 'second';

/** One of the two jobs of the chaos switch, as `submitJob` takes it. */
export interface ChaosRun {
  readonly job: JobFile;
  /** Of the order of its rows. */
  readonly shuffleSeed: number;
}

/** Seeds that differ. The tag holds 15 digits, of which the turn takes the lowest bit. */
const seeds = 10 ** 14;

const reportBucket = 's3batch-chaos-reports';

/** At the end of the description, where anybody who lists the jobs tells the two from each other, and from the job itself. */
const suffixes: Readonly<Record<ChaosTurn, string>> = { first: '(chaos 1/2)', second: '(chaos 2/2)' };
/** Source: API Reference, CreateJob, Description. */
const maxDescription = 256;

/** Whether a job says that it is a second run, which there is a comparison of. Its tags say of which first one. */
export function isSecondChaosRun({ Description }: Pick<JobListItem, 'Description'>): boolean {
  return Description?.endsWith(suffixes.second) === true;
}

/** What the job itself is called, of which this is a run. */
export function nameUnderChaos({ Description = '' }: Pick<JobListItem, 'Description'>): string {
  return Description.replace(/ ?\(chaos [12]\/2\)$/, '');
}

/** The id of the first run, as the tags of the second say; undefined when they don't. */
export function firstChaosRun(tags: readonly Tag[]): string | undefined {
  return tags.find(({ Key }) => Key === chaosFirstTag)?.Value;
}

/**
 * The job as it runs under chaos: order of the rows and faults drawn by this seed, others each time; a report of all tasks to compare.
 * The second run is given the id of the first.
 */
export function chaosRun(job: JobFile, seed: number, firstJobId?: string): ChaosRun {
  const turn: ChaosTurn = firstJobId === undefined ? 'first' : 'second';
  const shuffleSeed = (seed % seeds) * 2 + (turn === 'first' ? 0 : 1);
  const tags = withRunTag(
    (job.Tags ?? []).filter(({ Key }) => Key !== chaosFirstTag),
    chaosTag,
    String(shuffleSeed),
  );
  const bucket = job.Report.Enabled ? job.Report.Bucket : undefined;
  return {
    shuffleSeed,
    job: {
      ...job,
      Description:
        `${(job.Description ?? '').slice(0, maxDescription - suffixes[turn].length - 1)} ${suffixes[turn]}`.trimStart(),
      Tags: firstJobId === undefined ? tags : withRunTag(tags, chaosFirstTag, firstJobId),
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
