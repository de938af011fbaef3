import type { RowChoice } from '../job/manifestRows.js';
import type { Target } from '../job/target.js';
import { formatSizeBytes, parseSizeBytes } from '../manifest/making/parseAmount.js';
import type { Localizer } from '../view/localizer.js';
import { targetText } from '../view/targetText.js';
import { type Answers, type Form, type InputQuestion, visibleQuestions } from './form.js';
import { formatText, parseInteger } from './parameterQuestions.js';

export const RehearsalQuestionId = {
  rows: 'rows',
  count: 'rows.count',
  seed: 'rows.seed',
  objects: 'objects',
  limit: 'objects.limit',
  chaos: 'chaos',
  chaosSeed: 'chaos.seed',
} as const;

/** Answer to where the objects come from when there is no target yet: whoever asks adds one and asks again. */
export const addTargetChoice = 'add';

/** How a job is tried on the local engine. */
export interface Rehearsal {
  /** Undefined: all rows. */
  readonly rows: RowChoice | undefined;
  /** Undefined: the objects are those of the local buckets. */
  readonly fetch: { readonly targetId: string; readonly limitBytes: number } | undefined;
  /** Undefined: each row runs once. */
  readonly chaosSeed: number | undefined;
}

export interface RehearsalForm extends Form {
  rehearsal(answers: Answers): Rehearsal;
}

/** As `s3batch run` has it. */
const defaultLimitBytes = 1024 ** 3;

/** Which rows run, on which objects, and whether twice. Enter all the way: a sample of 100 rows on the local buckets, once. */
export function rehearsalForm(targets: readonly Target[], l10n: Localizer): RehearsalForm {
  const id = RehearsalQuestionId;
  const sources = targets.filter(({ kind }) => kind === 'aws');
  const form: RehearsalForm = {
    title: l10n.t('Run Locally'),
    questions: [
      {
        kind: 'pick',
        id: id.rows,
        title: l10n.t('Rows'),
        prompt: l10n.t('Which rows are to run?'),
        defaultValue: () => 'sample',
        options: () => [
          { label: l10n.t('All rows'), value: 'all' },
          { label: l10n.t('First rows…'), value: 'first' },
          {
            label: l10n.t('Sample of rows…'),
            description: l10n.t('drawn at random, from each prefix in proportion to its rows'),
            value: 'sample',
          },
        ],
      },
      {
        ...wholeNumber(1, l10n),
        id: id.count,
        title: l10n.t('Number of rows'),
        prompt: l10n.t('How many rows?'),
        defaultValue: () => 100,
        showWhen: (answers) => answers[id.rows] !== 'all',
      },
      {
        ...wholeNumber(0, l10n),
        id: id.seed,
        title: l10n.t('Seed of the sample'),
        prompt: l10n.t('Seed: the same number draws the same rows.'),
        defaultValue: () => 1,
        showWhen: (answers) => answers[id.rows] === 'sample',
      },
      {
        kind: 'pick',
        id: id.objects,
        title: l10n.t('Objects'),
        prompt: l10n.t('Where do the objects of these rows come from?'),
        defaultValue: () => 'local',
        options: () => [
          { label: l10n.t('Local buckets'), description: l10n.t('as they are'), value: 'local' },
          ...sources.map((target) => ({
            label: l10n.t('Fetched from {0}', targetText(target)),
            description: l10n.t('which is only read, into the local buckets'),
            value: target.id,
          })),
          ...(sources.length > 0
            ? []
            : [
                {
                  label: l10n.t('Add AWS Target…'),
                  description: l10n.t('to fetch them from its buckets'),
                  value: addTargetChoice,
                },
              ]),
        ],
        // One that was answered another time may be gone.
        validate: (value) =>
          value === 'local' || value === addTargetChoice || sources.some((target) => target.id === value)
            ? undefined
            : { severity: 'error', message: l10n.t('There is no target {0} any more.', String(value)) },
      },
      {
        kind: 'input',
        id: id.limit,
        title: l10n.t('Limit of the fetch'),
        prompt: l10n.t('At most so many bytes, such as 64 MB. AWS charges for requests, and for data that leaves it.'),
        defaultValue: () => defaultLimitBytes,
        showWhen: (answers) => answers[id.objects] !== 'local',
        parse: (text) => parseSizeBytes(text) ?? text,
        format: (value) => (typeof value === 'number' ? formatSizeBytes(value) : formatText(value)),
        validate: (value) =>
          typeof value === 'number' && value > 0
            ? undefined
            : { severity: 'error', message: l10n.t('A number of bytes, such as 500000 or 64 MB.') },
      },
      {
        kind: 'pick',
        id: id.chaos,
        title: l10n.t('Chaos'),
        prompt: l10n.t('Is each row to run twice, so that what is not idempotent shows?'),
        defaultValue: () => false,
        options: () => [
          { label: l10n.t('Off'), description: l10n.t('each row runs once'), value: false },
          {
            label: l10n.t('On'),
            description: l10n.t('each row twice, in other orders, with throttles and lost answers'),
            value: true,
          },
        ],
      },
      {
        ...wholeNumber(0, l10n),
        id: id.chaosSeed,
        title: l10n.t('Seed of the chaos'),
        prompt: l10n.t('Seed: the same number draws the same orders and the same faults.'),
        defaultValue: () => 1,
        showWhen: (answers) => answers[id.chaos] === true,
      },
    ],
    rehearsal: (answers) => {
      const shown = visibleQuestions(form, answers);
      const number = (question: string): number | undefined =>
        shown.some((item) => item.id === question) ? Number(answers[question]) : undefined;
      const [count, seed, limitBytes] = [number(id.count), number(id.seed), number(id.limit)];
      const rows =
        count === undefined ? undefined : seed === undefined ? { kind: 'first', count } : { kind: 'sample', count, seed };
      return {
        rows: rows as RowChoice | undefined,
        fetch: limitBytes === undefined ? undefined : { targetId: String(answers[id.objects]), limitBytes },
        chaosSeed: number(id.chaosSeed),
      };
    },
  };
  return form;
}

function wholeNumber(least: number, l10n: Localizer): Pick<InputQuestion, 'kind' | 'parse' | 'format' | 'validate'> {
  return {
    kind: 'input',
    parse: parseInteger,
    format: formatText,
    validate: (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= least
        ? undefined
        : { severity: 'error', message: l10n.t('A whole number, {0} or more.', least) },
  };
}
