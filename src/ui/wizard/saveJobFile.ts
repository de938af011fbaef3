import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { formatJobFile, type JobFile, jobFileSuffix } from '../../core/job/jobFile.js';
import { relativePath } from './relativePath.js';

/** Asks where, writes the job down and opens it. Undefined when nobody said where. */
export async function saveJobFile(job: JobFile, manifest: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const uri = await vscode.window.showSaveDialog({
    defaultUri: defaultUri(manifest),
    filters: { [vscode.l10n.t('Job File')]: [jobFileSuffix.slice(1)] },
    title: vscode.l10n.t('Save as Job File'),
  });
  if (uri === undefined) return undefined;
  const file = uri.path.endsWith(jobFileSuffix)
    ? uri
    : uri.with({ path: uri.path.replace(/(\.s3job)?(\.jsonc?)?$/, jobFileSuffix) });
  const text = formatJobFile(manifest === undefined ? job : { ...job, ManifestFile: manifestPath(file, manifest) });
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(file);
  return file;
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
