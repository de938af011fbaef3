import * as vscode from 'vscode';
import { BatchError } from '../../base/errors.js';
import { amountText } from '../../core/cost/costOfJob.js';
import { ledgerCsv } from '../../core/ledger/ledgerCsv.js';
import type { LedgerEntry } from '../../core/ledger/ledger.js';
import { outcomeIcon, outcomeOf } from '../../core/view/jobOutcome.js';
import { jobLabel, stateText } from '../../core/view/jobText.js';
import { type Formats, formatTime } from '../../core/view/formats.js';
import type { Commands } from '../platform/commands.js';
import { Command } from '../platform/commandTypes.js';
import { documentName } from '../platform/documentName.js';
import type { LedgerFile } from './ledgerFile.js';

export interface LedgerContext {
  readonly ledger: LedgerFile;
  readonly commands: Commands;
  /** Whether a target is one of this window, so that its jobs can be asked for. */
  readonly hasTarget: (targetId: string) => boolean;
}

/** Searches what is kept of jobs, also after the service has forgotten them, and asks what to do with the one that is chosen. */
export async function searchLedger(context: LedgerContext): Promise<void> {
  const formats: Formats = { l10n: vscode.l10n, locale: vscode.env.language };
  const items = (await context.ledger.entries()).map((entry) => itemOf(entry, formats));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Jobs That Were Seen'),
    placeHolder:
      items.length === 0 ? vscode.l10n.t('No job was seen yet') : vscode.l10n.t('Search by name, ID, operation, state or target'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen !== undefined) await actOn(chosen.entry, context);
}

interface ActionItem extends vscode.QuickPickItem {
  readonly act: () => unknown;
}

async function actOn(entry: LedgerEntry, { ledger, commands, hasTarget }: LedgerContext): Promise<void> {
  const { targetId, jobId } = entry;
  const job = { targetId, jobId };
  const items: ActionItem[] = [
    {
      label: `$(json) ${vscode.l10n.t('Show What Is Kept')}`,
      description: vscode.l10n.t('also when the service has forgotten the job'),
      act: async () => await vscode.window.showTextDocument(ledgerUri(entry), { preview: true }),
    },
    ...(hasTarget(targetId)
      ? [
          {
            label: `$(graph-line) ${vscode.l10n.t('Show Job')}`,
            description: vscode.l10n.t('as its target has it now'),
            act: () => commands.execute(Command.jobShow, job),
          },
        ]
      : []),
    {
      label: `$(trash) ${vscode.l10n.t('Delete From History…')}`,
      description: vscode.l10n.t('the job itself is not touched'),
      act: () => deleteJob(ledger, entry),
    },
  ];
  const action = await vscode.window.showQuickPick(items, { title: jobLabel(entry.job), placeHolder: jobId });
  await action?.act();
}

async function deleteJob(ledger: LedgerFile, entry: LedgerEntry): Promise<void> {
  const yes: vscode.MessageItem = { title: vscode.l10n.t('Delete') };
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete what is kept of the job "{0}"?', jobLabel(entry.job)),
    { modal: true, detail: vscode.l10n.t('It is not written down again. The job itself is not touched.') },
    yes,
  );
  if (answer === yes) await ledger.deleteJob(entry);
}

const ledgerScheme = 's3batch-history';

function ledgerUri({ targetId, jobId, job }: LedgerEntry): vscode.Uri {
  const path = `/${documentName(jobLabel(job))}.json`;
  return vscode.Uri.from({ scheme: ledgerScheme, path, query: JSON.stringify([targetId, jobId]) });
}

/** The text of a document that shows what is kept of a job. */
export async function ledgerText(ledger: LedgerFile, uri: vscode.Uri): Promise<string> {
  const [targetId, jobId] = JSON.parse(uri.query) as [string, string];
  const entry = (await ledger.entries()).find((item) => item.targetId === targetId && item.jobId === jobId);
  if (entry === undefined) throw new BatchError('NoSuchJob', vscode.l10n.t('Nothing is kept of this job any more.'));
  return `${JSON.stringify(entry, null, 2)}\n`;
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
  const text = /\.json$/i.test(uri.path) ? `${JSON.stringify(entries, null, 2)}\n` : ledgerCsv(entries);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  vscode.window.setStatusBarMessage(vscode.l10n.t('{0} jobs written to {1}', entries.length, uri.fsPath), 5000);
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
