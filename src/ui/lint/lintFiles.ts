import { basename } from 'node:path';
import * as vscode from 'vscode';
import { BatchError, cancelledError, errorMessage, isCancelled } from '../../base/errors.js';
import type { LintResult } from '../../core/manifest/lintManifest.js';
import { withCancellableProgress } from '../platform/cancellableProgress.js';
import type { LintedFile } from '../platform/commandTypes.js';
import { activeFile } from '../platform/activeFile.js';
import type { Services } from '../platform/services.js';
import { findManifests } from './findManifests.js';
import { filesSummary, summaryText } from './summaryText.js';

/** What the command needs of the linter. */
export interface FileLinter {
  isManifestFile(uri: vscode.Uri): boolean;
  /** Lints one file, whether it is open or not, and publishes its problems. */
  lintFile(
    uri: vscode.Uri,
    run: { readonly signal: AbortSignal; readonly onProgress: (doneBytes: number, totalBytes: number) => void },
  ): Promise<LintResult>;
}

interface Outcome {
  readonly uri: vscode.Uri;
  readonly result?: LintResult;
  readonly error?: unknown;
}

/**
 * Lints files, and the manifests of folders, one after the other with progress, publishes their problems and says how they stand.
 * Without an argument it is the file in front or, when there is none, one that it asks for. Resolves with the counts of each file that
 * could be read.
 */
export async function lintFiles(
  { errors, log }: Pick<Services, 'errors' | 'log'>,
  linter: FileLinter,
  given: readonly vscode.Uri[],
): Promise<readonly LintedFile[]> {
  const wanted = given.length > 0 ? given : await filesInFront();
  const { files, unread } = await findManifests(wanted, (uri) => linter.isManifestFile(uri));
  if (files.length + unread.length === 0) {
    throw new BatchError('NoManifest', vscode.l10n.t('There is no manifest in this folder.'), {
      hint: vscode.l10n.t(
        'Manifests are the files that s3batch.manifest.files names and those of job files. Any file can be linted by itself.',
      ),
    });
  }
  const outcomes: readonly Outcome[] = [...unread, ...(files.length === 0 ? [] : await lintAll(linter, files))];
  for (const { uri, result, error } of outcomes) {
    const path = vscode.workspace.asRelativePath(uri);
    if (result !== undefined) log.info(`${path}: ${summaryText(result, vscode.l10n)}`);
    else log.error(`${path}: ${errorMessage(error)}`);
  }
  const [only] = outcomes;
  if (outcomes.length === 1 && only?.result === undefined) throw only?.error;
  void errors.run('Show lint summary', () => showSummary(outcomes));
  return outcomes.flatMap(({ uri, result }) =>
    result === undefined ? [] : [{ file: uri, rows: result.rows, errors: result.errors, warnings: result.warnings }],
  );
}

async function filesInFront(): Promise<readonly vscode.Uri[]> {
  const active = activeFile();
  if (active !== undefined) return [active];
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Lint Manifest File'),
    openLabel: vscode.l10n.t('Lint'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('Manifests')]: ['csv', 'gz', 'txt'], [vscode.l10n.t('All Files')]: ['*'] },
  });
  if (chosen === undefined) throw cancelledError();
  return chosen;
}

async function lintAll(linter: FileLinter, files: readonly vscode.Uri[]): Promise<readonly Outcome[]> {
  const title =
    files.length === 1
      ? vscode.l10n.t('Linting {0}', basename(files[0]?.path ?? ''))
      : vscode.l10n.t('Linting {0} manifests', files.length.toLocaleString('en-US'));
  return await withCancellableProgress(title, async ({ signal, reach }) => {
    const sizes = await Promise.all(files.map(sizeOf));
    const total = Math.max(
      1,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    const outcomes: Outcome[] = [];
    let before = 0;
    for (const [index, uri] of files.entries()) {
      const name = files.length === 1 ? '' : `${basename(uri.path)} · `;
      try {
        const onProgress = (doneBytes: number): void =>
          reach((before + doneBytes) / total, `${name}${Math.min(100, Math.floor((100 * (before + doneBytes)) / total))} %`);
        outcomes.push({ uri, result: await linter.lintFile(uri, { signal, onProgress }) });
      } catch (error) {
        if (isCancelled(error)) throw error;
        outcomes.push({ uri, error });
      }
      before += sizes[index] ?? 0;
      reach(before / total, name);
    }
    return outcomes;
  });
}

async function sizeOf(uri: vscode.Uri): Promise<number> {
  try {
    return (await vscode.workspace.fs.stat(uri)).size;
  } catch {
    // It has vanished; the lint will say so.
    return 0;
  }
}

async function showSummary(outcomes: readonly Outcome[]): Promise<void> {
  const results = outcomes.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const failed = outcomes.length - results.length;
  const hasProblems = results.some(({ errors, warnings, information }) => errors + warnings + information > 0);
  const [only] = outcomes;
  const text =
    only?.result !== undefined && outcomes.length === 1
      ? `${basename(only.uri.path)}: ${summaryText(only.result, vscode.l10n)}`
      : filesSummary(results, failed, vscode.l10n);
  if (hasProblems) await vscode.commands.executeCommand('workbench.actions.view.problems');
  const showFiles = vscode.l10n.t('Show Files');
  const buttons = outcomes.length > 1 ? [showFiles] : [];
  const show = failed > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  if ((await show(text, ...buttons)) === showFiles) await showOutcomes(outcomes);
}

/** A list of the files with their counts, the worst first; choosing one opens it at its first problem. */
async function showOutcomes(outcomes: readonly Outcome[]): Promise<void> {
  const weight = ({ result }: Outcome): number => (result === undefined ? Infinity : result.errors * 1e6 + result.warnings);
  const items = outcomes
    .toSorted((a, b) => weight(b) - weight(a))
    .map(({ uri, result, error }) => ({
      uri,
      result,
      label: `$(${iconOf(result)}) ${basename(uri.path)}`,
      description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, '..')),
      detail: result === undefined ? errorMessage(error) : summaryText(result, vscode.l10n),
    }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Linted Manifests'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen === undefined) return;
  const range = chosen.result?.problems[0]?.range;
  const selection =
    range === undefined ? {} : { selection: new vscode.Range(range.line, range.column, range.line, range.column) };
  await vscode.commands.executeCommand('vscode.open', chosen.uri, selection);
}

function iconOf(result: LintResult | undefined): string {
  if (result === undefined || result.errors > 0) return 'error';
  return result.warnings > 0 ? 'warning' : 'pass';
}
