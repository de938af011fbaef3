import * as vscode from 'vscode';
import { formatJobFile, jobFileSuffix } from '../../core/job/jobFile.js';
import { jobTemplate } from '../../core/job/jobTemplate.js';
import { operations } from '../../core/operations/catalogue.js';

/** Asks for an operation and opens a job file with every member that it needs, not saved yet. Undefined when nobody chose. */
export async function newJobFile(folder: vscode.Uri | undefined, operation: string | undefined): Promise<vscode.Uri | undefined> {
  const definition = operation === undefined ? await chooseOperation() : operations.find(({ name }) => name === operation);
  if (definition === undefined) return undefined;
  const place = folder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = await freeName(place);
  const uri = (place === undefined ? vscode.Uri.from({ scheme: 'untitled', path: name }) : vscode.Uri.joinPath(place, name)).with(
    {
      scheme: 'untitled',
    },
  );
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uri, new vscode.Position(0, 0), formatJobFile(jobTemplate(definition)));
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document);
  return uri;
}

async function chooseOperation(): Promise<(typeof operations)[number] | undefined> {
  const items = operations.map((definition) => ({
    label: definition.label,
    description: definition.name,
    detail: definition.doc,
    definition,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('New Job File'),
    placeHolder: vscode.l10n.t('What is done to each object?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.definition;
}

/** `job.s3job.json`, or the first of `job-2`, `job-3`, … that is free. */
async function freeName(folder: vscode.Uri | undefined): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = `job${number === 1 ? '' : `-${number}`}${jobFileSuffix}`;
    const isOpen = vscode.workspace.textDocuments.some(({ uri }) => uri.path.split('/').at(-1) === name);
    if (!isOpen && (folder === undefined || !(await exists(vscode.Uri.joinPath(folder, name))))) return name;
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return false;
    throw error;
  }
}
