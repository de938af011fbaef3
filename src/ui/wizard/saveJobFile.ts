import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { formatJobFile, type JobFile, jobFileSuffix } from '../../core/job/jobFile.js';
import { relativePath } from './relativePath.js';

/** Asks where, writes the job down and opens it. Undefined when nobody said where. */
export async function saveJobFile(job: JobFile, manifest: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const uri = await vscode.window.showSaveDialog({
    defaultUri: defaultUri(manifest),
    // Some dialogs compare the last part of a name only, and would add a longer extension once more.
    filters: { [vscode.l10n.t('Job File')]: ['json'] },
    title: vscode.l10n.t('Save as Job File'),
  });
  if (uri === undefined) return undefined;
  const file = uri.path.endsWith(jobFileSuffix)
    ? uri
    : uri.with({ path: uri.path.replace(/(\.s3job)?(\.jsonc?)?$/, jobFileSuffix) });
  // The dialog has asked about the name that was typed, not about this one.
  if (file !== uri && (await exists(file))) {
    throw new BatchError('FileExists', vscode.l10n.t('There is a file {0} already.', vscode.workspace.asRelativePath(file)), {
      hint: vscode.l10n.t('Choose another name, or choose that file to overwrite it.'),
    });
  }
  const text = formatJobFile(manifest === undefined ? job : { ...job, ManifestFile: manifestPath(file, manifest) });
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(file);
  return file;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    // Whatever else is wrong with it, writing will say so.
    return false;
  }
}

function defaultUri(manifest: vscode.Uri | undefined): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (manifest !== undefined && manifest.scheme !== 'untitled') {
    return manifest.with({ path: manifest.path.replace(/(\.manifest)?(\.csv)?$/i, jobFileSuffix) });
  }
  return vscode.Uri.joinPath(folder ?? vscode.Uri.file('/'), `job${jobFileSuffix}`);
}

function manifestPath(jobFile: vscode.Uri, manifest: vscode.Uri): string {
  const path =
    jobFile.scheme === manifest.scheme && jobFile.authority === manifest.authority
      ? relativePath(jobFile.path, manifest.path)
      : undefined;
  if (path !== undefined) return path;
  throw new BatchError(
    'ManifestElsewhere',
    vscode.l10n.t('A job file names its manifest by a relative path, and this manifest has none from there.'),
    {
      hint: vscode.l10n.t('Save the manifest in the same workspace first.'),
    },
  );
}
