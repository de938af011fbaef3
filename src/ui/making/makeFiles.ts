import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { BatchError, errorCode } from '../../base/errors.js';
import { runInThread } from '../../files/making/makingThread.js';
import type { MakingOutcome, MakingTask } from '../../files/making/makingTask.js';
import { Command } from '../platform/commandTypes.js';
import { rowsText } from '../lint/summaryText.js';
import { activeFile } from '../platform/activeFile.js';
import { withCancellableProgress } from '../platform/cancellableProgress.js';

/** The file given, or the one that is open, as a path on this machine. Unsaved changes would be missed, so they are refused. */
export function localPath(file: vscode.Uri | undefined): string {
  const uri = file ?? activeFile();
  if (uri === undefined) throw new BatchError('NoEditor', vscode.l10n.t('No file is open.'));
  if (uri.scheme !== 'file') {
    throw new BatchError('NoFile', vscode.l10n.t('{0} is not a file on this machine.', basename(uri.path)), {
      hint: vscode.l10n.t('Save it as a file first.'),
    });
  }
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (document?.isDirty === true) {
    throw new BatchError('Unsaved', vscode.l10n.t('{0} has changes that are not saved.', basename(uri.path)), {
      hint: vscode.l10n.t('Save it first.'),
    });
  }
  return uri.fsPath;
}

/** A path beside a file that nothing is at: `keys-manifest.csv`, or `keys-manifest-2.csv` when that is taken. `end` is `manifest.csv`. */
export async function freePath(path: string, end: string): Promise<string> {
  const stem = basename(path)
    .replace(/\.gz$/i, '')
    .replace(/\.[^.]+$/, '');
  const extension = extname(end);
  const name = end.slice(0, end.length - extension.length);
  for (let number = 1; ; number += 1) {
    const candidate = join(dirname(path), `${stem}-${name}${number === 1 ? '' : `-${number}`}${extension}`);
    // The first part stands for all parts of a pattern.
    if (!(await exists(candidate.replace(/(#+)(?=[^/\\#]*$)/, (digits) => '1'.padStart(digits.length, '0'))))) return candidate;
  }
}

/** Runs a task in a thread, with progress and cancel. */
export async function make(title: string, task: MakingTask): Promise<MakingOutcome> {
  return await withCancellableProgress(title, ({ signal, reach }) =>
    runInThread(task, {
      signal,
      onProgress: ({ name, rows, share = 0 }) => reach(share, `${basename(name)}: ${rowsText(rows, vscode.l10n)}`),
    }),
  );
}

/** Says what was made and opens it. `notes` are sentences. */
export async function showMade(
  { files, rows, headerRows }: MakingOutcome,
  notes: readonly string[] = [],
): Promise<vscode.Uri | undefined> {
  const [first] = files;
  const written =
    files.length > 1
      ? vscode.l10n.t('{0} in {1} files.', rowsText(rows, vscode.l10n), files.length)
      : vscode.l10n.t('{0} in {1}.', rowsText(rows, vscode.l10n), basename(first ?? ''));
  const header = headerRows === 0 ? [] : [vscode.l10n.t('Header rows were left out: a manifest has none.')];
  void vscode.window.showInformationMessage([written, ...header, ...notes].join(' '));
  if (first === undefined) return undefined;
  const uri = vscode.Uri.file(first);
  await openManifest(uri);
  return uri;
}

/** Opens a file that was made as a manifest: it is one, whatever its name. */
export async function openManifest(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand(Command.manifestTreatAs, uri);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
