import * as vscode from 'vscode';
import type { JobFile } from '../../core/job/jobFile.js';
import type { ParsedJobFile } from '../../core/job/parseJobFile.js';
import { lintManifest } from '../../core/manifest/lintManifest.js';
import { findOperation } from '../../core/operations/catalogue.js';
import { isRecord } from '../../core/operations/validateShape.js';
import { manifestOf } from '../run/manifestOf.js';

/** Larger manifests are looked at when they are opened, linted as files, or submitted. */
const maxBytes = 20 * 1024 * 1024;

/** Whether the manifest that a job file names is there and without errors; told again when that file changes. */
export class ManifestFileProblems implements vscode.Disposable {
  readonly #recheck: (jobFile: vscode.Uri) => void;
  /** Of each open job file: the manifest that it names, and what tells when that changes. */
  readonly #watched = new Map<string, { readonly manifest: string; readonly watcher: vscode.Disposable }>();

  constructor(recheck: (jobFile: vscode.Uri) => void) {
    this.#recheck = recheck;
  }

  /** What is wrong with the manifest, with a link to its first error; undefined when there is nothing to say. */
  async check(jobFile: vscode.Uri, parsed: ParsedJobFile): Promise<vscode.Diagnostic | undefined> {
    const manifest = jobFile.scheme === 'untitled' ? undefined : manifestOf(jobFile, parsed.value ?? {});
    if (manifest === undefined) {
      this.forget(jobFile);
      return undefined;
    }
    this.#watch(jobFile, manifest);
    const { line, column, endLine, endColumn } = parsed.rangeOf(['ManifestFile']);
    const range = new vscode.Range(line, column, endLine, endColumn);
    const name = vscode.workspace.asRelativePath(manifest);
    let bytes: Uint8Array;
    try {
      const { size } = await vscode.workspace.fs.stat(manifest);
      if (size > maxBytes) return undefined;
      bytes = await vscode.workspace.fs.readFile(manifest);
    } catch (error) {
      if (!(error instanceof vscode.FileSystemError)) throw error;
      return diagnostic(
        range,
        'manifest-file-unreadable',
        vscode.l10n.t("The manifest {0} can't be read: {1}", name, error.message),
      );
    }
    const job = parsed.value as Partial<JobFile> | undefined;
    const operation = isRecord(job?.Operation) ? Object.keys(job.Operation)[0] : undefined;
    const fields = job?.Manifest?.Spec?.Fields;
    const result = lintManifest(bytes, {
      ...(parsed.job !== undefined && fields !== undefined ? { fields } : {}),
      isOneBucketOnly: findOperation(operation ?? '')?.isOneBucketOnly ?? false,
      maxProblems: 1000,
    });
    if (result.errors === 0) return undefined;
    const first = result.problems.find((problem) => problem.severity === 'error');
    const message =
      result.errors === 1
        ? vscode.l10n.t("The manifest {0} has an error, so that the job can't be submitted.", name)
        : vscode.l10n.t("The manifest {0} has {1} errors, so that the job can't be submitted.", name, result.errors);
    const found = diagnostic(range, 'manifest-file-has-errors', message);
    if (first !== undefined) {
      const place = new vscode.Range(first.range.line, first.range.column, first.range.endLine, first.range.endColumn);
      found.relatedInformation = [new vscode.DiagnosticRelatedInformation(new vscode.Location(manifest, place), first.message)];
    }
    return found;
  }

  forget(jobFile: vscode.Uri): void {
    this.#watched.get(jobFile.toString())?.watcher.dispose();
    this.#watched.delete(jobFile.toString());
  }

  dispose(): void {
    for (const { watcher } of this.#watched.values()) watcher.dispose();
    this.#watched.clear();
  }

  #watch(jobFile: vscode.Uri, manifest: vscode.Uri): void {
    const key = jobFile.toString();
    if (this.#watched.get(key)?.manifest === manifest.toString()) return;
    this.forget(jobFile);
    const name = manifest.path.split('/').at(-1) ?? '';
    // In a pattern, brackets and the like mean something.
    const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(manifest, '..'), name.replaceAll(/[[\]{}*?]/g, '?'));
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const again = (): void => this.#recheck(jobFile);
    watcher.onDidChange(again);
    watcher.onDidCreate(again);
    watcher.onDidDelete(again);
    this.#watched.set(key, { manifest: manifest.toString(), watcher });
  }
}

function diagnostic(range: vscode.Range, code: string, message: string): vscode.Diagnostic {
  const made = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  made.source = 's3batch';
  made.code = code;
  return made;
}
