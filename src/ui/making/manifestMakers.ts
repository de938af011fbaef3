import { basename } from 'node:path';
import * as vscode from 'vscode';
import { BatchError, cancelledError } from '../../base/errors.js';
import { hasGlobMagic } from '../../base/glob.js';
import type { KeyFilterOptions } from '../../core/manifest/making/keyFilter.js';
import { parseSizeBytes } from '../../core/manifest/making/parseAmount.js';
import type { SplitLimits } from '../../core/manifest/making/splitRows.js';
import { checkFilter } from '../../files/making/filterManifest.js';
import { findInventory } from '../../files/making/inventoryFiles.js';
import { inputStep, runSteps, type StepAnswer, type StepPlace } from '../platform/steps.js';
import type { Services } from '../platform/services.js';
import { freePath, localPath, make, showMade } from './makeFiles.js';

type Made = Promise<vscode.Uri | undefined>;

/** The rows of one manifest whose objects are in none of the others. */
export async function subtractManifests(_services: Services, files: readonly vscode.Uri[]): Made {
  const title = vscode.l10n.t('Subtract Manifests');
  const selected = files.length === 0 ? [localPath(undefined)] : files.map(localPath);
  const path =
    selected.length === 1
      ? selected[0]
      : await choosePath(title, vscode.l10n.t('Which one keeps rows? The others are taken away'), selected);
  if (path === undefined) throw cancelledError();
  const chosen = selected.filter((other) => other !== path);
  const others = chosen.length > 0 ? chosen : await openManifests(path, vscode.l10n.t('Take Away'));
  const output = await freePath(path, 'minus.csv');
  const outcome = await make(title, { kind: 'minus', path, others, output });
  return await showMade(outcome, [vscode.l10n.t('Rows taken away: {0}.', (outcome.rowsRead - outcome.rows).toLocaleString())]);
}

/** The rows of several manifests, each object once. */
export async function combineManifests(_services: Services, files: readonly vscode.Uri[]): Made {
  const selected = files.length === 0 ? [localPath(undefined)] : files.map(localPath);
  const [first = ''] = selected;
  const paths = selected.length > 1 ? selected : [...selected, ...(await openManifests(first, vscode.l10n.t('Combine')))];
  return await writeOnce(vscode.l10n.t('Combine Manifests'), paths, await freePath(first, 'combined.csv'));
}

export async function removeDuplicates(_services: Services, file: vscode.Uri | undefined): Made {
  const path = localPath(file);
  return await writeOnce(vscode.l10n.t('Remove Duplicate Rows'), [path], await freePath(path, 'unique.csv'));
}

async function writeOnce(title: string, paths: readonly string[], output: string): Made {
  const outcome = await make(title, { kind: 'union', paths, output });
  const repeated = outcome.rowsRead - outcome.rows;
  return await showMade(outcome, [vscode.l10n.t('Rows that repeated an earlier one: {0}.', repeated.toLocaleString())]);
}

/** Rows drawn at random; the same seed draws the same rows. */
export async function sampleRows(_services: Services, file: vscode.Uri | undefined): Made {
  const path = localPath(file);
  const title = vscode.l10n.t('Sample Rows');
  const start = { size: '100', seed: '1' };
  const asks =
    (member: keyof typeof start, prompt: string, least: number) =>
    async (state: typeof start, place: Omit<StepPlace, 'title'>): Promise<StepAnswer<typeof start>> => {
      const isFine = (text: string): boolean => /^\d{1,15}$/.test(text.trim()) && Number(text) >= least;
      const validate = (text: string): string | undefined =>
        isFine(text) ? undefined : vscode.l10n.t('A whole number of at least {0}.', least);
      const answer = await inputStep({ title, ...place }, { prompt, value: state[member], validate });
      return answer.kind === 'back' ? answer : { kind: 'value', value: { ...state, [member]: answer.value } };
    };
  const { size, seed } = await runSteps(start, [
    asks('size', vscode.l10n.t('How many rows to draw'), 1),
    asks('seed', vscode.l10n.t('Seed: the same number draws the same rows'), 0),
  ]);
  const output = await freePath(path, 'sample.csv');
  return await showMade(await make(title, { kind: 'sample', path, size: Number(size), seed: Number(seed), output }));
}

/** Parts of so many rows or bytes. */
export async function splitManifest(_services: Services, file: vscode.Uri | undefined): Made {
  const path = localPath(file);
  const title = vscode.l10n.t('Split Manifest');
  const answer = await ask(
    title,
    vscode.l10n.t('Rows of a part, such as 1000000, or its size, such as 64 MB'),
    '1000000',
    (text) => (limitsOf(text) === undefined ? vscode.l10n.t('A number of rows, or a number with KB, MB or GB.') : undefined),
  );
  const limits = limitsOf(answer);
  if (limits === undefined) throw cancelledError();
  const output = await freePath(path, 'part-####.csv');
  return await showMade(await make(title, { kind: 'split', path, limits, output }));
}

/** A bare number is one of rows. Undefined for what is neither. */
function limitsOf(text: string): SplitLimits | undefined {
  const number = parseSizeBytes(text);
  if (number === undefined || number === 0) return undefined;
  return /^\d+$/.test(text.trim()) ? { rows: number } : { bytes: number };
}

/** The rows whose keys begin with a prefix or match a pattern. */
export async function filterManifest(_services: Services, file: vscode.Uri | undefined): Made {
  const path = localPath(file);
  const title = vscode.l10n.t('Filter Manifest');
  const prompt = vscode.l10n.t('Keys to keep: a prefix such as logs/2026/, or a pattern such as logs/**/*.csv or {*.jpg,*.png}');
  const answer = await ask(title, prompt, '', (text) => {
    try {
      checkFilter(filterOf(text));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  });
  const output = await freePath(path, 'filtered.csv');
  const outcome = await make(title, { kind: 'filter', path, filter: filterOf(answer), output });
  return await showMade(outcome, [vscode.l10n.t('Rows left out: {0}.', (outcome.rowsRead - outcome.rows).toLocaleString())]);
}

function filterOf(text: string): KeyFilterOptions {
  if (text === '') return {};
  return hasGlobMagic(text) ? { globs: [text] } : { prefixes: [text] };
}

/** A manifest of what an S3 Inventory lists. */
export async function fromInventory(_services: Services, file: vscode.Uri | undefined): Made {
  const path = localPath(file);
  const title = vscode.l10n.t('New Manifest from S3 Inventory');
  const { columns } = await findInventory(path, undefined);
  const isCurrentOnly = columns.includes('VersionId') && columns.includes('IsLatest') ? await askVersions(title) : false;
  const output = await freePath(path, 'inventory.csv');
  const outcome = await make(title, { kind: 'inventory', path, isCurrentOnly, output });
  return await showMade(outcome, inventoryNotes(outcome.inventory));
}

/** Reads all of an inventory and says what is wrong. */
export async function checkInventory({ log }: Services, file: vscode.Uri | undefined): Promise<void> {
  const path = localPath(file);
  const outcome = await make(vscode.l10n.t('Check S3 Inventory'), { kind: 'checkInventory', path });
  const { inventory } = outcome;
  const problems = inventory !== undefined && 'problems' in inventory ? inventory.problems : [];
  const rows = outcome.rows.toLocaleString();
  if (problems.length === 0) {
    const whole = vscode.l10n.t('{0} rows, nothing wrong.', rows);
    void vscode.window.showInformationMessage([whole, ...inventoryNotes(inventory)].join(' '));
    return;
  }
  for (const problem of problems) log.warn(`${path}: ${problem}`);
  const showLog: vscode.MessageItem = { title: vscode.l10n.t('Show Log') };
  const text = vscode.l10n.t('{0} rows, {1} problems. The first: {2}', rows, problems.length, problems[0] ?? '');
  void vscode.window.showWarningMessage(text, showLog).then((chosen) => {
    if (chosen === showLog) log.show(true);
  });
}

function inventoryNotes(
  inventory: { readonly counts: { deleteMarkers: number; noncurrent: number; nullVersions: number } } | undefined,
): string[] {
  const { deleteMarkers = 0, noncurrent = 0, nullVersions = 0 } = inventory?.counts ?? {};
  return [
    ...(deleteMarkers > 0 ? [vscode.l10n.t('Delete markers left out: {0}.', deleteMarkers.toLocaleString())] : []),
    ...(noncurrent > 0 ? [vscode.l10n.t('Noncurrent versions left out: {0}.', noncurrent.toLocaleString())] : []),
    ...(nullVersions > 0 ? [vscode.l10n.t('Empty version ids written as null: {0}.', nullVersions.toLocaleString())] : []),
  ];
}

async function askVersions(title: string): Promise<boolean> {
  const items = [
    { label: vscode.l10n.t('All versions'), isCurrentOnly: false },
    { label: vscode.l10n.t('Only the current version of each key'), isCurrentOnly: true },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('The inventory lists all versions'),
  });
  if (chosen === undefined) throw cancelledError();
  return chosen.isCurrentOnly;
}

async function ask(
  title: string,
  prompt: string,
  value: string,
  validateInput: (text: string) => string | undefined,
): Promise<string> {
  const answer = await vscode.window.showInputBox({ title, prompt, value, validateInput, ignoreFocusOut: true });
  if (answer === undefined) throw cancelledError();
  return answer;
}

async function choosePath(title: string, placeHolder: string, paths: readonly string[]): Promise<string | undefined> {
  const items = paths.map((path) => ({ label: basename(path), description: vscode.workspace.asRelativePath(path), path }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.path;
}

async function openManifests(beside: string, openLabel: string): Promise<string[]> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectMany: true,
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(beside), '..'),
    openLabel,
    filters: { [vscode.l10n.t('Manifests')]: ['csv', 'gz', 'txt'] },
  });
  if (chosen === undefined || chosen.length === 0) throw cancelledError();
  const paths = chosen.map(localPath);
  if (paths.includes(beside)) {
    throw new BatchError('SameFile', vscode.l10n.t('{0} was chosen twice.', basename(beside)));
  }
  return paths;
}
