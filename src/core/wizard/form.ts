import { BatchError } from '../../base/errors.js';

/**
 * A wizard as data. A form is a list of questions in order; whether one is asked depends on the answers given so far. Answers are kept
 * when the user goes back, also those of questions that a later answer hides: they count again if the question returns.
 */
export type Answers = Readonly<Record<string, unknown>>;

/** What is wrong with an answer. A warning is shown and does not hold anybody up. */
export interface AnswerProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

export interface PickOption {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** The answer that the option stands for. */
  readonly value: unknown;
}

/** Lists that only the target or the editor knows; whoever shows the question loads them. */
export type OptionSource = 'manifests' | 'functions' | 'qualifiers' | 'buckets' | 'roles' | 'keys';

interface QuestionBase {
  /** Stable, unique in its form. */
  readonly id: string;
  /** A few words, shown as the title. */
  readonly title: string;
  /** One sentence of help. */
  readonly prompt?: string;
  readonly placeholder?: string;
  /** An empty answer (undefined) is fine. */
  readonly isOptional?: boolean;
  readonly showWhen?: (answers: Answers) => boolean;
  /** What is offered while there is no answer. */
  readonly defaultValue?: (answers: Answers) => unknown;
  /** Undefined when the answer is fine. Called with undefined for an empty answer. */
  readonly validate?: (value: unknown, answers: Answers) => AnswerProblem | undefined;
}

export interface PickQuestion extends QuestionBase {
  readonly kind: 'pick';
  readonly options: (answers: Answers) => readonly PickOption[];
  readonly source?: OptionSource;
  /** Makes an answer of typed text; without it only options can be chosen. Text that is no answer is returned as it is. */
  readonly parse?: (text: string) => unknown;
  /** The text of an answer that is no option. */
  readonly format?: (value: unknown) => string;
}

export interface InputQuestion extends QuestionBase {
  readonly kind: 'input';
  readonly parse: (text: string) => unknown;
  readonly format: (value: unknown) => string;
}

/** Texts, each an item. */
export interface ListQuestion extends QuestionBase {
  readonly kind: 'list';
}

/** Names with text values. */
export interface MapQuestion extends QuestionBase {
  readonly kind: 'map';
}

/** Any number of the options; the answer is the list of their values, in the order of the options. */
export interface SeveralQuestion extends QuestionBase {
  readonly kind: 'several';
  readonly options: (answers: Answers) => readonly PickOption[];
}

/** The last question: shows what came of the answers, and what to do with it. */
export interface ReviewQuestion extends QuestionBase {
  readonly kind: 'review';
  readonly options: (answers: Answers) => readonly PickOption[];
}

export type Question = PickQuestion | InputQuestion | ListQuestion | MapQuestion | SeveralQuestion | ReviewQuestion;

export interface Form {
  readonly title: string;
  readonly questions: readonly Question[];
}

export interface WizardState {
  readonly answers: Answers;
  /** Ids of questions that are answered from outside and not asked. */
  readonly given: ReadonlySet<string>;
  /** Id of the question that is open; undefined when all are answered. */
  readonly at: string | undefined;
  /** Ids of the questions answered on the way here, in order. */
  readonly trail: readonly string[];
}

/**
 * The first state. `given` answers are taken as they are; their questions are not asked. `remembered` answers, of an earlier time, are
 * offered in place of the defaults.
 */
export function startWizard(form: Form, given: Answers = {}, remembered: Answers = {}): WizardState {
  const answers = { ...remembered, ...given };
  const state: WizardState = { answers, given: new Set(Object.keys(given)), at: undefined, trail: [] };
  return { ...state, at: askedQuestions(form, state)[0]?.id };
}

/**
 * The state of a form that was filled in before: everything is answered, up to the first question whose answer is missing or wrong, which is
 * the open one. Without such a question it is the last, the review. All the way back can be gone.
 */
export function startFilled(form: Form, filled: Answers): WizardState {
  const answers: Record<string, unknown> = { ...filled };
  const trail: string[] = [];
  for (const question of form.questions) {
    if (!(question.showWhen?.(answers) ?? true)) continue;
    if (question.kind === 'review') return { answers, given: new Set(), at: question.id, trail };
    if (!Object.hasOwn(answers, question.id) && question.isOptional !== true) {
      const value = question.defaultValue?.(answers);
      if (value !== undefined) answers[question.id] = value;
    }
    if (checkAnswer(question, answers[question.id], answers)?.severity === 'error') {
      return { answers, given: new Set(), at: question.id, trail };
    }
    trail.push(question.id);
  }
  return { answers, given: new Set(), at: undefined, trail };
}

/** The questions that are asked as the answers stand, in order. */
function askedQuestions(form: Form, state: Pick<WizardState, 'answers' | 'given'>): readonly Question[] {
  return visibleQuestions(form, state.answers).filter((question) => !state.given.has(question.id));
}

/** The questions whose answers count, asked or given. */
export function visibleQuestions(form: Form, answers: Answers): readonly Question[] {
  return form.questions.filter((question) => question.showWhen?.(answers) ?? true);
}

export function currentQuestion(form: Form, state: WizardState): Question | undefined {
  return state.at === undefined ? undefined : form.questions.find((question) => question.id === state.at);
}

/** What the open question offers: the answer it had, else its default. */
export function offeredValue(question: Question, state: WizardState): unknown {
  return Object.hasOwn(state.answers, question.id) ? state.answers[question.id] : question.defaultValue?.(state.answers);
}

/** What is wrong with an answer to a question; undefined when it is fine. */
export function checkAnswer(question: Question, value: unknown, answers: Answers): AnswerProblem | undefined {
  const others = withoutAnswer(answers, question.id);
  if (value === undefined && question.isOptional === true) return question.validate?.(undefined, others);
  return question.validate?.(value, others);
}

/** Answers the open question and goes on to the next. Throws a BatchError `InvalidAnswer` for an answer with an error. */
export function answer(form: Form, state: WizardState, value: unknown): WizardState {
  const question = currentQuestion(form, state);
  if (question === undefined) throw new BatchError('WizardEnded', 'All questions are answered.');
  const problem = checkAnswer(question, value, state.answers);
  if (problem?.severity === 'error') throw new BatchError('InvalidAnswer', problem.message);
  const answers = { ...state.answers, [question.id]: value };
  const position = form.questions.indexOf(question);
  const asked = askedQuestions(form, { answers, given: state.given });
  const next = asked.find((candidate) => form.questions.indexOf(candidate) > position);
  return { ...state, answers, at: next?.id, trail: [...state.trail, question.id] };
}

/** Goes back to the question before, or undefined at the first. `draft` is what stands in the open question, kept as its answer. */
export function back(form: Form, state: WizardState, draft?: { readonly value: unknown }): WizardState | undefined {
  const visible = new Set(askedQuestions(form, state).map((question) => question.id));
  const trail = [...state.trail];
  let previous = trail.pop();
  while (previous !== undefined && !visible.has(previous)) previous = trail.pop();
  if (previous === undefined) return undefined;
  const answers =
    draft === undefined || draft.value === undefined || state.at === undefined
      ? state.answers
      : { ...state.answers, [state.at]: draft.value };
  return { ...state, answers, at: previous, trail };
}

export function canGoBack(form: Form, state: WizardState): boolean {
  return back(form, state) !== undefined;
}

/** Step n of m, as the answers stand: questions not reached yet count as they would be asked with their defaults. */
export function stepOf(form: Form, state: WizardState): { readonly step: number; readonly total: number } {
  const answers: Record<string, unknown> = { ...state.answers };
  const at = form.questions.findIndex((question) => question.id === state.at);
  for (const question of form.questions.slice(Math.max(at, 0))) {
    if (!(question.showWhen?.(answers) ?? true) || Object.hasOwn(answers, question.id)) continue;
    const value = question.defaultValue?.(answers);
    if (value !== undefined) answers[question.id] = value;
  }
  const asked = askedQuestions(form, { answers, given: state.given });
  const index = asked.findIndex((question) => question.id === state.at);
  return { step: index === -1 ? asked.length : index + 1, total: asked.length };
}

function withoutAnswer(answers: Answers, id: string): Answers {
  const { [id]: _, ...others } = answers;
  return others;
}
