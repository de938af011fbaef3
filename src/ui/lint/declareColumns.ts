import * as vscode from 'vscode';
import { BatchError, cancelledError } from '../../base/errors.js';
import type { ManifestField } from '../../core/job/jobTypes.js';
import type { ManifestLinting } from './manifestLinting.js';
import { parseColumns } from './parseColumns.js';

/** Declares the columns of a manifest in this workspace; asks for them when they are not given. */
export async function declareColumns(
  linting: Pick<ManifestLinting, 'declareColumns'>,
  file: vscode.Uri | undefined,
  columns: readonly ManifestField[] | undefined,
): Promise<void> {
  const uri = file ?? vscode.window.activeTextEditor?.document.uri;
  if (uri === undefined) throw new BatchError('NoEditor', vscode.l10n.t('No file is open.'));
  await linting.declareColumns(uri, columns ?? (await askColumns()));
}

async function askColumns(): Promise<ManifestField[]> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Columns of the Manifest'),
    prompt: vscode.l10n.t('In order, separated by commas: Bucket, Key, VersionId, Ignore'),
    value: 'Bucket,Key',
    validateInput: (text) =>
      parseColumns(text) === undefined
        ? vscode.l10n.t('Bucket and Key once each, VersionId at most once, Ignore for all others.')
        : undefined,
  });
  const columns = answer === undefined ? undefined : parseColumns(answer);
  if (columns === undefined) throw cancelledError();
  return columns;
}
