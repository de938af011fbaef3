import type { Session } from './session.js';

export interface SampleJobResult {
  /** `Complete`. */
  readonly status: string;
  /** As the tree shows it: `3 of 3`. */
  readonly counts: string;
}

/** Runs the sample's job through the UI, as a person would: open the job file, "Run Locally", watch the tree. */
export async function runSampleJob({ workbench }: Session): Promise<SampleJobResult> {
  await workbench.openFile('rename.s3job.json');
  await workbench.command('S3 Batch: Run Locally…');
  await workbench.command('S3 Batch Operations: Focus on Jobs View');
  const row = workbench.treeRow(/Rename reports/);
  await row.waitFor({ timeout: 60_000 });
  await workbench.treeRow(/Rename reports.*Complete/).waitFor({ timeout: 60_000 });
  const text = (await row.innerText()).replaceAll(/\s+/g, ' ');
  return { status: 'Complete', counts: text };
}
