import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from './session.js';

export interface SampleJobResult {
  /** As the tree shows it. */
  readonly status: string;
  readonly succeeded: number;
  readonly failed: number;
}

/** The objects that the sample job makes, below the local engine's buckets. */
const copies = ['test_B1.snappy.parquet', 'test_B2.snappy.parquet', 'test_B3.snappy.parquet'];

/** A local job, from the engine's start to its last task. */
const jobLimitMs = 90_000;

/**
 * Runs the sample's job through the UI as a person would: opens the job file, chooses Run Locally, watches the tree until the job has
 * ended, opens its report. Rejects when anything of it is not what it should be.
 */
export async function runSampleJob({ workbench, folder }: Session): Promise<SampleJobResult> {
  const state = await runJobFile({ workbench }, 'rename.s3job.json', /Rename reports/);
  const counts = /^(Complete)(?:, (\d+) failed)? · (\d+) succeeded$/.exec(state);
  if (counts === null) throw new Error(`The sample job ended as "${state}".`);
  const [, status = '', failed = '0', succeeded = '0'] = counts;

  const made = (await readdir(join(folder, '.s3batch', 'buckets', 'report-dest'), { recursive: true })).map((path) =>
    path.split(/[\\/]/).at(-1),
  );
  const missing = copies.filter((name) => !made.includes(name));
  if (missing.length > 0) throw new Error(`The sample job did not make ${missing.join(', ')}.`);

  await openReport({ workbench });
  const text = await workbench.editorText();
  if (!/succeeded/.test(text)) throw new Error(`The report does not show what succeeded:\n${text}`);
  return { status, succeeded: Number(succeeded), failed: Number(failed) };
}

/** Runs a job file locally and waits for the end of the job, which the tree shows under `label`; its state as the tree says it. */
export async function runJobFile({ workbench }: Pick<Session, 'workbench'>, file: string, label: RegExp): Promise<string> {
  await workbench.openFile(file);
  await workbench.command('S3 Batch: Run Locally…');
  const ended = workbench.treeRow(new RegExp(`${label.source}.*(Complete|Failed|Cancelled)`));
  await ended.waitFor({ timeout: jobLimitMs });
  return (await ended.locator('.label-description').innerText()).trim();
}

/** Opens the report of the job that ended, by the button on its row. */
export async function openReport({ workbench }: Pick<Session, 'workbench'>, job: RegExp = /Rename reports/): Promise<void> {
  const row = workbench.treeRow(job);
  await row.hover();
  await row.locator('.action-label[aria-label*="Open Report"]').click();
  await workbench.tab('Report').waitFor();
}
