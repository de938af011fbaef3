import { isRecord } from '../operations/validateShape.js';
import type { ForeignPolicy, ForeignStatement } from './existingRole.js';
import type { PermissionNeed } from './permissionNeed.js';
import { covers, hasVariable, matchesAction, overlaps } from './resourcePattern.js';

/** `undecidable` comes with what would have to be known. */
export interface NeedVerdict {
  readonly state: 'allowed' | 'missing' | 'undecidable';
  /** Why; undefined when it is plainly allowed. */
  readonly reason?: string;
  /** Missing because a statement denies it, whatever others allow. */
  readonly isDenied?: boolean;
}

type Grip = { readonly kind: 'all' } | { readonly kind: 'none' } | { readonly kind: 'unsure'; readonly reason: string };

/**
 * Judges one need against identity policies as IAM does: an explicit Deny wins, then any Allow, else it is refused. What depends on
 * conditions, variables or on which objects exactly is `undecidable`. Source: IAM User Guide, reference_policies_evaluation-logic.
 */
export function judgeNeed(need: PermissionNeed, policies: readonly ForeignPolicy[]): NeedVerdict {
  let isAllowed = false;
  const doubts: string[] = [];
  const denyDoubts: string[] = [];
  for (const { source, statement } of statementsOf(policies)) {
    const grip = gripOn(statement, need);
    if (grip.kind === 'none') continue;
    if (statement['Effect'] === 'Deny') {
      if (grip.kind === 'all') return { state: 'missing', reason: `${place(statement, source)} denies it.`, isDenied: true };
      denyDoubts.push(`${place(statement, source)} denies it ${grip.reason}.`);
    } else if (statement['Effect'] === 'Allow') {
      if (grip.kind === 'all') isAllowed = true;
      else doubts.push(`${place(statement, source)} allows it ${grip.reason}.`);
    }
  }
  if (isAllowed) {
    const [doubt] = denyDoubts;
    return doubt === undefined ? { state: 'allowed' } : { state: 'undecidable', reason: doubt };
  }
  const [doubt] = doubts;
  if (doubt !== undefined) return { state: 'undecidable', reason: doubt };
  return { state: 'missing', reason: 'No statement allows it.' };
}

export function* statementsOf(
  policies: readonly ForeignPolicy[],
): Generator<{ readonly source: string; readonly statement: ForeignStatement }, void, undefined> {
  for (const { source, statements } of policies) for (const statement of statements) yield { source, statement };
}

/** `Statement "Sid" of source`, for sentences. */
export function place(statement: ForeignStatement, source: string): string {
  const sid = statement['Sid'];
  return typeof sid === 'string' && sid !== '' ? `Statement ${sid} of ${source}` : `A statement of ${source}`;
}

/** Whether a statement speaks of a need: of all of it, of none of it, or of a part or under conditions. */
function gripOn(statement: ForeignStatement, need: PermissionNeed): Grip {
  const action = gripOfAction(statement, need.action);
  if (action === 'none') return { kind: 'none' };
  const resource = gripOfResource(statement, need.resource);
  if (resource.kind === 'none') return resource;
  const condition = gripOfCondition(statement['Condition'], need);
  if (condition.kind === 'none') return condition;
  return resource.kind === 'unsure' ? resource : condition;
}

function gripOfAction(statement: ForeignStatement, action: string): 'all' | 'none' {
  const not = statement['NotAction'];
  if (not !== undefined) return textsOf(not).some((pattern) => matchesAction(pattern, action)) ? 'none' : 'all';
  return textsOf(statement['Action']).some((pattern) => matchesAction(pattern, action)) ? 'all' : 'none';
}

function gripOfResource(statement: ForeignStatement, resource: string): Grip {
  const not = statement['NotResource'];
  if (not !== undefined) {
    const patterns = textsOf(not);
    if (patterns.some((pattern) => covers(pattern, resource))) return { kind: 'none' };
    const met = patterns.find((pattern) => overlaps(pattern, resource));
    return met === undefined ? { kind: 'all' } : { kind: 'unsure', reason: `for all but ${met}` };
  }
  const patterns = textsOf(statement['Resource']);
  if (patterns.some((pattern) => covers(pattern, resource))) return { kind: 'all' };
  const met = patterns.filter((pattern) => overlaps(pattern, resource));
  if (met.length === 0) return { kind: 'none' };
  const variable = met.find(hasVariable);
  return {
    kind: 'unsure',
    reason: variable === undefined ? `for a part only: ${met.join(', ')}` : `depending on a variable: ${variable}`,
  };
}

function gripOfCondition(condition: unknown, need: PermissionNeed): Grip {
  if (!isRecord(condition)) return { kind: 'all' };
  if (need.condition !== undefined && isSame(condition, need.condition)) return { kind: 'all' };
  const open: string[] = [];
  for (const [operator, tests] of Object.entries(condition)) {
    if (!isRecord(tests)) continue;
    for (const [key, value] of Object.entries(tests)) {
      const known = knownOutcome(operator, key, value);
      if (known === false) return { kind: 'none' };
      if (known === undefined) open.push(key);
    }
  }
  return open.length === 0 ? { kind: 'all' } : { kind: 'unsure', reason: `under conditions on ${open.join(', ')}` };
}

/** Conditions whose outcome is certain for whatever the service does: it always calls with TLS. */
function knownOutcome(operator: string, key: string, value: unknown): boolean | undefined {
  if (/^Bool(IfExists)?$/i.test(operator) && key.toLowerCase() === 'aws:securetransport') return textsOf(value).includes('true');
  return undefined;
}

function isSame(first: unknown, second: unknown): boolean {
  if (Array.isArray(first) && first.length === 1 && !Array.isArray(second)) return isSame(first[0], second);
  if (!isRecord(first) || !isRecord(second)) return first === second;
  const keys = Object.keys(first);
  return keys.length === Object.keys(second).length && keys.every((key) => isSame(first[key], second[key]));
}

/** One text or a list of them; numbers and booleans as text. */
export function textsOf(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.filter((item) => ['string', 'number', 'boolean'].includes(typeof item)).map(String);
}
