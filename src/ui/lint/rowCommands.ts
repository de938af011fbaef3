import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { Command } from '../platform/commandTypes.js';
import type { Services } from '../platform/services.js';
import type { LintedManifests } from './linted.js';

/** Copies what the hover shows, or, from the palette, what the row under the cursor says. */
export function registerRowCommands({ commands }: Services, load: () => Promise<LintedManifests>): void {
  commands.register(Command.manifestCopyUri, async (text) => await copy(text ?? (await rowUnderCursor(load)).uri));
  commands.register(Command.manifestCopyKey, async (text) => await copy(text ?? (await rowUnderCursor(load)).key));
}

async function copy(text: unknown): Promise<void> {
  if (typeof text === 'string') await vscode.env.clipboard.writeText(text);
}

async function rowUnderCursor(load: () => Promise<LintedManifests>): Promise<{ uri: string; key: string }> {
  const { describeRow } = await import('./rowDescription.js');
  const editor = vscode.window.activeTextEditor;
  const line = editor?.document.lineAt(editor.selection.active.line).text;
  const fields = editor === undefined ? undefined : (await load()).get(editor.document)?.fields;
  const row = line === undefined ? undefined : describeRow(line, fields);
  if (row === undefined) {
    throw new BatchError('NoRow', vscode.l10n.t('The cursor is not in a row that names an object.'));
  }
  return row;
}
