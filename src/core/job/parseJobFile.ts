import {
  applyEdits,
  createScanner,
  findNodeAtLocation,
  modify,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { Range } from '../manifest/problem.js';
import { type Finding, type FindingFix, type FindingPath, isRecord, pathText } from '../operations/validateShape.js';
import { checkJobFile } from './checkJobFile.js';
import type { JobFile } from './jobFile.js';
import { TextPositions } from './textPosition.js';
import { hasErrors } from './validateRequest.js';

/** A finding with its place in the text. */
export interface JobFileFinding extends Finding {
  /** UTF-16 offsets; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly range: Range;
}

export interface ParsedJobFile {
  /** What could be read, errors or not; undefined when the text holds no JSON object. */
  readonly value: Record<string, unknown> | undefined;
  /** The job, when no finding is an error. */
  readonly job: JobFile | undefined;
  /** In the order of the text. */
  readonly findings: readonly JobFileFinding[];
  /** Where the value at a path stands, or the nearest owner of it that the text has. */
  rangeOf(path: FindingPath): Range;
}

/** Reads and checks the text of a job file. Never throws: what is wrong is in `findings`. */
export function parseJobFile(text: string): ParsedJobFile {
  const positions = new TextPositions(text);
  const errors: ParseError[] = [];
  // A byte order mark is no JSON; a space of the same length keeps the offsets.
  const json = text.replace(/^\uFEFF/, ' ');
  const root = isTooDeep(json) ? undefined : parseTree(json, errors);
  const place = (finding: Finding): JobFileFinding => {
    const [start, end] = span(root, finding);
    return { ...finding, start, end, range: positions.range(start, end) };
  };
  const syntax = (message: string, offset: number, length: number): JobFileFinding => {
    const [start, end] = [offset, offset + length];
    return { path: [], code: 'bad-json', severity: 'error', message, start, end, range: positions.range(start, end) };
  };
  const rangeOf = (path: FindingPath): Range => {
    const node = nearestNode(root, path);
    return node === undefined ? positions.range(0, 0) : positions.range(node.offset, node.offset + node.length);
  };

  const value = root === undefined ? undefined : nodeValue(root);
  const mistakes = firstOfEachLine(errors, positions).map((error) => syntax(jsonMessage(error), error.offset, error.length));
  if (root === undefined || !isRecord(value)) {
    const isAnything = root !== undefined && mistakes.length > 0;
    const notAJob = 'A job file is a JSON object: { "Operation": … }.';
    const message = isTooDeep(json) ? `${notAJob} This one is nested too deeply.` : notAJob;
    const findings = isAnything ? mistakes : [place({ path: [], code: 'not-a-job', severity: 'error', message })];
    return { value: undefined, job: undefined, findings, rangeOf };
  }

  const found = [...duplicateMembers(root, []), ...checkJobFile(value)];
  // What broken JSON lacks may stand behind the mistake.
  const rules = mistakes.length === 0 ? found : found.filter(({ path, member }) => path.length > 0 && member === undefined);
  const findings = [...mistakes, ...rules.map(place)].toSorted((left, right) => left.start - right.start);
  return { value, job: hasErrors(findings) ? undefined : (value as unknown as JobFile), findings, rangeOf };
}

/** One mistake makes the parser stumble over what follows: only the first of a line is worth reading. */
function firstOfEachLine(errors: readonly ParseError[], positions: TextPositions): readonly ParseError[] {
  const lines = new Set<number>();
  return errors.filter(({ offset, length }) => {
    const { line } = positions.range(offset, offset + length);
    return !lines.has(line) && lines.add(line);
  });
}

/** A job has less than ten levels. What has hundreds is none, and would overflow the stack of the parser. */
const maxDepth = 100;

function isTooDeep(text: string): boolean {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (;;) {
    scanner.scan();
    // The end has no length. Brackets within strings and comments are parts of their tokens.
    if (scanner.getTokenLength() === 0) return false;
    const first = text[scanner.getTokenOffset()];
    if (first === '{' || first === '[') depth += 1;
    else if (first === '}' || first === ']') depth -= 1;
    if (depth > maxDepth) return true;
  }
}

/** The value of a node. Unlike the parser's own it keeps a member `__proto__` as a plain member, so that it is seen and refused. */
function nodeValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(nodeValue);
  if (node.type !== 'object') return node.value as unknown;
  const members: [string, unknown][] = [];
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key !== undefined && value !== undefined) members.push([String(key.value), nodeValue(value)]);
  }
  return Object.fromEntries(members);
}

/** The second of two members with one name: JSON readers take the last, people read the first. */
function duplicateMembers(node: Node, path: FindingPath): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const [index, child] of (node.children ?? []).entries()) {
    if (node.type === 'array') {
      findings.push(...duplicateMembers(child, [...path, index]));
      continue;
    }
    const [key, value] = child.children ?? [];
    const name = String(key?.value);
    if (seen.has(name)) {
      findings.push({
        path: [...path, name],
        code: 'duplicate-member',
        severity: 'error',
        message: `${pathText([...path, name])} is there twice. Remove one.`,
      });
    }
    seen.add(name);
    if (value !== undefined) findings.push(...duplicateMembers(value, [...path, name]));
  }
  return findings;
}

/** Codes of findings that speak of a member's name, not of its value. */
const ofTheName = new Set(['unknown-member', 'not-stored', 'duplicate-member', 'filled-in-at-submit']);

function span(root: Node | undefined, finding: Finding): [start: number, end: number] {
  const node = nearestNode(root, finding.path);
  if (node === undefined) return [0, 0];
  const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
  const isWhole = finding.path.length === 0 || finding.code === 'required';
  if (key !== undefined && (ofTheName.has(finding.code) || finding.code.startsWith('name-') || isWhole)) {
    return [key.offset, key.offset + key.length];
  }
  // Of an object or a list, and above all of the whole file, only the bracket is marked.
  if (isWhole || ((node.type === 'object' || node.type === 'array') && key === undefined)) return [node.offset, node.offset + 1];
  if (key !== undefined && (node.type === 'object' || node.type === 'array')) return [key.offset, key.offset + key.length];
  return [node.offset, node.offset + node.length];
}

function nearestNode(root: Node | undefined, path: FindingPath): Node | undefined {
  if (root === undefined) return undefined;
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return root;
}

function jsonMessage(error: ParseError): string {
  switch (printParseErrorCode(error.error)) {
    case 'CommaExpected':
      return 'A comma is missing here.';
    case 'ColonExpected':
      return 'A colon is missing between the name and its value.';
    case 'PropertyNameExpected':
      return 'A name in double quotes is expected. Is there a comma too many before it?';
    case 'ValueExpected':
      return 'A value is missing here. Is there a comma too many?';
    case 'CloseBraceExpected':
      return 'The closing brace } is missing.';
    case 'CloseBracketExpected':
      return 'The closing bracket ] is missing.';
    case 'EndOfFileExpected':
      return 'The job ends before this. Remove what follows.';
    case 'UnexpectedEndOfString':
      return 'The closing double quote is missing.';
    case 'UnexpectedEndOfComment':
      return 'The comment never ends: */ is missing.';
    case 'InvalidEscapeCharacter':
    case 'InvalidUnicode':
      return 'This escape is not possible in JSON. A backslash itself is written twice.';
    case 'InvalidNumberFormat':
    case 'UnexpectedEndOfNumber':
      return 'This number is not possible in JSON.';
    default:
      return 'This is not possible in JSON.';
  }
}

const formatting = { insertSpaces: true, tabSize: 2 };

/** The text of a job file with a fix applied; comments and layout elsewhere stay. */
export function applyFix(text: string, fix: FindingFix): string {
  let result = text;
  for (const change of fix.changes) {
    const options = { formattingOptions: { ...formatting, eol: text.includes('\r\n') ? '\r\n' : '\n' } };
    result = applyEdits(result, modify(result, [...change.path], change.value, options));
  }
  return result;
}
