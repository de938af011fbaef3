import { BatchError } from './errors.js';

/** One element of a pattern: a character, one of a class, any one character, any run within a level, or any run at all. */
type Token =
  | { readonly kind: 'character'; readonly text: string }
  | { readonly kind: 'class'; readonly isNegated: boolean; readonly ranges: readonly (readonly [number, number])[] }
  | { readonly kind: 'any' }
  | { readonly kind: 'run' }
  | { readonly kind: 'deepRun' }
  /** A `**` followed by a slash: any number of whole levels, none included. */
  | { readonly kind: 'levels' };

/** More alternatives than this are a mistake. */
const maxAlternatives = 1000;

/**
 * Compiles a glob pattern for object keys and paths with `/`. `*` is any run without a slash, `**` any run, a `**` and a slash any number
 * of levels, `?` one character but a slash, `[a-z]` and `[!a-z]` one of a class, `{a,b}` either, `\` takes the next character as it is.
 * Letters are told apart by case. A pattern without a slash is matched against the last level, any other against the whole text. Throws
 * `BadPattern` for classes and braces that never close. Matching takes no more than length of text times length of pattern squared.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const alternatives = expandBraces(pattern).map(tokenise);
  const isOfLastLevel = !pattern.includes('/') && !pattern.includes('**');
  return (text) => {
    const subject = isOfLastLevel ? text.slice(text.lastIndexOf('/') + 1) : text;
    return alternatives.some((tokens) => matches(tokens, subject));
  };
}

/** True when the text means more than itself as a pattern. */
export function hasGlobMagic(text: string): boolean {
  return /[*?[{]/.test(text);
}

function matches(tokens: readonly Token[], text: string): boolean {
  let token = 0;
  let at = 0;
  // Where to go on when the run that was met last has to be longer: the shallow one within the deep one.
  let shallow: { token: number; at: number } | undefined;
  let deep: { token: number; at: number; isOfLevels: boolean } | undefined;
  for (;;) {
    const current = tokens[token];
    if (current === undefined) {
      if (at === text.length) return true;
    } else if (current.kind === 'run') {
      token += 1;
      shallow = { token, at };
      continue;
    } else if (current.kind === 'deepRun' || current.kind === 'levels') {
      token += 1;
      shallow = undefined;
      deep = { token, at, isOfLevels: current.kind === 'levels' };
      continue;
    } else {
      const length = lengthMatched(current, text, at);
      if (length > 0) {
        token += 1;
        at += length;
        continue;
      }
    }
    if (shallow !== undefined && shallow.at < text.length && text[shallow.at] !== '/') {
      shallow = { token: shallow.token, at: shallow.at + 1 };
      ({ token, at } = shallow);
      continue;
    }
    if (deep === undefined) return false;
    const from = deep.isOfLevels ? text.indexOf('/', deep.at) + 1 : deep.at + 1;
    if (from === 0 || from > text.length) return false;
    shallow = undefined;
    deep = { ...deep, at: from };
    ({ token, at } = deep);
  }
}

/** UTF-16 units that the token takes at `at`; 0 when it does not match. */
function lengthMatched(token: Token, text: string, at: number): number {
  if (token.kind === 'character') return text.startsWith(token.text, at) ? token.text.length : 0;
  const code = text.codePointAt(at);
  if (code === undefined || code === 0x2f) return 0;
  const length = code > 0xffff ? 2 : 1;
  if (token.kind !== 'class') return length;
  return token.ranges.some(([from, to]) => code >= from && code <= to) === token.isNegated ? 0 : length;
}

function tokenise(pattern: string): Token[] {
  const tokens: Token[] = [];
  const characters = Array.from(pattern);
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (character === '*') {
      const begins = index === 0 || characters[index - 1] === '/';
      let stars = 1;
      while (characters[index + 1] === '*') {
        stars += 1;
        index += 1;
      }
      if (stars === 1) tokens.push({ kind: 'run' });
      else if (begins && characters[index + 1] === '/') {
        tokens.push({ kind: 'levels' });
        index += 1;
      } else tokens.push({ kind: 'deepRun' });
    } else if (character === '?') tokens.push({ kind: 'any' });
    else if (character === '[') {
      const closing = endOfClass(characters, index);
      if (closing === undefined) throw badPattern(pattern, 'a [ never closes');
      tokens.push(readClass(characters.slice(index + 1, closing)));
      index = closing;
    } else if (character === '\\' && index + 1 < characters.length) {
      index += 1;
      tokens.push({ kind: 'character', text: characters[index] ?? '' });
    } else tokens.push({ kind: 'character', text: character });
  }
  return tokens;
}

/** A `]` right after the opening, or after its `!`, is one of the class. */
function endOfClass(characters: readonly string[], start: number): number | undefined {
  let index = start + 1;
  if (characters[index] === '!' || characters[index] === '^') index += 1;
  if (characters[index] === ']') index += 1;
  for (; index < characters.length; index += 1) {
    if (characters[index] === '\\') index += 1;
    else if (characters[index] === ']') return index;
  }
  return undefined;
}

function readClass(content: readonly string[]): Token {
  const isNegated = content[0] === '!' || content[0] === '^';
  const ranges: [number, number][] = [];
  let index = isNegated ? 1 : 0;
  const next = (): number => {
    if (content[index] === '\\' && index + 1 < content.length) index += 1;
    const code = content[index]?.codePointAt(0) ?? 0;
    index += 1;
    return code;
  };
  while (index < content.length) {
    const from = next();
    if (content[index] === '-' && index + 1 < content.length) {
      index += 1;
      ranges.push([from, next()]);
    } else ranges.push([from, from]);
  }
  return { kind: 'class', isNegated, ranges };
}

/** Every alternative of the first brace, each with those of the rest. Braces nest. */
function expandBraces(pattern: string): string[] {
  const opening = findUnescaped(pattern, '{', 0);
  if (opening < 0) return [pattern];
  let depth = 0;
  const commas = [opening];
  let closing = -1;
  for (let index = opening; index < pattern.length && closing < 0; index += 1) {
    const character = pattern[index];
    if (character === '\\') index += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) closing = index;
    } else if (character === ',' && depth === 1) commas.push(index);
  }
  if (closing < 0) throw badPattern(pattern, 'a { never closes');
  const before = pattern.slice(0, opening);
  const rests = expandBraces(pattern.slice(closing + 1));
  const expanded = commas.flatMap((comma, number) =>
    expandBraces(pattern.slice(comma + 1, commas[number + 1] ?? closing)).flatMap((middle) =>
      rests.map((rest) => before + middle + rest),
    ),
  );
  if (expanded.length > maxAlternatives) throw badPattern(pattern, 'its braces stand for more than 1,000 patterns');
  return expanded;
}

function findUnescaped(text: string, wanted: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === wanted) return index;
  }
  return -1;
}

function badPattern(pattern: string, reason: string): BatchError {
  return new BatchError('BadPattern', `The pattern '${pattern}' can't be read: ${reason}.`);
}
