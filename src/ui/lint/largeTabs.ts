import * as vscode from 'vscode';
import { errorMessage } from '../../base/errors.js';
import type { DiskManifests } from './diskManifests.js';

/** VS Code hands no text longer than this (in UTF-16 units, of which UTF-8 takes at least as many bytes) to an extension. */
const largestDocumentBytes = 50 * 1024 * 1024;

/** True for a file that VS Code opens in a tab, but not as a document that extensions see. */
export async function isTooLargeForDocument(uri: vscode.Uri): Promise<boolean> {
  return uri.scheme === 'file' && (await vscode.workspace.fs.stat(uri)).size > largestDocumentBytes;
}

/** The file that a tab shows as text. */
function textOfTab(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  // Class names are minified: only `instanceof` tells kinds of tabs apart.
  return tab?.input instanceof vscode.TabInputText ? tab.input.uri : undefined;
}

export interface LargeTabsHost {
  readonly disk: DiskManifests;
  readonly log: vscode.LogOutputChannel;
  isManifestFile(uri: vscode.Uri): boolean;
}

/** Finds manifests too large to be documents through the tabs that show them, and keeps them linted on disk while they are open. */
export class LargeTabs implements vscode.Disposable {
  readonly #host: LargeTabsHost;
  readonly #listener: vscode.Disposable;

  constructor(host: LargeTabsHost) {
    this.#host = host;
    this.#listener = vscode.window.tabGroups.onDidChangeTabs(() => this.look());
  }

  /** Compares the tabs with what is linted because of them. */
  look(): void {
    const { disk, isManifestFile } = this.#host;
    const shown = new Map<string, vscode.Uri>();
    for (const { tabs } of vscode.window.tabGroups.all) {
      for (const tab of tabs) {
        const uri = textOfTab(tab);
        if (uri?.scheme === 'file' && isManifestFile.call(this.#host, uri)) shown.set(uri.toString(), uri);
      }
    }
    for (const uri of disk.kept('tab')) if (!shown.has(uri.toString())) disk.release(uri, 'tab');
    const documents = new Set(vscode.workspace.textDocuments.map((document) => document.uri.toString()));
    const kept = new Set(disk.kept('tab').map(String));
    for (const [text, uri] of shown) if (!documents.has(text) && !kept.has(text)) void this.#consider(uri);
  }

  async #consider(uri: vscode.Uri): Promise<void> {
    try {
      if (!(await isTooLargeForDocument(uri)) || !isShown(uri)) return;
    } catch (error) {
      this.#host.log.debug(`${uri.toString(true)} is shown in a tab, but can't be looked at: ${errorMessage(error)}`);
      return;
    }
    this.#host.disk.add(uri, 'tab');
    this.#host.disk.lintSoon(uri, 0);
  }

  dispose(): void {
    this.#listener.dispose();
  }
}

function isShown(uri: vscode.Uri): boolean {
  return vscode.window.tabGroups.all.some(({ tabs }) => tabs.some((tab) => textOfTab(tab)?.toString() === uri.toString()));
}
