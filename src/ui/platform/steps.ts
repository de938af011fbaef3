import * as vscode from 'vscode';
import { cancelledError } from '../../base/errors.js';

/** What a person did at one step. Leaving the step altogether is not an answer: it rejects with the cancellation error. */
export type StepAnswer<T> = { readonly kind: 'value'; readonly value: T } | { readonly kind: 'back' };

export interface StepPlace {
  readonly title: string;
  /** 1-based. */
  readonly step: number;
  readonly totalSteps: number;
}

/** One choice of a list. */
export interface StepItem<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/**
 * Asks step after step. A step that answers `back` repeats the one before, with the state as it was left: answers are kept. The first
 * step has no Back button. Rejects with the cancellation error when the person leaves.
 */
export async function runSteps<State>(
  initial: State,
  steps: readonly ((state: State, place: Omit<StepPlace, 'title'>) => Promise<StepAnswer<State>>)[],
): Promise<State> {
  let state = initial;
  let index = 0;
  for (let current = steps[index]; current !== undefined; current = steps[index]) {
    const answer = await current(state, { step: index + 1, totalSteps: steps.length });
    if (answer.kind === 'back') {
      index = Math.max(0, index - 1);
    } else {
      state = answer.value;
      index += 1;
    }
  }
  return state;
}

/** A list with one answer; `active` is the value that is selected at first. */
export async function pickStep<T>(
  place: StepPlace,
  options: { readonly placeholder: string; readonly items: readonly StepItem<T>[]; readonly active?: T | undefined },
): Promise<StepAnswer<T>> {
  const picker = vscode.window.createQuickPick<StepItem<T>>();
  picker.placeholder = options.placeholder;
  picker.items = options.items;
  picker.matchOnDescription = true;
  const active = options.active === undefined ? undefined : options.items.find((item) => item.value === options.active);
  if (active !== undefined) picker.activeItems = [active];
  return await show(picker, place, () => {
    const [chosen] = picker.selectedItems;
    return chosen === undefined ? undefined : { value: chosen.value };
  });
}

/** A line of text; `validate` gives the sentence that says what is wrong, shown while typing. */
export async function inputStep(
  place: StepPlace,
  options: {
    readonly prompt: string;
    readonly value: string;
    readonly placeholder?: string;
    readonly validate: (text: string) => string | undefined;
  },
): Promise<StepAnswer<string>> {
  const input = vscode.window.createInputBox();
  input.prompt = options.prompt;
  input.value = options.value;
  if (options.placeholder !== undefined) input.placeholder = options.placeholder;
  const validate = (): boolean => {
    input.validationMessage = options.validate(input.value);
    return input.validationMessage === undefined;
  };
  input.onDidChangeValue(validate);
  return await show(input, place, () => (validate() ? { value: input.value } : undefined));
}

function show<T>(
  input: vscode.QuickPick<StepItem<T>> | vscode.InputBox,
  place: StepPlace,
  accept: () => { value: T } | undefined,
): Promise<StepAnswer<T>> {
  input.title = place.title;
  input.step = place.step;
  input.totalSteps = place.totalSteps;
  input.ignoreFocusOut = true;
  input.buttons = place.step > 1 ? [vscode.QuickInputButtons.Back] : [];
  return new Promise<StepAnswer<T>>((resolve, reject) => {
    input.onDidTriggerButton((button) => {
      if (button !== vscode.QuickInputButtons.Back) return;
      resolve({ kind: 'back' });
      input.dispose();
    });
    input.onDidAccept(() => {
      const accepted = accept();
      if (accepted === undefined) return;
      resolve({ kind: 'value', value: accepted.value });
      input.dispose();
    });
    // Comes after a dispose too; the promise is settled by then.
    input.onDidHide(() => {
      reject(cancelledError());
      input.dispose();
    });
    input.show();
  });
}
