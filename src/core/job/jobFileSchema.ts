import { findOperation } from '../operations/catalogue.js';
import { operationFacts } from '../operations/operationFacts.js';
import {
  integerLimits,
  type ListShape,
  type MapShape,
  type Shape,
  type StringShape,
  type StructureShape,
} from '../operations/shape.js';
import { jobFileShape } from './jobFileShape.js';
import { operationTemplate } from './jobTemplate.js';

/** A JSON schema, draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The schema of job files, made from the catalogue.
 *
 * `strict` is for any validator: what it accepts, our own check of the shapes accepts, and the other way round. `editor` is for VS Code's
 * JSON language features: the same structure with documentation, enum values and ready-made values, but it forbids nothing, because our
 * diagnostics say the same with a better sentence, a fix and the rules between members: nobody wants each mistake underlined twice.
 */
export function jobFileSchema(purpose: 'strict' | 'editor'): JsonSchema {
  const make = purpose === 'strict' ? strictSchema : (shape: Shape): JsonSchema => editorSchema(shape, undefined, []);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Job file of S3 Batch Operations',
    ...(purpose === 'editor' ? { allowComments: true } : {}),
    ...make(jobFileShape),
  };
}

function strictSchema(shape: Shape): JsonSchema {
  const doc = shape.doc === undefined ? {} : { description: shape.doc };
  switch (shape.type) {
    case 'string':
      return { type: 'string', ...doc, ...textLimits(shape) };
    case 'integer': {
      const { min, max } = integerLimits(shape);
      return { type: 'integer', ...doc, minimum: min, maximum: max };
    }
    case 'boolean':
      return { type: 'boolean', ...doc };
    case 'timestamp':
      return { type: 'string', ...doc, pattern: '^\\d{4}-\\d\\d-\\d\\d([T ]|$)' };
    case 'list':
      return { type: 'array', ...doc, ...given({ minItems: shape.min, maxItems: shape.max }), items: strictSchema(shape.item) };
    case 'map':
      return {
        type: 'object',
        ...doc,
        ...given({ minProperties: shape.min, maxProperties: shape.max }),
        propertyNames: textLimits(shape.key),
        additionalProperties: strictSchema(shape.value),
      };
    case 'structure':
      return {
        type: 'object',
        ...doc,
        properties: mapMembers(shape, strictSchema),
        ...given({ required: shape.required }),
        ...(shape.isUnion === true ? { minProperties: 1, maxProperties: 1 } : {}),
        additionalProperties: false,
      };
  }
}

function textLimits(shape: StringShape): JsonSchema {
  if (shape.enum !== undefined) return { enum: shape.enum };
  return given({
    minLength: shape.min,
    maxLength: shape.max,
    pattern: shape.pattern === undefined ? undefined : `^(?:${shape.pattern})$`,
  });
}

function editorSchema(shape: Shape, owner: string | undefined, path: readonly string[]): JsonSchema {
  const source = shape.docUrl ?? owner;
  const common = { markdownDescription: hover(shape, source, path) };
  const inner = (name: string, member: Shape): JsonSchema => editorSchema(member, source, [...path, name]);
  switch (shape.type) {
    case 'string':
      return shape.enum === undefined
        ? { ...common, ...suggestions(shape) }
        : // The second alternative lets every other value pass; the first gives completion and the documentation of each value.
          { ...common, anyOf: [{ enum: shape.enum, markdownEnumDescriptions: enumDocs(shape, shape.enum) }, {}] };
    case 'integer':
      return common;
    case 'boolean':
      return { ...common, defaultSnippets: [true, false].map((body) => ({ label: String(body), body })) };
    case 'timestamp':
      return { ...common, defaultSnippets: [{ label: '2030-01-31T00:00:00Z', body: '${1:2030-01-31T00:00:00Z}' }] };
    case 'list':
      return { ...common, items: inner('0', shape.item), defaultSnippets: [{ label: '[ … ]', body: [startOf(shape.item)] }] };
    case 'map':
      return { ...common, defaultSnippets: [{ label: '{ … }', body: { '${1:name}': '${2:value}' } }] };
    case 'structure':
      return {
        ...common,
        properties: mapMembers(shape, (member, name) => inner(name, member)),
        defaultSnippets: structureSnippets(shape, path),
      };
  }
}

function mapMembers(shape: StructureShape, make: (member: Shape, name: string) => JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, make(member, name)]));
}

/** Beginnings and whole values of text that the model leaves open. */
function suggestions(shape: StringShape): JsonSchema {
  if (shape.suggested !== undefined) return { defaultSnippets: shape.suggested.map((body) => ({ label: `"${body}"`, body })) };
  const isBucket = shape.expected?.startsWith('a bucket ARN') === true;
  return isBucket ? { defaultSnippets: [{ label: '"arn:aws:s3:::…"', body: 'arn:aws:s3:::$1' }] } : {};
}

/** Ready-made values of a structure: each operation with what it needs, else the members that must be there. */
function structureSnippets(shape: StructureShape, path: readonly string[]): readonly JsonSchema[] {
  const [first, name, ...deeper] = path;
  if (first === 'Operation' && name === undefined) {
    return Object.keys(shape.members).map((operation) => {
      const definition = findOperation(operation);
      const parameters = definition === undefined ? {} : operationTemplate(definition);
      return {
        label: operation,
        description: definition?.doc ?? '',
        body: { [operation]: asSnippet(parameters) },
      };
    });
  }
  const definition = first === 'Operation' && deeper.length === 0 ? findOperation(name ?? '') : undefined;
  const body = definition === undefined ? startOf(shape) : operationTemplate(definition);
  return [{ label: '{ … }', body: asSnippet(body) }];
}

/** The least value of a shape: members that must be there, the first value of an enum. */
function startOf(shape: Shape): unknown {
  switch (shape.type) {
    case 'string':
      return shape.enum?.[0] ?? /\barn:\S+/.exec(shape.expected ?? '')?.[0] ?? '';
    case 'integer':
      return shape.min ?? 0;
    case 'boolean':
      return true;
    case 'timestamp':
      return '2030-01-31T00:00:00Z';
    case 'list':
      return [startOf(shape.item)];
    case 'map':
      return {};
    case 'structure': {
      const names = shape.isUnion === true ? Object.keys(shape.members).slice(0, 1) : (shape.required ?? []);
      return Object.fromEntries(
        names.flatMap((name) => {
          const member = shape.members[name];
          return member === undefined ? [] : [[name, startOf(member)]];
        }),
      );
    }
  }
}

/** In the body of a snippet `$` and `}` mean something. */
function asSnippet(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/[\\$}]/g, String.raw`\$&`);
  if (Array.isArray(value)) return value.map(asSnippet);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asSnippet(member)]));
}

/** What a member is, its limits, what leaving it out means, and the AWS page that says so. */
function hover(shape: Shape, source: string | undefined, path: readonly string[]): string {
  const [first, name, ...deeper] = path;
  const definition = first === 'Operation' && deeper.length === 0 ? findOperation(name ?? '') : undefined;
  const paragraphs = [
    definition === undefined ? (shape.doc ?? '') : `**${definition.label}** ${definition.doc}`,
    ...(definition === undefined
      ? []
      : [
          operationFacts(definition)
            .map((fact) => `- ${fact}`)
            .join('\n'),
        ]),
    limitsText(shape) ?? '',
    shape.whenOmitted === undefined ? '' : `Left out: ${shape.whenOmitted}.`,
    source === undefined ? '' : `[AWS documentation: ${/([A-Za-z0-9_-]+)\.html/.exec(source)?.[1] ?? source}](${source})`,
  ];
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}

/** The limits of a value in a sentence, such as "1 to 256 characters."; undefined when there are none to tell. */
export function limitsText(shape: Shape): string | undefined {
  switch (shape.type) {
    case 'string':
      if (shape.enum !== undefined) return `One of ${shape.enum.map((value) => `\`${value}\``).join(', ')}.`;
      return sentence([rangeText(shape, 'character'), shape.expected === undefined ? undefined : `must be ${shape.expected}`]);
    case 'integer':
      return sentence([rangeText(shape, '')]);
    case 'list':
    case 'map':
      return sentence([rangeText(shape, shape.type === 'list' ? 'item' : 'entry'), entryText(shape)]);
    case 'timestamp':
      return 'A date, or a date and time: `2030-01-31` or `2030-01-31T08:00:00Z`.';
    case 'boolean':
    case 'structure':
      return undefined;
  }
}

function entryText(shape: ListShape | MapShape): string | undefined {
  if (shape.type === 'list') return undefined;
  return sentence([
    `names ${rangeText(shape.key, 'character') ?? 'of any length'}, values ${rangeText(shape.value, 'character') ?? 'of any length'}`,
  ])
    ?.toLowerCase()
    .replace(/\.$/, '');
}

function rangeText({ min, max }: { readonly min?: number; readonly max?: number }, unit: string): string | undefined {
  const number = (value: number): string => value.toLocaleString('en');
  const units = unit === '' ? '' : ` ${unit === 'entry' ? 'entries' : `${unit}s`}`;
  if (max !== undefined)
    return min === undefined || min === 0 ? `at most ${number(max)}${units}` : `${number(min)} to ${number(max)}${units}`;
  return min === undefined ? undefined : `at least ${number(min)}${units}`;
}

function sentence(parts: readonly (string | undefined)[]): string | undefined {
  const said = parts.filter((part) => part !== undefined && part !== '').join('; ');
  return said === '' ? undefined : `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
}

function enumDocs(shape: StringShape, known: readonly string[]): readonly string[] {
  return known.map((value) => shape.enumDocs?.[value] ?? '');
}

/** Only the members that are given. */
function given(members: Readonly<Record<string, unknown>>): JsonSchema {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
