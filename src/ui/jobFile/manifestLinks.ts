import * as vscode from 'vscode';
import { parseJobFile } from '../../core/job/parseJobFile.js';
import { manifestOf } from '../run/manifestOf.js';

/** The path in `ManifestFile` as a link to the manifest. */
export function manifestLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
  const parsed = parseJobFile(document.getText());
  const manifest = document.uri.scheme === 'untitled' ? undefined : manifestOf(document.uri, parsed.value ?? {});
  if (manifest === undefined) return [];
  const { line, column, endLine, endColumn } = parsed.rangeOf(['ManifestFile']);
  // Without the quotes.
  const link = new vscode.DocumentLink(new vscode.Range(line, column + 1, endLine, endColumn - 1), manifest);
  link.tooltip = vscode.l10n.t('Open the manifest');
  return [link];
}
