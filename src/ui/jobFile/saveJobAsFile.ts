import * as vscode from 'vscode';
import { toJobFile } from '../../core/job/jobFile.js';
import type { Jobs } from '../explorer/registerExplorer.js';
import type { JobReference } from '../platform/jobReference.js';
import { saveJobFile } from '../wizard/saveJobFile.js';

/** Writes an existing job down, its tags too, with the list or the generator that it was created with. Undefined when nobody chose. */
export async function saveJobAsFile(jobs: Jobs, given: JobReference | undefined): Promise<vscode.Uri | undefined> {
  const reference = await jobs.choose(given, vscode.l10n.t('Which job is to be saved as a file?'));
  if (reference === undefined) return undefined;
  const client = await jobs.targets.client(reference.targetId);
  const [job, tags] = await Promise.all([client.describeJob(reference.jobId), client.getJobTags(reference.jobId)]);
  return await saveJobFile(toJobFile(job, tags), undefined);
}
