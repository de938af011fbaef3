/**
 * Patterns of IAM: `*` is any run of characters, `?` is any one, `${*}`, `${?}` and `${$}` are those characters themselves, and
 * `${aws:username}` is something that only IAM knows. Source: IAM User Guide, reference_policies_variables.
 */
type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' | 'run' }
  | { readonly kind: 'variable'; readonly name: string };

/** Makes a text that matches only itself of a bucket or key. What a policy can't hold becomes `*`. */
export function literalPattern(text: string): string {
  return (
    text
      .replaceAll(/[*?$]/g, (character) => `\${${character}}`)
      // A policy may hold tab, line feed, carriage return and U+0020 to U+00FF only (IAM User Guide, reference_iam-quotas).
      .replaceAll(/[^\t\n\r\u0020-\u00FF]+/g, '*')
  );
}

/** More steps than this are taken for no pattern that people write. */
const maxSteps = 200_000;

/**
 * Does every text that `specific` matches match `general` too? False when variables, or the sheer number of stars, make that unknown.
 */
export function covers(general: string, specific: string): boolean {
  if (general === specific) return true;
  // Nearly all patterns are plain texts, or plain with a star at the end.
  if (!/[*?$]/.test(general)) return false;
  if (/^[^*?$]*\*$/.test(general)) return specific.startsWith(general.slice(0, -1));
  const outer = parsePattern(general);
  const inner = parsePattern(specific);
  if (outer.some(isVariable) || inner.some(isVariable)) return false;
  // Characters that no pattern names all behave alike: one of them stands for all.
  const characters = new Set(['', ...[...outer, ...inner].map((token) => (token.kind === 'text' ? token.text : ''))]);
  // Where in `specific` a text may be, and everywhere in `general` where the same text may be then.
  const start = { at: 0, places: withoutRuns([0], outer) };
  const waiting = [start];
  const seen = new Set<string>();
  for (let step = 0; step < maxSteps; step += 1) {
    const state = waiting.pop();
    if (state === undefined) return true;
    const { at, places } = state;
    const token = inner[at];
    if (token === undefined) {
      if (!places.includes(outer.length)) return false;
      continue;
    }
    const key = `${at} ${places.join(',')}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (token.kind === 'run') waiting.push({ at: at + 1, places });
    for (const character of token.kind === 'text' ? [token.text] : characters) {
      const next = places.flatMap((place) => {
        const mine = outer[place];
        if (mine?.kind === 'run') return [place];
        return mine?.kind === 'any' || (mine?.kind === 'text' && mine.text === character) ? [place + 1] : [];
      });
      waiting.push({ at: token.kind === 'run' ? at : at + 1, places: withoutRuns(next, outer) });
    }
  }
  return false;
}

/** Is there a text that both match, or may there be one, when a variable says so? */
export function overlaps(first: string, second: string): boolean {
  const left = parsePattern(first);
  const right = parsePattern(second);
  const isRun = (token: Token | undefined): boolean => token?.kind === 'run' || token?.kind === 'variable';
  // reached[j]: the rest of `left` from i on may meet the rest of `right` from j on.
  let reached = new Set<number>([0]);
  for (let i = 0; i <= left.length; i += 1) {
    const mine = left[i];
    const next = new Set<number>();
    // A run of `right` may match nothing more; a run of `left` may swallow any of `right`.
    for (let j = 0; j <= right.length; j += 1) {
      if (!reached.has(j)) continue;
      const theirs = right[j];
      if (isRun(theirs)) reached.add(j + 1);
      if (isRun(mine)) {
        next.add(j);
        if (j < right.length) reached.add(j + 1);
      } else if (mine !== undefined && theirs !== undefined) {
        if (isRun(theirs)) next.add(j);
        else if (mine.kind === 'any' || theirs.kind === 'any' || sameText(mine, theirs)) next.add(j + 1);
      }
    }
    if (i === left.length) return reached.has(right.length);
    reached = next;
  }
  return false;
}

export function hasVariable(pattern: string): boolean {
  return parsePattern(pattern).some(isVariable);
}

/** Does a pattern of an action, such as `s3:Get*`, take in this action? Letters are not told apart by case. */
export function matchesAction(pattern: string, action: string): boolean {
  return covers(pattern.toLowerCase(), action.toLowerCase());
}

/** A run may match nothing, so what follows it may come at once. Sorted, each once. */
function withoutRuns(places: readonly number[], tokens: readonly Token[]): number[] {
  const all = new Set(places);
  for (const place of all) if (tokens[place]?.kind === 'run') all.add(place + 1);
  return [...all].toSorted((left, right) => left - right);
}

function isVariable(token: Token): boolean {
  return token.kind === 'variable';
}

function sameText(first: Token, second: Token): boolean {
  return first.kind === 'text' && second.kind === 'text' && first.text === second.text;
}

function parsePattern(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (const [part] of pattern.matchAll(/\$\{[^}]*\}|[^]/gu)) {
    const name = part.length > 3 && part.startsWith('${') ? part.slice(2, -1) : undefined;
    if (name !== undefined && ['*', '?', '$'].includes(name)) tokens.push({ kind: 'text', text: name });
    else if (name !== undefined) tokens.push({ kind: 'variable', name });
    else if (part === '*') tokens.push({ kind: 'run' });
    else if (part === '?') tokens.push({ kind: 'any' });
    else tokens.push({ kind: 'text', text: part });
  }
  return tokens;
}
