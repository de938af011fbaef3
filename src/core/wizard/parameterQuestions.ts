import { bucketArn, parseBucketArn } from '../job/arn.js';
import type { OperationDefinition } from '../operations/operation.js';
import type { Shape, StringShape, StructureShape } from '../operations/shape.js';
import { type FindingPath, isRecord } from '../operations/validateShape.js';
import type { Localizer } from '../view/localizer.js';
import type { Answers, OptionSource, PickOption, Question } from './form.js';
import { type JobDraft, readMember, writeMember } from './jobDraft.js';

/** A question together with how its answer gets into the request. */
export interface JobQuestion {
  readonly question: Question;
  /** The member that the answer is; undefined when `write` does more than set one. */
  readonly path?: FindingPath;
  readonly write: (draft: JobDraft, value: unknown) => void;
  /** The answer that a request holds; undefined when it holds none. What stands at `path` unless given. */
  readonly read?: (request: unknown) => unknown;
}

/** Members whose values the target can list. */
const sources: Readonly<Record<string, OptionSource>> = {
  FunctionArn: 'functions',
  SourceBucket: 'buckets',
  TargetResource: 'buckets',
  Bucket: 'buckets',
  SSEAwsKmsKeyId: 'keys',
  KMSKeyArn: 'keys',
  KmsKeyArn: 'keys',
  KeyId: 'keys',
};

/** So many optional members are asked for one after the other; of more, people first choose those that they want to set. */
const askedAtOnce = 3;

/**
 * The questions for an operation's parameters, derived from its shape: nested structures one member at a time, unions as a choice
 * first, lists of name and value as a map, anything else as JSON text. `showWhen` is true while the operation is chosen.
 */
export function parameterQuestions(
  operation: OperationDefinition,
  showWhen: (answers: Answers) => boolean,
  l10n: Localizer,
  partition = 'aws',
): readonly JobQuestion[] {
  const build = new ParameterQuestions({ ...operation, partition }, l10n);
  return build.ofStructure(operation.parameters, ['Operation', operation.name], showWhen);
}

/** The questions for any other structure of a request, such as a manifest generator. */
export function structureQuestions(
  shape: StructureShape,
  path: FindingPath,
  context: {
    readonly showWhen: (answers: Answers) => boolean;
    readonly l10n: Localizer;
    readonly partition: string;
    readonly defaults: Readonly<Record<string, unknown>>;
  },
): readonly JobQuestion[] {
  return new ParameterQuestions(context, context.l10n).ofStructure(shape, path, context.showWhen);
}

/** What the questions depend on beside the shape. */
interface ShapeOwner extends Partial<Pick<OperationDefinition, 'appliesWhen' | 'needed'>> {
  /** Of what is at a path of two: an operation, or a generator. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly partition: string;
}

class ParameterQuestions {
  readonly #operation: ShapeOwner;
  readonly #l10n: Localizer;

  constructor(operation: ShapeOwner, l10n: Localizer) {
    this.#operation = operation;
    this.#l10n = l10n;
  }

  ofStructure(shape: StructureShape, path: FindingPath, showWhen: (answers: Answers) => boolean): JobQuestion[] {
    if (shape.isUnion === true) return this.#ofUnion(shape, path, showWhen);
    const needed = path.length === 2 ? this.#operation.needed : undefined;
    const isRequired = (name: string): boolean => shape.required?.includes(name) === true || needed?.includes(name) === true;
    // Members without an effect are not worth a question.
    const members = Object.entries(shape.members).filter(([, { doc }]) => doc?.startsWith('Deprecated') !== true);
    const optional = members.filter(([name]) => !isRequired(name));
    const isChosenFirst =
      optional.length > askedAtOnce ||
      optional.some(([, member]) => member.type === 'structure' && Object.keys(member.members).length === 0);
    const choice = isChosenFirst ? this.#membersToSet(path, optional, showWhen) : undefined;
    const ask = ([name, member]: readonly [string, Shape]): JobQuestion[] => {
      const applies = this.#whenItApplies(path, name, showWhen);
      if (isRequired(name) || choice === undefined)
        return this.#ofMember(name, member, [...path, name], !isRequired(name), applies);
      const isChosen = (answers: Answers): boolean => {
        const chosen = answers[choice.question.id];
        return applies(answers) && Array.isArray(chosen) && chosen.includes(name);
      };
      // What somebody chose to set has to be set.
      return this.#ofMember(name, member, [...path, name], false, isChosen);
    };
    if (choice === undefined) return members.flatMap(ask);
    return [...members.filter(([name]) => isRequired(name)).flatMap(ask), choice, ...optional.flatMap(ask)];
  }

  /** The choice of the optional members that are asked for. */
  #membersToSet(
    path: FindingPath,
    optional: readonly (readonly [string, Shape])[],
    showWhen: (answers: Answers) => boolean,
  ): JobQuestion {
    const name = String(path.at(-1));
    return {
      question: {
        kind: 'several',
        id: `${path.join('.')}.$members`,
        title: this.#l10n.t('Options of {0}', name),
        prompt: this.#l10n.t('Choose what to set; the rest is left out.'),
        isOptional: true,
        showWhen,
        ...this.#default(path, (value) =>
          isRecord(value) ? optional.map(([member]) => member).filter((member) => member in value) : [],
        ),
        options: (answers) =>
          optional
            .filter(([member]) => this.#whenItApplies(path, member, () => true)(answers))
            .map(([member, { doc, whenOmitted }]) => ({
              label: member,
              ...(whenOmitted === undefined ? {} : { description: this.#l10n.t('Left out: {0}', whenOmitted) }),
              ...(doc === undefined ? {} : { detail: doc }),
              value: member,
            })),
      },
      // A structure that has nothing to set is there all the same.
      write: (draft, value) => {
        for (const [member, shape] of optional) {
          if (shape.type !== 'structure' || !Array.isArray(value) || !value.includes(member)) continue;
          writeMember(draft, [...path, member], {});
        }
      },
      read: (request) => {
        const owner = readMember(request, path);
        if (!isRecord(owner)) return undefined;
        const chosen = optional.map(([member]) => member).filter((member) => owner[member] !== undefined);
        return chosen.length === 0 ? undefined : chosen;
      },
    };
  }

  #ofUnion(shape: StructureShape, path: FindingPath, showWhen: (answers: Answers) => boolean): JobQuestion[] {
    const id = path.join('.');
    const name = String(path.at(-1));
    const choice: JobQuestion = {
      question: {
        kind: 'pick',
        id,
        title: name,
        ...(shape.doc === undefined ? {} : { prompt: shape.doc }),
        showWhen,
        options: () => Object.entries(shape.members).map(([member, memberShape]) => choiceOf(member, memberShape.doc)),
      },
      write: (draft, value) => writeMember(draft, [...path, String(value)], {}),
      read: (request) => {
        const union = readMember(request, path);
        return isRecord(union) ? Object.keys(shape.members).find((member) => union[member] !== undefined) : undefined;
      },
    };
    const members = Object.entries(shape.members).flatMap(([member, memberShape]) => {
      const isChosen = (answers: Answers): boolean => showWhen(answers) && answers[id] === member;
      return this.#ofMember(member, memberShape, [...path, member], false, isChosen);
    });
    return [choice, ...members];
  }

  #ofMember(
    name: string,
    shape: Shape,
    path: FindingPath,
    isOptional: boolean,
    showWhen: (answers: Answers) => boolean,
  ): JobQuestion[] {
    if (shape.type === 'structure') return this.ofStructure(shape, path, showWhen);
    const base = {
      id: path.join('.'),
      title: name,
      ...(shape.doc === undefined ? {} : { prompt: shape.doc }),
      ...(shape.whenOmitted === undefined ? {} : { placeholder: this.#l10n.t('Left out: {0}', shape.whenOmitted) }),
      isOptional,
      showWhen,
      ...this.#default(path),
    };
    const simple = (question: Question): JobQuestion[] => [
      { question, path, write: (draft, value) => writeMember(draft, path, value) },
    ];
    switch (shape.type) {
      case 'string':
        return simple(this.#ofString(name, shape, base, isOptional));
      case 'boolean': {
        const choices: PickOption[] = [
          { label: this.#l10n.t('Yes'), value: true },
          { label: this.#l10n.t('No'), value: false },
        ];
        return simple({ ...base, kind: 'pick', options: () => this.#withNone(choices, shape, isOptional) });
      }
      case 'integer':
        return simple({ ...base, kind: 'input', parse: parseInteger, format: formatText });
      case 'timestamp':
        return simple({ ...base, kind: 'input', placeholder: '2026-01-31T08:00:00Z', parse: parseText, format: formatText });
      case 'map':
        return simple({ ...base, kind: 'map' });
      case 'list':
        if (shape.item.type === 'string') {
          const { enum: values, enumDocs } = shape.item;
          if (values === undefined) return simple({ ...base, kind: 'list' });
          return simple({ ...base, kind: 'several', options: () => values.map((value) => choiceOf(value, enumDocs?.[value])) });
        }
        if (isKeyValue(shape.item)) return [tagQuestion({ ...base, kind: 'map' }, path)];
        return simple({
          ...base,
          kind: 'input',
          placeholder: `JSON: ${JSON.stringify([exampleOf(shape.item)])}`,
          parse: parseJson,
          format: formatJson,
        });
    }
  }

  #ofString(
    name: string,
    shape: StringShape,
    base: Omit<Extract<Question, { kind: 'input' }>, 'kind' | 'parse' | 'format'>,
    isOptional: boolean,
  ): Question {
    const source = sources[name];
    if (source === 'buckets')
      return { ...base, kind: 'pick', source, options: () => [], ...bucketText(this.#operation.partition) };
    if (source !== undefined) {
      return { ...base, kind: 'pick', source, options: () => [], parse: parseText, format: formatText };
    }
    const values = shape.enum ?? shape.suggested;
    if (values === undefined) return { ...base, kind: 'input', parse: parseText, format: formatText };
    const choices = values.map((value) => choiceOf(value, shape.enumDocs?.[value]));
    const typing = shape.enum === undefined ? { parse: parseText, format: formatText } : {};
    return { ...base, kind: 'pick', options: () => this.#withNone(choices, shape, isOptional), ...typing };
  }

  /** A choice that may be left out can be un-chosen again. */
  #withNone(choices: readonly PickOption[], shape: Shape, isOptional: boolean): readonly PickOption[] {
    if (!isOptional) return choices;
    const none: PickOption = {
      label: this.#l10n.t('Leave out'),
      ...(shape.whenOmitted === undefined ? {} : { description: shape.whenOmitted }),
      value: undefined,
    };
    return [...choices, none];
  }

  #default(path: FindingPath, answerOf: (value: unknown) => unknown = (value) => value): { defaultValue?: () => unknown } {
    const value = readMember(this.#operation.defaults, path.slice(2));
    return value === undefined ? {} : { defaultValue: () => answerOf(value) };
  }

  /** A member is asked for as long as the catalogue says that it means something beside the answers so far. */
  #whenItApplies(path: FindingPath, name: string, showWhen: (answers: Answers) => boolean): (answers: Answers) => boolean {
    const applies = path.length === 2 ? this.#operation.appliesWhen?.[name] : undefined;
    if (applies === undefined) return showWhen;
    const prefix = `${path.join('.')}.`;
    return (answers) => {
      if (!showWhen(answers)) return false;
      const parameters: Record<string, unknown> = { ...this.#operation.defaults };
      for (const [id, value] of Object.entries(answers)) {
        if (id.startsWith(prefix) && value !== undefined) parameters[id.slice(prefix.length)] = value;
      }
      return applies(parameters);
    };
  }
}

/** Names and values, as the service's list of tags. */
export function tagQuestion(question: Question, path: FindingPath): JobQuestion {
  return {
    question,
    path,
    write: (draft, value) => writeMember(draft, path, toTags(value)),
    read: (request) => {
      const tags = readMember(request, path);
      if (!Array.isArray(tags)) return undefined;
      return Object.fromEntries(tags.filter(isRecord).map(({ Key, Value }) => [String(Key), String(Value)]));
    },
  };
}

/** The ARN of a bucket, typed and shown as its name. */
export function bucketText(partition: string): { parse: (text: string) => unknown; format: (value: unknown) => string } {
  return {
    parse: (text) => {
      const name = text.trim().replace(/^s3:\/\/([^/]+)\/?$/i, '$1');
      return /^[a-z0-9][a-z0-9.-]*$/.test(name) ? bucketArn(name, partition) : parseText(text);
    },
    format: (value) => (typeof value === 'string' ? (parseBucketArn(value)?.bucket ?? value) : ''),
  };
}

/** What a value of the shape looks like, for a placeholder. */
function exampleOf(shape: Shape): unknown {
  switch (shape.type) {
    case 'string':
      return shape.enum?.[0] ?? '…';
    case 'integer':
      return shape.min ?? 1;
    case 'boolean':
      return true;
    case 'timestamp':
      return '2026-01-31T08:00:00Z';
    case 'map':
      return {};
    case 'list':
      return [exampleOf(shape.item)];
    case 'structure': {
      const members = Object.entries(shape.members);
      const shown = shape.isUnion === true ? members.slice(0, 1) : members;
      return Object.fromEntries(shown.map(([name, member]) => [name, exampleOf(member)]));
    }
  }
}

function choiceOf(value: string, doc: string | undefined): PickOption {
  return doc === undefined ? { label: value, value } : { label: value, detail: doc, value };
}

/** Empty text is no answer. */
export function parseText(text: string): unknown {
  const trimmed = text.trim();
  return trimmed === '' ? undefined : trimmed;
}

export function formatText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Text that is no whole number stays text, so that the shape says what is wrong. */
export function parseInteger(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  return /^[+-]?\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The shape then says what was expected in place of this text.
    return text;
  }
}

function formatJson(value: unknown): string {
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

function isKeyValue(shape: Shape): boolean {
  return shape.type === 'structure' && Object.keys(shape.members).toSorted().join() === 'Key,Value';
}

/** A map as the service's list of tags; undefined stays undefined. */
function toTags(value: unknown): readonly { Key: string; Value: string }[] | undefined {
  if (!isRecord(value)) return undefined;
  return Object.entries(value).map(([Key, Value]) => ({ Key, Value: String(Value) }));
}
