import {
  integerLimits,
  type IntegerShape,
  type ListShape,
  type MapShape,
  type Shape,
  type StringShape,
  type StructureShape,
} from './shape.js';

export type FindingPath = readonly (string | number)[];

/** A change of a value that mends what a finding says. */
export interface FindingFix {
  /** Verb first: what the light bulb says. */
  readonly title: string;
  /** `value: undefined` removes the member. Paths are those of the whole value that was checked. */
  readonly changes: readonly { readonly path: FindingPath; readonly value: unknown }[];
}

/** One thing that is wrong (error), probably not meant (warning) or easily overlooked (information) in a request. */
export interface Finding {
  /** Where, from the root of what was checked: `['Report', 'Prefix']`. Points at the parent when a member is missing. */
  readonly path: FindingPath;
  /** Stable, kebab-case. */
  readonly code: string;
  /** A whole sentence that says what to do. */
  readonly message: string;
  readonly severity: FindingSeverity;
  /** The member that is missing, when that is what the finding says. */
  readonly member?: string;
  readonly fix?: FindingFix;
  /** Other ways to mend it, when `fix` is one of several. */
  readonly otherFixes?: readonly FindingFix[];
}

export type FindingSeverity = 'error' | 'warning' | 'information';

/** All ways to mend a finding, the preferred one first. */
export function fixesOf(finding: Finding): readonly FindingFix[] {
  return [...(finding.fix === undefined ? [] : [finding.fix]), ...(finding.otherFixes ?? [])];
}

/** `Tags[3].Key`, as messages show it. */
export function pathText(path: FindingPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** Moves findings that are relative to a member to where that member is. */
export function findingsUnder(prefix: FindingPath, findings: readonly Finding[]): Finding[] {
  const moved = (fix: FindingFix): FindingFix => ({
    ...fix,
    changes: fix.changes.map((change) => ({ ...change, path: [...prefix, ...change.path] })),
  });
  return findings.map((finding) => ({
    ...finding,
    path: [...prefix, ...finding.path],
    ...(finding.fix === undefined ? {} : { fix: moved(finding.fix) }),
    ...(finding.otherFixes === undefined ? {} : { otherFixes: finding.otherFixes.map(moved) }),
  }));
}

/** An object of JSON: not null, not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Checks a JSON value against a shape: types, required and unknown members, lengths, ranges, patterns (whole value), enums, unions.
 * Finds everything, in the order of the value's members; a value of the wrong type gets that one finding only.
 */
export function validateShape(value: unknown, shape: Shape): Finding[] {
  const findings: Finding[] = [];
  check(value, shape, [], findings);
  return findings;
}

function check(value: unknown, shape: Shape, path: FindingPath, findings: Finding[]): void {
  switch (shape.type) {
    case 'string':
      if (typeof value === 'string') checkString(value, shape, path, findings);
      else findings.push(wrongType(path, 'text', value));
      return;
    case 'integer':
      checkInteger(value, shape, path, findings);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') findings.push(wrongType(path, 'true or false', value));
      return;
    case 'timestamp':
      if (typeof value !== 'string') findings.push(wrongType(path, 'a date such as 2026-01-31T08:00:00Z', value));
      else if (!isTimestamp(value)) {
        findings.push({
          path,
          code: 'bad-timestamp',
          severity: 'error',
          message: `${name(path)} must be a date such as 2026-01-31 or 2026-01-31T08:00:00Z, but is ${quote(value)}.`,
        });
      }
      return;
    case 'list':
      if (Array.isArray(value)) checkList(value, shape, path, findings);
      else findings.push(wrongType(path, 'a list', value));
      return;
    case 'map':
      if (isRecord(value)) checkMap(value, shape, path, findings);
      else findings.push(wrongType(path, 'an object of names and text values', value));
      return;
    case 'structure':
      if (isRecord(value)) checkStructure(value, shape, path, findings);
      else findings.push(wrongType(path, 'an object', value));
      return;
  }
}

function checkString(value: string, shape: StringShape, path: FindingPath, findings: Finding[]): void {
  if (shape.enum !== undefined) {
    if (!shape.enum.includes(value)) {
      const near = nearest(value, shape.enum);
      findings.push({
        path,
        code: 'not-in-enum',
        severity: 'error',
        message: `${name(path)} must be ${oneOf(shape.enum)}, but is ${quote(value)}.`,
        ...(near === undefined ? {} : { fix: { title: `Change to ${quote(near)}`, changes: [{ path, value: near }] } }),
      });
    }
    return;
  }
  const length = codePoints(value);
  if (shape.min !== undefined && length < shape.min) {
    const message =
      length === 0
        ? `${name(path)} must not be empty. Write a value or leave it out.`
        : `${name(path)} must have at least ${count(shape.min, 'character')}, but has ${length}.`;
    findings.push({ path, code: 'too-short', severity: 'error', message });
    return;
  }
  if (shape.max !== undefined && length > shape.max) {
    findings.push({
      path,
      code: 'too-long',
      severity: 'error',
      message: `${name(path)} must have at most ${count(shape.max, 'character')}, but has ${length}.`,
    });
  }
  if (shape.pattern !== undefined && !matchesPattern(value, shape.pattern)) {
    findings.push({
      path,
      code: 'pattern',
      severity: 'error',
      message: `${name(path)} must be ${shape.expected ?? `text of the form ${shape.pattern}`}, but is ${quote(value)}.`,
    });
  }
}

function checkInteger(value: unknown, shape: IntegerShape, path: FindingPath, findings: Finding[]): void {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    findings.push(wrongType(path, 'a whole number', value));
    return;
  }
  const { min, max } = integerLimits(shape);
  if (value >= min && value <= max) return;
  const limits =
    value < min && (shape.max === undefined || shape.isLong === true)
      ? `${min} or more`
      : value > max && shape.min === undefined
        ? `${max} or less`
        : `between ${min} and ${max}`;
  findings.push({ path, code: 'out-of-range', severity: 'error', message: `${name(path)} must be ${limits}, but is ${value}.` });
}

function checkList(value: readonly unknown[], shape: ListShape, path: FindingPath, findings: Finding[]): void {
  checkCount(value.length, shape, 'item', path, findings);
  value.forEach((item, index) => check(item, shape.item, [...path, index], findings));
}

function checkMap(value: Record<string, unknown>, shape: MapShape, path: FindingPath, findings: Finding[]): void {
  const entries = Object.entries(value);
  checkCount(entries.length, shape, 'entry', path, findings);
  for (const [key, item] of entries) {
    const keyFindings = validateShape(key, shape.key);
    for (const finding of keyFindings) {
      findings.push({
        path: [...path, key],
        code: `name-${finding.code}`,
        severity: finding.severity,
        message: `A name in ${name(path)} is not possible: ${finding.message.replace(/^The value/, 'it')}`,
      });
    }
    check(item, shape.value, [...path, key], findings);
  }
}

function checkCount(
  size: number,
  limits: { readonly min?: number; readonly max?: number },
  noun: 'item' | 'entry',
  path: FindingPath,
  findings: Finding[],
): void {
  if (limits.min !== undefined && size < limits.min) {
    findings.push({
      path,
      code: 'too-few',
      severity: 'error',
      message: `${name(path)} must have at least ${count(limits.min, noun)}, but has ${size === 0 ? 'none' : size}.`,
    });
  }
  if (limits.max !== undefined && size > limits.max) {
    findings.push({
      path,
      code: 'too-many',
      severity: 'error',
      message: `${name(path)} must have at most ${count(limits.max, noun)}, but has ${size}.`,
    });
  }
}

function checkStructure(value: Record<string, unknown>, shape: StructureShape, path: FindingPath, findings: Finding[]): void {
  const known = Object.keys(shape.members);
  const present: string[] = [];
  for (const [member, item] of Object.entries(value)) {
    // A member that is set to undefined is a member that is left out.
    if (item === undefined) continue;
    const memberShape = Object.hasOwn(shape.members, member) ? shape.members[member] : undefined;
    if (memberShape !== undefined) {
      present.push(member);
      check(item, memberShape, [...path, member], findings);
      continue;
    }
    findings.push(unknownMember(member, item, known, path));
  }
  for (const member of shape.required ?? []) {
    if (!present.includes(member)) {
      findings.push({
        path,
        code: 'required',
        severity: 'error',
        member,
        message: `${path.length === 0 ? '' : `${name(path)}: `}${member} is missing. ${shape.members[member]?.doc ?? ''}`.trim(),
      });
    }
  }
  if (shape.isUnion === true && present.length !== 1) {
    findings.push({
      path,
      code: 'not-exactly-one',
      severity: 'error',
      message: `${name(path)} must have exactly one of ${known.join(', ')}, but has ${present.length === 0 ? 'none' : present.join(' and ')}.`,
    });
  }
}

function unknownMember(member: string, item: unknown, known: readonly string[], path: FindingPath): Finding {
  const near = nearest(member, known);
  const owner = path.length === 0 ? '' : ` in ${name(path)}`;
  return {
    path: [...path, member],
    code: 'unknown-member',
    severity: 'error',
    message:
      `${quote(member)} is not known${owner}. ` +
      (near === undefined
        ? known.length === 0
          ? 'Remove it: no member is allowed here.'
          : `Remove it. Possible are ${known.join(', ')}.`
        : `Did you mean ${near}?`),
    ...(near === undefined
      ? { fix: { title: `Remove ${quote(member)}`, changes: [{ path: [...path, member], value: undefined }] } }
      : {
          fix: {
            title: `Rename to ${near}`,
            changes: [
              { path: [...path, member], value: undefined },
              { path: [...path, near], value: item },
            ],
          },
        }),
  };
}

function wrongType(path: FindingPath, expected: string, value: unknown): Finding {
  return {
    path,
    code: 'wrong-type',
    severity: 'error',
    message: `${name(path)} must be ${expected}, but is ${describe(value)}.`,
  };
}

const patterns = new Map<string, RegExp>();

/** Does the whole value match? */
function matchesPattern(value: string, pattern: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    compiled = new RegExp(`^(?:${pattern})$`, 'u');
    patterns.set(pattern, compiled);
  }
  return compiled.test(value);
}

const timestampPattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

function isTimestamp(value: string): boolean {
  const match = timestampPattern.exec(value);
  if (match === null) return false;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  if (year === undefined || month === undefined || day === undefined) return false;
  // Day 0 of the next month is the last day of this one.
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return (
    month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth && (hour ?? 0) < 24 && (minute ?? 0) < 60 && (second ?? 0) < 60
  );
}

function codePoints(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

function name(path: FindingPath): string {
  return path.length === 0 ? 'The value' : pathText(path);
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? quote(values[0] ?? '') : `one of ${values.join(', ')}`;
}

function count(size: number, noun: 'character' | 'item' | 'entry'): string {
  if (size === 1) return `1 ${noun}`;
  return `${size} ${noun === 'entry' ? 'entries' : `${noun}s`}`;
}

/** The value in quotes, cut when it is long. */
function quote(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `the text ${quote(value)}`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return 'an object';
  return value === undefined ? 'missing' : typeof value;
}

/** The known word that is meant when only letter case, separators or one or two letters differ. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, '');
  const wanted = plain(word);
  const same = known.find((candidate) => plain(candidate) === wanted);
  if (same !== undefined) return same;
  if (wanted.length < 4) return undefined;
  let best: string | undefined;
  let bestDistance = wanted.length < 8 ? 2 : 3;
  for (const candidate of known) {
    const distance = editDistance(wanted, plain(candidate), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance, or `limit` when it is not below it. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const change = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return Math.min(previous[right.length] ?? limit, limit);
}
