import * as vscode from 'vscode';
import { cancelledError, errorMessage } from '../../base/errors.js';
import { KeyFilter } from '../../core/manifest/making/keyFilter.js';
import type { ObjectFilterOptions } from '../../core/manifest/making/bucketListing.js';
import { parseMoment, parseSizeBytes } from '../../core/manifest/making/parseAmount.js';

interface Criterion {
  readonly label: string;
  readonly prompt: string;
  /** The sentence that says what is wrong with an answer. */
  validate(text: string): string | undefined;
  apply(text: string): ObjectFilterOptions;
}

/** What is listed besides a prefix. */
export interface ListingChoice {
  readonly filter: ObjectFilterOptions;
  readonly hasVersions: boolean;
}

/** Asks by what objects are chosen, and then for each of it; nothing chosen takes all of them. */
export async function askListingFilter(title: string): Promise<ListingChoice> {
  const versions = {
    label: vscode.l10n.t('All versions'),
    description: vscode.l10n.t('with a version column'),
    criterion: undefined,
  };
  const items = [versions, ...criteria().map((criterion) => ({ label: criterion.label, description: '', criterion }))];
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Which objects? Choose by what; nothing for all of them'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (chosen === undefined) throw cancelledError();
  let filter: ObjectFilterOptions = {};
  for (const { criterion } of chosen) {
    if (criterion === undefined) continue;
    const { label, prompt } = criterion;
    const validateInput = (text: string): string | undefined => criterion.validate(text);
    const answer = await vscode.window.showInputBox({ title: `${title}: ${label}`, prompt, validateInput, ignoreFocusOut: true });
    if (answer === undefined) throw cancelledError();
    filter = { ...filter, ...criterion.apply(answer) };
  }
  return { filter, hasVersions: chosen.includes(versions) };
}

function criteria(): readonly Criterion[] {
  const isGiven = (text: string): string | undefined => (text === '' ? vscode.l10n.t('Nothing is given.') : undefined);
  const isPattern = (text: string): string | undefined => {
    try {
      new KeyFilter({ globs: [text] }).fits('');
      return isGiven(text);
    } catch (error) {
      return errorMessage(error);
    }
  };
  const isSize = (text: string): string | undefined =>
    parseSizeBytes(text) === undefined ? vscode.l10n.t('A number of bytes, such as 500000 or 64 MB.') : undefined;
  const isMoment = (text: string): string | undefined =>
    parseMoment(text.trim()) === undefined ? vscode.l10n.t('A date such as 2026-01-31, or 2026-01-31T08:00:00Z.') : undefined;
  const moment = vscode.l10n.t('A date such as 2026-01-31 (UTC), or 2026-01-31T08:00:00Z');
  const size = vscode.l10n.t('Bytes, such as 500000 or 64 MB');
  return [
    {
      label: vscode.l10n.t('Suffix'),
      prompt: vscode.l10n.t('What keys end with, such as .csv'),
      validate: isGiven,
      apply: (text) => ({ suffixes: [text] }),
    },
    {
      label: vscode.l10n.t('Pattern'),
      prompt: vscode.l10n.t('What keys match, such as logs/**/*.csv or {*.jpg,*.png}'),
      validate: isPattern,
      apply: (text) => ({ globs: [text] }),
    },
    {
      label: vscode.l10n.t('Excluding pattern'),
      prompt: vscode.l10n.t('What keys must not match, such as tmp/**'),
      validate: isPattern,
      apply: (text) => ({ excludedGlobs: [text] }),
    },
    {
      label: vscode.l10n.t('At least so big'),
      prompt: size,
      validate: isSize,
      apply: (text) => ({ minSizeBytes: parseSizeBytes(text) }),
    },
    {
      label: vscode.l10n.t('At most so big'),
      prompt: size,
      validate: isSize,
      apply: (text) => ({ maxSizeBytes: parseSizeBytes(text) }),
    },
    {
      label: vscode.l10n.t('Modified at or after'),
      prompt: moment,
      validate: isMoment,
      apply: (text) => ({ modifiedFromMs: parseMoment(text.trim()) }),
    },
    {
      label: vscode.l10n.t('Modified before'),
      prompt: moment,
      validate: isMoment,
      apply: (text) => ({ modifiedBeforeMs: parseMoment(text.trim()) }),
    },
    {
      label: vscode.l10n.t('Storage class'),
      prompt: vscode.l10n.t('One or more, separated by commas, such as STANDARD_IA, GLACIER'),
      validate: isGiven,
      apply: (text) => ({ storageClasses: text.split(',').map((name) => name.trim().toUpperCase()) }),
    },
  ];
}
