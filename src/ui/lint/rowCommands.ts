import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import type { LintedManifests } from './linted.js';
import type { RowDescription } from './rowDescription.js';

/**
 * Copies what the hover shows, or what the rows in the selections say, a line each. The menu of the editor gives the file, which is the
 * one in front.
 */
export function registerRowCommands({ commands }: Services, load: () => Promise<LintedManifests>): void {
  const copy = async (given: string | vscode.Uri | undefined, of: (row: RowDescription) => string): Promise<void> => {
    if (typeof given === 'string') await vscode.env.clipboard.writeText(given);
    else await copyRows(await load(), of);
  };
  commands.register(Command.manifestCopyUri, async (given) => await copy(given, ({ uri }) => uri));
  commands.register(Command.manifestCopyKey, async (given) => await copy(given, ({ key }) => key));
}

async function copyRows(manifests: LintedManifests, of: (row: RowDescription) => string): Promise<void> {
  const { describeRows, selectedLines } = await import('./rowDescription.js');
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) throw new BatchError('NoEditor', vscode.l10n.t('No file is open.'));
  const { document } = editor;
  const lines = selectedLines(editor.selections).map((line) => document.lineAt(line).text);
  const { rows, left } = describeRows(lines, manifests.get(document)?.fields);
  if (rows.length === 0) {
    throw new BatchError('NoRow', vscode.l10n.t('The cursor is not in a row that names an object.'));
  }
  await vscode.env.clipboard.writeText(rows.map(of).join('\n'));
  if (left === 0) return;
  const text = vscode.l10n.t('Rows that name no object were left out: {0}', left.toLocaleString('en-US'));
  vscode.window.setStatusBarMessage(text, 4000);
}
