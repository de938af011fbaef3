import * as vscode from 'vscode';
import type { LintResult } from '../../core/manifest/lintManifest.js';
import type { Problem } from '../../core/manifest/problem.js';
import { maxDiagnostics, toDiagnostic, toDiagnostics } from './diagnostics.js';

/** The problems of manifests as VS Code lists them, whoever found them: one list a file. */
export class FileDiagnostics implements vscode.Disposable {
  readonly #collection: vscode.DiagnosticCollection;

  constructor(name: string) {
    this.#collection = vscode.languages.createDiagnosticCollection(name);
  }

  show(uri: vscode.Uri, result: LintResult): void {
    this.#collection.set(uri, toDiagnostics(result));
  }

  /** The first problems of a manifest that is still being read. */
  showFirst(uri: vscode.Uri, problems: readonly Problem[]): void {
    this.#collection.set(uri, problems.slice(0, maxDiagnostics).map(toDiagnostic));
  }

  hide(uri: vscode.Uri): void {
    this.#collection.delete(uri);
  }

  /** Files and folders that are gone: their problems, and those of all files below them, go too. */
  hideBelow(uris: readonly vscode.Uri[]): void {
    const gone = uris.map((uri) => uri.toString());
    this.#collection.forEach((uri) => {
      const text = uri.toString();
      if (gone.some((file) => text === file || text.startsWith(`${file}/`))) this.#collection.delete(uri);
    });
  }

  dispose(): void {
    this.#collection.dispose();
  }
}
