import * as vscode from 'vscode';
import { formatJobFile, toJobFile } from '../../core/job/jobFile.js';
import type { JobReference } from '../platform/jobReference.js';
import { targetAuthority, targetOfAuthority } from '../report/objectUri.js';
import type { JobStore } from './jobStore.js';

const jobScheme = 's3batch-job';

/** The read-only text of a job, as a job file; the last part of the path is what the tab says. */
export function jobUri({ targetId, jobId }: JobReference, label: string): vscode.Uri {
  const name = label.replaceAll(/[/\\?#\r\n]/g, ' ').slice(0, 60);
  return vscode.Uri.from({ scheme: jobScheme, authority: targetAuthority(targetId), path: `/${jobId}/${name}.json` });
}

export async function jobText(store: JobStore, uri: vscode.Uri): Promise<string> {
  const [, jobId = ''] = uri.path.split('/');
  const { descriptor, tags } = await store.details({ targetId: targetOfAuthority(uri.authority), jobId });
  return formatJobFile(toJobFile(descriptor, tags));
}
