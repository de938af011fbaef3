import * as vscode from 'vscode';
import { documentName } from '../platform/documentName.js';

export const changesScheme = 's3batch-changes';

/** What a job changed. */
export function changesUri(jobId: string, label: string): vscode.Uri {
  const name = documentName(vscode.l10n.t('Changes by {0}', label));
  return vscode.Uri.from({ scheme: changesScheme, path: `/${jobId}/list/${name}.md` });
}

/** What the second of two jobs on the same rows did otherwise than the first. Its links are those of the second's changes. */
export function chaosUri(firstId: string, secondId: string, label: string): vscode.Uri {
  const name = documentName(vscode.l10n.t('Chaos of {0}', label));
  return vscode.Uri.from({ scheme: changesScheme, path: `/${secondId}/chaos/${firstId}/${name}.md`, query: label });
}
