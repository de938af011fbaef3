import type { OperationDefinition } from '../operations/operation.js';
import type { Shape, StringShape, StructureShape } from '../operations/shape.js';
import { type FindingPath, isRecord } from '../operations/validateShape.js';
import type { Localizer } from '../view/localizer.js';
import type { Answers, OptionSource, PickOption, Question } from './form.js';
import { type JobDraft, writeMember } from './jobDraft.js';

/** A question together with how its answer gets into the request. */
export interface JobQuestion {
  readonly question: Question;
  /** The member that the answer is; undefined when `write` does more than set one. */
  readonly path?: FindingPath;
  readonly write: (draft: JobDraft, value: unknown) => void;
}

/** Members whose values the target can list. */
const sources: Readonly<Record<string, OptionSource>> = { FunctionArn: 'functions' };

/**
 * The questions for an operation's parameters, derived from its shape: nested structures one member at a time, unions as a choice
 * first, lists of name and value as a map, anything else as JSON text. `showWhen` is true while the operation is chosen.
 */
export function parameterQuestions(
  operation: OperationDefinition,
  showWhen: (answers: Answers) => boolean,
  l10n: Localizer,
): readonly JobQuestion[] {
  const build = new ParameterQuestions(operation, l10n);
  return build.ofStructure(operation.parameters, ['Operation', operation.name], showWhen);
}

class ParameterQuestions {
  readonly #operation: OperationDefinition;
  readonly #l10n: Localizer;

  constructor(operation: OperationDefinition, l10n: Localizer) {
    this.#operation = operation;
    this.#l10n = l10n;
  }

  ofStructure(shape: StructureShape, path: FindingPath, showWhen: (answers: Answers) => boolean): JobQuestion[] {
    if (shape.isUnion === true) return this.#ofUnion(shape, path, showWhen);
    return Object.entries(shape.members).flatMap(([name, member]) => {
      const isOptional = !(shape.required?.includes(name) ?? false);
      return this.#ofMember(name, member, [...path, name], isOptional, this.#whenItApplies(path, name, showWhen));
    });
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
        if (shape.item.type === 'string') return simple({ ...base, kind: 'list' });
        if (isKeyValue(shape.item)) {
          return [{ question: { ...base, kind: 'map' }, path, write: (draft, value) => writeMember(draft, path, toTags(value)) }];
        }
        return simple({ ...base, kind: 'input', placeholder: 'JSON', parse: parseJson, format: formatJson });
    }
  }

  #ofString(
    name: string,
    shape: StringShape,
    base: Omit<Extract<Question, { kind: 'input' }>, 'kind' | 'parse' | 'format'>,
    isOptional: boolean,
  ): Question {
    const source = sources[name];
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

  #default(path: FindingPath): { defaultValue?: () => unknown } {
    let value: unknown = this.#operation.defaults;
    for (const part of path.slice(2)) value = isRecord(value) ? value[String(part)] : undefined;
    return value === undefined ? {} : { defaultValue: () => value };
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
export function toTags(value: unknown): readonly { Key: string; Value: string }[] | undefined {
  if (!isRecord(value)) return undefined;
  return Object.entries(value).map(([Key, Value]) => ({ Key, Value: String(Value) }));
}
