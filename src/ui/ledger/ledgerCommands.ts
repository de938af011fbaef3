import * as vscode from 'vscode';
import { amountText } from '../../core/cost/costOfJob.js';
import { ledgerCsv } from '../../core/ledger/ledgerCsv.js';
import type { LedgerEntry } from '../../core/ledger/ledger.js';
import { outcomeIcon, outcomeOf } from '../../core/view/jobOutcome.js';
import { jobLabel, stateText } from '../../core/view/jobText.js';
import { type Formats, formatTime } from '../../core/view/formats.js';
import type { LedgerFile } from './ledgerFile.js';

/** Shows what is kept of a job that is searched for, also after the service has forgotten it. */
export async function searchLedger(ledger: LedgerFile): Promise<void> {
  const formats: Formats = { l10n: vscode.l10n, locale: vscode.env.language };
  const items = (await ledger.entries()).map((entry) => itemOf(entry, formats));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Jobs That Were Seen'),
    placeHolder:
      items.length === 0 ? vscode.l10n.t('No job was seen yet') : vscode.l10n.t('Search by name, ID, operation, state or target'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen === undefined) return;
  const content = `${JSON.stringify(chosen.entry, null, 2)}\n`;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language: 'json' }));
}

function itemOf(entry: LedgerEntry, formats: Formats): vscode.QuickPickItem & { readonly entry: LedgerEntry } {
  const { job } = entry;
  return {
    label: `$(${outcomeIcon(outcomeOf(job.Status, job.ProgressSummary)).id}) ${jobLabel(job)}`,
    description: stateText(job, formats),
    detail: [
      entry.targetLabel,
      entry.region,
      job.Operation,
      job.CreationTime === undefined ? undefined : formatTime(job.CreationTime, formats),
      entry.lineage,
      entry.costEstimate === undefined ? undefined : vscode.l10n.t('{0} (estimate)', amountText(entry.costEstimate)),
      entry.jobId,
    ]
      .filter((part) => part !== undefined)
      .join(' · '),
    entry,
  };
}

/** Writes everything that is kept to a file: CSV for spreadsheets, or JSON. */
export async function exportLedger(ledger: LedgerFile): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Job History'),
    filters: { CSV: ['csv'], JSON: ['json'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, 'jobs.csv') }),
  });
  if (uri === undefined) return;
  const entries = await ledger.entries();
  const text = uri.path.endsWith('.json') ? `${JSON.stringify(entries, null, 2)}\n` : ledgerCsv(entries);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  vscode.window.setStatusBarMessage(vscode.l10n.t('{0} jobs written to {1}', entries.length, uri.path), 5000);
}

export async function deleteLedger(ledger: LedgerFile): Promise<void> {
  const { length } = await ledger.entries();
  const yes: vscode.MessageItem = { title: vscode.l10n.t('Delete') };
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete what is kept of {0} jobs?', length),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Jobs that a target still lists are written down again when they are seen. The jobs themselves are not touched.',
      ),
    },
    yes,
  );
  if (answer === yes) await ledger.deleteAll();
}
