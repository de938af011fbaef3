import * as vscode from 'vscode';
import { Command } from '../platform/commandTypes.js';
import type { LintedManifests } from './linted.js';
import { describeRow, maxKeyBytes, withVisibleCharacters } from './rowDescription.js';

/** Shows what S3 will read in the row under the pointer. */
export class ManifestHoverProvider implements vscode.HoverProvider {
  readonly #manifests: LintedManifests;

  constructor(manifests: LintedManifests) {
    this.#manifests = manifests;
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const manifest = this.#manifests.get(document);
    if (manifest === undefined) return undefined;
    const line = document.lineAt(position.line);
    const row = describeRow(line.text, manifest.fields);
    if (row === undefined) return undefined;

    const text = new vscode.MarkdownString();
    text.isTrusted = { enabledCommands: [Command.manifestCopyUri, Command.manifestCopyKey] };
    text.appendMarkdown(`**${vscode.l10n.t('What S3 will see')}**\n`);
    text.appendCodeblock(withVisibleCharacters(row.key), 'text');
    text.appendMarkdown(`${vscode.l10n.t('URI')}: `);
    text.appendText(withVisibleCharacters(row.uri));
    if (row.versionId !== undefined) {
      text.appendMarkdown(`  \n${vscode.l10n.t('Version')}: `);
      text.appendText(row.versionId);
    }
    const bytes = vscode.l10n.t('{0} of {1} bytes', row.keyBytes.toLocaleString('en-US'), maxKeyBytes.toLocaleString('en-US'));
    const escapes = vscode.l10n.t('{0} characters of escapes', row.escapeOverhead);
    text.appendMarkdown(`  \n${bytes}${row.escapeOverhead > 0 ? ` · ${escapes}` : ''}\n\n`);
    const link = (title: string, command: string, value: string): string =>
      `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([value]))})`;
    const uri = link(vscode.l10n.t('Copy S3 URI'), Command.manifestCopyUri, row.uri);
    const key = link(vscode.l10n.t('Copy Decoded Key'), Command.manifestCopyKey, row.key);
    text.appendMarkdown(`${uri} · ${key}`);
    return new vscode.Hover(text, line.range);
  }
}
