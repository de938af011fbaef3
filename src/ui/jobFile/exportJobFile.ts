import * as vscode from 'vscode';
import { exportFormatNames, exportFormats, exportJob, type ExportFormatName } from '../../core/export/exportJob.js';
import { readValidJob } from './readValidJob.js';

/** Asks for a format and opens the job as code beside its file, not saved. Undefined when nobody chose, or the job has errors. */
export async function exportJobFile(file: vscode.Uri, given: ExportFormatName | undefined): Promise<vscode.Uri | undefined> {
  const job = await readValidJob(file);
  if (job === undefined) return undefined;
  const format = given ?? (await chooseFormat());
  if (format === undefined) return undefined;
  const document = await vscode.workspace.openTextDocument({
    content: exportJob(job, format),
    language: await knownLanguage(exportFormats[format].language),
  });
  await vscode.window.showTextDocument(document);
  return document.uri;
}

async function chooseFormat(): Promise<ExportFormatName | undefined> {
  const items = exportFormatNames.map((format) => ({ label: exportFormats[format].label, format }));
  const placeHolder = vscode.l10n.t('As what is the job written?');
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Export Job'), placeHolder }))?.format;
}

/** Some languages are known only with an extension of their own. */
async function knownLanguage(language: string): Promise<string> {
  return (await vscode.languages.getLanguages()).includes(language) ? language : 'plaintext';
}
