import type { JobDescriptor } from '../../core/job/jobTypes.js';
import { type ChaosFindings, chaosFindings } from '../../core/report/chaosFindings.js';
import { RunComparer } from '../../core/report/compareRuns.js';
import { readJobChanges } from '../changes/readJobChanges.js';
import { type FetchRun, type ObjectReader, streamJobReport } from './fetchReport.js';

/**
 * Compares two jobs that have ended on the same rows, by their reports and by what the second changed in the store of a data directory.
 * Rejects with `NoReport` when one of them has none, or what the reader's calls reject with.
 */
export async function compareChaosRuns(
  reader: ObjectReader,
  dataDirectory: string,
  first: JobDescriptor,
  second: JobDescriptor,
  run: Pick<FetchRun, 'signal'> = {},
): Promise<ChaosFindings> {
  const comparer = new RunComparer();
  await streamJobReport(reader, first, (row) => comparer.before(row), run);
  await streamJobReport(reader, second, (row) => comparer.after(row), run);
  return chaosFindings(comparer.end(), await readJobChanges(dataDirectory, second.JobId));
}
