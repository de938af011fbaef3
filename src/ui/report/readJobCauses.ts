import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TargetClient } from '../../core/job/target.js';
import type { Cause } from '../../core/report/causes.js';
import { fetchJobReport } from '../../files/report/fetchReport.js';
import { runInThread } from '../../files/report/reportThread.js';

/** The causes of a job's failures, biggest first, from its report. Rejects with `NoReport` when it has none. Nothing is kept of it. */
export async function readJobCauses(client: TargetClient, jobId: string, signal?: AbortSignal): Promise<readonly Cause[]> {
  const folder = await mkdtemp(join(tmpdir(), 's3batch-report-'));
  try {
    const { path } = await fetchJobReport(client, await client.describeJob(jobId, signal), folder, { signal });
    return (await runInThread({ kind: 'read', path }, { signal })).causes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
