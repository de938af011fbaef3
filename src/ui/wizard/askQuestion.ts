import * as vscode from 'vscode';
import { cancelledError, errorMessage } from '../../base/errors.js';
import { type AnswerProblem, type Answers, checkAnswer, type PickOption, type Question } from '../../core/wizard/form.js';
import { isRecord } from '../../core/operations/validateShape.js';

export interface AskOptions {
  readonly title: string;
  /** 1-based. */
  readonly step: number;
  readonly total: number;
  readonly canGoBack: boolean;
  readonly answers: Answers;
  /** The answer it had, or its default. */
  readonly offered: unknown;
  /** The options that only the target or the editor knows; rejects when they can't be had. */
  readonly load?: () => Promise<readonly PickOption[]>;
  /** Texts that the typed one may go on with, such as the objects of a bucket; one that ends with a slash goes on itself. */
  readonly complete?: (text: string) => Promise<readonly string[]>;
}

export type Asked =
  | { readonly kind: 'answer'; readonly value: unknown }
  /** `draft` is what stood there, if it was an answer already. */
  | { readonly kind: 'back'; readonly draft: unknown };

/** Shows one question and resolves with what was done. Leaving it rejects with the cancellation error. */
export async function askQuestion(question: Question, options: AskOptions): Promise<Asked> {
  switch (question.kind) {
    case 'input':
      return await askInput(question, options);
    case 'pick':
    case 'review':
      return await askPick(question, options);
    case 'several':
      return await askSeveral(question, options);
    case 'map':
      return await askEntries(question, options, mapEntries);
    case 'list':
      return await askEntries(question, options, listEntries);
  }
}

async function askInput(question: Extract<Question, { kind: 'input' }>, options: AskOptions): Promise<Asked> {
  const input = vscode.window.createInputBox();
  dress(input, question, options);
  if (question.prompt !== undefined) input.prompt = question.prompt;
  input.value = question.format(options.offered);
  const check = (): AnswerProblem | undefined => checkAnswer(question, question.parse(input.value), options.answers);
  const showProblem = (): void => {
    const problem = check();
    input.validationMessage = problem === undefined ? undefined : validationMessage(problem);
  };
  return await show(input, options, {
    listen: [input.onDidChangeValue(showProblem)],
    draft: () => question.parse(input.value),
    accept: () => {
      showProblem();
      return check()?.severity === 'error' ? undefined : { value: question.parse(input.value) };
    },
  });
}

function validationMessage({ message, severity }: AnswerProblem): vscode.InputBoxValidationMessage {
  const { Error: error, Warning: warning } = vscode.InputBoxValidationSeverity;
  return { message, severity: severity === 'error' ? error : warning };
}

/** An item that can be chosen; without `answer` it only says something. */
interface AnswerItem extends vscode.QuickPickItem {
  readonly answer?: { readonly value: unknown };
}

async function askPick(question: Extract<Question, { kind: 'pick' | 'review' }>, options: AskOptions): Promise<Asked> {
  const picker = vscode.window.createQuickPick<AnswerItem>();
  dress(picker, question, options);
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  const parse = question.kind === 'pick' ? question.parse : undefined;
  let choices = withOffered(question, options);
  let trouble: string | undefined;

  // VS Code tells items by their place in the list, and an Enter may be on its way while the list changes. So nothing ever comes before
  // an item that is there already, and what was typed comes last.
  const update = (): void => {
    const items: AnswerItem[] = choices.map(itemOf);
    const typed = picker.value.trim();
    if (parse !== undefined && typed !== '' && exactChoice(choices, typed) === undefined) {
      items.push(typedItem(question, typed, parse(typed), options.answers));
    }
    if (trouble !== undefined) items.push({ label: `$(warning) ${trouble}`, alwaysShow: true });
    picker.items = items;
  };
  const activate = (): void => {
    const active = picker.items.find((item) => item.answer !== undefined && isSame(item.answer.value, options.offered));
    if (active !== undefined && picker.value === '') picker.activeItems = [active];
  };
  let isLeft = false;
  const load = async (source: () => Promise<readonly PickOption[]>): Promise<void> => {
    picker.busy = true;
    try {
      const loaded = await source();
      choices = [...choices, ...loaded.filter((option) => !choices.some((choice) => isSame(choice.value, option.value)))];
    } catch (error) {
      // Typing is always possible, so a list that can't be had is worth a line and no more.
      trouble = errorMessage(error);
    }
    if (isLeft) return;
    picker.busy = false;
    update();
    activate();
  };

  const own = [...choices];
  let completed = '';
  // The list of a folder is read once, when its slash was typed or chosen.
  const completeTyped = async (): Promise<void> => {
    const folder = /^s3:\/\/(?:.*\/)?/i.exec(picker.value.trim())?.[0] ?? '';
    if (options.complete === undefined || folder === completed) return;
    completed = folder;
    if (folder === '') {
      choices = own;
      return;
    }
    picker.busy = true;
    try {
      const texts = await options.complete(folder);
      if (isLeft || folder !== completed) return;
      choices = texts.map((text) => ({
        label: text.endsWith('/') ? `$(folder) ${text}` : `$(file) ${text}`,
        value: text.endsWith('/') ? new Continued(text) : (parse?.(text) ?? text),
      }));
      trouble = undefined;
    } catch (error) {
      trouble = errorMessage(error);
    }
    if (isLeft || folder !== completed) return;
    picker.busy = false;
    update();
  };

  update();
  activate();
  if (options.load !== undefined) void load(options.load);
  try {
    return await show(picker, options, {
      listen: [
        picker.onDidChangeValue(() => {
          update();
          void completeTyped();
        }),
      ],
      draft: () => undefined,
      accept: () => {
        const answer = acceptedAnswer(picker.value.trim(), picker.selectedItems[0], choices, parse);
        if (answer === undefined) return undefined;
        if (answer.value instanceof Continued) {
          picker.value = answer.value.text;
          void completeTyped();
          return undefined;
        }
        const problem = checkAnswer(question, answer.value, options.answers);
        if (problem?.severity !== 'error') return answer;
        trouble = problem.message;
        update();
        return undefined;
      },
    });
  } finally {
    isLeft = true;
  }
}

/** A choice that is not the answer yet: the text goes on from it. */
class Continued {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Any number of options. Enter takes those that are ticked. */
async function askSeveral(question: Extract<Question, { kind: 'several' }>, options: AskOptions): Promise<Asked> {
  const picker = vscode.window.createQuickPick<AnswerItem>();
  dress(picker, question, options);
  picker.canSelectMany = true;
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  if (question.prompt !== undefined) picker.placeholder = question.prompt;
  const items = question.options(options.answers).map(itemOf);
  picker.items = items;
  const offered = Array.isArray(options.offered) ? options.offered : [];
  picker.selectedItems = items.filter((item) => offered.some((value) => isSame(value, item.answer?.value)));
  const valueOf = (): unknown => {
    const chosen = items.filter((item) => picker.selectedItems.includes(item)).map((item) => item.answer?.value);
    return chosen.length === 0 && question.isOptional === true ? undefined : chosen;
  };
  return await show(picker, options, {
    listen: [],
    draft: valueOf,
    accept: () => {
      const problem = checkAnswer(question, valueOf(), options.answers);
      if (problem?.severity !== 'error') return { value: valueOf() };
      picker.placeholder = problem.message;
      return undefined;
    },
  });
}

/** The question's own options, after the answer it had when that is none of them. */
function withOffered(question: Extract<Question, { kind: 'pick' | 'review' }>, options: AskOptions): readonly PickOption[] {
  const own = question.options(options.answers);
  const { offered } = options;
  if (offered === undefined || own.some((option) => isSame(option.value, offered))) return own;
  const format = question.kind === 'pick' ? question.format : undefined;
  if (format === undefined) return own;
  return [{ label: format(offered), description: vscode.l10n.t('proposed'), value: offered }, ...own];
}

/** The option whose label is the text, icons aside. */
function exactChoice(choices: readonly PickOption[], text: string): PickOption | undefined {
  return choices.find((choice) => withoutIcons(choice.label) === text);
}

/**
 * What Enter means: the selected item if it has to do with the text, else the text. Someone who types and presses Enter at once may be
 * faster than the list, and must not get an item that they never saw.
 */
function acceptedAnswer(
  text: string,
  chosen: AnswerItem | undefined,
  choices: readonly PickOption[],
  parse: ((text: string) => unknown) | undefined,
): { readonly value: unknown } | undefined {
  const shown = [chosen?.label, chosen?.description, chosen?.detail].join('\n').toLowerCase();
  if (text === '' || parse === undefined || shown.includes(text.toLowerCase())) return chosen?.answer;
  return exactChoice(choices, text) ?? { value: parse(text) };
}

function withoutIcons(label: string): string {
  return label.replaceAll(/\$\([\w~-]+\) ?/g, '');
}

function itemOf(option: PickOption): AnswerItem {
  return {
    label: option.label,
    ...(option.description === undefined ? {} : { description: option.description }),
    ...(option.detail === undefined ? {} : { detail: option.detail }),
    answer: { value: option.value },
  };
}

/** What was typed, as the first choice; with an error it says so in place of being one. */
function typedItem(question: Question, text: string, value: unknown, answers: Answers): AnswerItem {
  const problem = checkAnswer(question, value, answers);
  if (problem?.severity === 'error') return { label: `$(error) ${problem.message}`, alwaysShow: true };
  return {
    label: text,
    description: vscode.l10n.t('as typed'),
    ...(problem === undefined ? {} : { detail: `$(warning) ${problem.message}` }),
    alwaysShow: true,
    answer: { value },
  };
}

/** How answers of several entries are taken apart, and what a typed text adds. */
interface Entries<T> {
  /** Of whatever the answer was. */
  read(value: unknown): readonly T[];
  write(entries: readonly T[]): unknown;
  label(entry: T): string;
  /** The entry that a text stands for; undefined when it stands for none. */
  parse(text: string): T | undefined;
  /** Does a new entry take the place of this one? */
  replaces(entry: T, other: T): boolean;
  readonly placeholder: string;
}

const mapEntries: Entries<readonly [name: string, value: string]> = {
  read: (value) => (isRecord(value) ? Object.entries(value).map(([name, text]) => [name, String(text)] as const) : []),
  write: (entries) => Object.fromEntries(entries),
  label: ([name, value]) => `${name} = ${value}`,
  parse: (text) => {
    const at = text.indexOf('=');
    return at <= 0 ? undefined : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  },
  replaces: ([name], [other]) => name === other,
  get placeholder() {
    return vscode.l10n.t('Type name=value and press Enter to add it');
  },
};

const listEntries: Entries<string> = {
  read: (value) => (Array.isArray(value) ? value.map(String) : []),
  write: (entries) => entries,
  label: (entry) => entry,
  parse: (text) => text,
  replaces: (entry, other) => entry === other,
  get placeholder() {
    return vscode.l10n.t('Type a text and press Enter to add it');
  },
};

interface EntryItem extends vscode.QuickPickItem {
  readonly run?: 'done' | 'add';
  readonly index?: number;
}

async function askEntries<T>(
  question: Extract<Question, { kind: 'map' | 'list' }>,
  options: AskOptions,
  kind: Entries<T>,
): Promise<Asked> {
  const picker = vscode.window.createQuickPick<EntryItem>();
  dress(picker, question, options);
  picker.placeholder = kind.placeholder;
  let entries = kind.read(options.offered);
  const remove: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Remove') };
  const valueOf = (list: readonly T[]): unknown =>
    list.length === 0 && question.isOptional === true ? undefined : kind.write(list);

  const withTyped = (): readonly T[] | undefined => {
    const entry = picker.value.trim() === '' ? undefined : kind.parse(picker.value.trim());
    return entry === undefined ? undefined : [...entries.filter((other) => !kind.replaces(entry, other)), entry];
  };
  const update = (): void => {
    const items: EntryItem[] = [];
    const typed = withTyped();
    if (typed !== undefined) {
      const problem = checkAnswer(question, valueOf(typed), options.answers);
      const entry = typed.at(-1) as T;
      items.push(
        problem?.severity === 'error'
          ? { label: `$(error) ${problem.message}`, alwaysShow: true }
          : { label: `$(add) ${vscode.l10n.t('Add {0}', kind.label(entry))}`, alwaysShow: true, run: 'add' },
      );
    } else if (picker.value.trim() === '') {
      const problem = checkAnswer(question, valueOf(entries), options.answers);
      const count = entries.length;
      const done = count === 0 ? vscode.l10n.t('Continue without') : vscode.l10n.t('Continue');
      items.push(
        problem?.severity === 'error'
          ? { label: `$(error) ${problem.message}`, alwaysShow: true }
          : { label: `$(check) ${done}`, alwaysShow: true, run: 'done' },
      );
    } else {
      items.push({ label: `$(info) ${kind.placeholder}`, alwaysShow: true });
    }
    items.push(...entries.map((entry, index) => ({ label: kind.label(entry), alwaysShow: true, buttons: [remove], index })));
    picker.items = items;
  };
  update();
  return await show(picker, options, {
    listen: [
      picker.onDidChangeValue(update),
      picker.onDidTriggerItemButton(({ item }) => {
        entries = entries.filter((_, index) => index !== item.index);
        update();
      }),
    ],
    draft: () => valueOf(entries),
    accept: () => {
      const [chosen] = picker.selectedItems;
      if (chosen?.run === 'done') return { value: valueOf(entries) };
      if (chosen?.run === 'add') {
        entries = withTyped() ?? entries;
        picker.value = '';
        update();
      } else if (chosen?.index !== undefined) {
        // Back into the box, to be changed.
        const entry = entries[chosen.index];
        if (entry !== undefined) picker.value = kind.label(entry);
        update();
      }
      return undefined;
    },
  });
}

function dress(input: vscode.QuickInput & { placeholder: string | undefined }, question: Question, options: AskOptions): void {
  input.title = `${options.title}: ${question.title}`;
  input.step = options.step;
  input.totalSteps = options.total;
  input.ignoreFocusOut = true;
  const placeholder = question.kind === 'input' ? question.placeholder : (question.placeholder ?? question.prompt);
  if (placeholder !== undefined) input.placeholder = placeholder;
}

interface Show {
  readonly listen: readonly vscode.Disposable[];
  /** What stands there, for when the person goes back; undefined when it is nothing. */
  readonly draft: () => unknown;
  /** The answer; undefined to stay. */
  readonly accept: () => { readonly value: unknown } | undefined;
}

function show<T extends vscode.QuickPickItem>(
  input: vscode.QuickPick<T> | vscode.InputBox,
  options: AskOptions,
  { listen, draft, accept }: Show,
): Promise<Asked> {
  if (options.canGoBack) input.buttons = [vscode.QuickInputButtons.Back];
  return new Promise<Asked>((resolve, reject) => {
    const listeners = [
      ...listen,
      input.onDidTriggerButton((button) => {
        if (button === vscode.QuickInputButtons.Back) leave(() => resolve({ kind: 'back', draft: draft() }));
      }),
      input.onDidAccept(() => {
        const accepted = accept();
        if (accepted !== undefined) leave(() => resolve({ kind: 'answer', value: accepted.value }));
      }),
      // Also comes of the dispose in `leave`; the promise is settled by then.
      input.onDidHide(() => leave(() => reject(cancelledError()))),
    ];
    const leave = (settle: () => void): void => {
      settle();
      for (const listener of listeners.splice(0)) listener.dispose();
      input.dispose();
    };
    input.show();
  });
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
