import * as vscode from 'vscode';
import type { RowChoice } from '../../core/job/manifestRows.js';
import { inputStep, pickStep, runSteps, type StepItem } from '../platform/steps.js';

interface Choice {
  readonly kind: 'all' | RowChoice['kind'];
  readonly count: number;
  readonly seed: number;
}

/** Asks which rows of the manifest are to run; undefined stands for all. Rejects with the cancellation error when the person leaves. */
export async function chooseRows(): Promise<RowChoice | undefined> {
  const title = vscode.l10n.t('Run Locally');
  const kinds: readonly StepItem<Choice['kind']>[] = [
    { label: vscode.l10n.t('All rows'), value: 'all' },
    { label: vscode.l10n.t('First rows…'), value: 'first' },
    {
      label: vscode.l10n.t('Sample of rows…'),
      description: vscode.l10n.t('drawn at random, from each prefix in proportion to its rows'),
      value: 'sample',
    },
  ];
  const { kind, count, seed } = await runSteps<Choice>({ kind: 'sample', count: 100, seed: 1 }, [
    async (state, place) => {
      const placeholder = vscode.l10n.t('Which rows are to run?');
      const answer = await pickStep({ title, ...place }, { placeholder, items: kinds, active: state.kind });
      return answer.kind === 'back' ? answer : { kind: 'value', value: { ...state, kind: answer.value } };
    },
    async (state, place) => {
      if (state.kind === 'all') return { kind: 'value', value: state };
      const prompt = vscode.l10n.t('How many rows?');
      return await askNumber({ title, ...place }, prompt, state.count, 1, (value) => ({ ...state, count: value }));
    },
    async (state, place) => {
      if (state.kind !== 'sample') return { kind: 'value', value: state };
      const prompt = vscode.l10n.t('Seed: the same number draws the same rows.');
      return await askNumber({ title, ...place }, prompt, state.seed, 0, (value) => ({ ...state, seed: value }));
    },
  ]);
  if (kind === 'all') return undefined;
  return kind === 'first' ? { kind, count } : { kind, count, seed };
}

async function askNumber<T>(
  place: Parameters<typeof inputStep>[0],
  prompt: string,
  value: number,
  least: number,
  build: (value: number) => T,
): Promise<{ readonly kind: 'value'; readonly value: T } | { readonly kind: 'back' }> {
  const isNumber = (text: string): boolean => /^\d{1,15}$/.test(text) && Number(text) >= least;
  const answer = await inputStep(place, {
    prompt,
    value: String(value),
    validate: (text) => (isNumber(text) ? undefined : vscode.l10n.t('A whole number, {0} or more.', least)),
  });
  return answer.kind === 'back' ? answer : { kind: 'value', value: build(Number(answer.value)) };
}
