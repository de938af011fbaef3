/**
 * A small judge of identity policies for tests, written apart from the product: one concrete call against the JSON of policies, by
 * regular expressions. Conditions count as met when the call carries the values that they ask for.
 */
export interface Call {
  readonly action: string;
  readonly resource: string;
  /** Condition keys and their values at this call. */
  readonly context?: Readonly<Record<string, string>>;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface JudgedPolicy {
  readonly Statement: readonly unknown[];
}

export function isAllowed(call: Call, policy: JudgedPolicy): boolean {
  const about = policy.Statement.map((statement) => statement as Statement).filter((statement) => isAbout(statement, call));
  return about.some((statement) => statement.Effect === 'Allow') && !about.some((statement) => statement.Effect === 'Deny');
}

function isAbout(statement: Statement, call: Call): boolean {
  const anyOf = (patterns: string | readonly string[], text: string, flags: string): boolean =>
    [patterns].flat().some((pattern) => toExpression(pattern, flags).test(text));
  const tests = Object.values(statement.Condition ?? {}).flatMap((entry) => Object.entries(entry));
  return (
    anyOf(statement.Action, call.action, 'i') &&
    anyOf(statement.Resource, call.resource, '') &&
    tests.every(([key, value]) => call.context?.[key] === value)
  );
}

function toExpression(pattern: string, flags: string): RegExp {
  const source = pattern.replaceAll(/\$\{([*?$])\}|[*?]|[.+^${}()|[\]\\]/g, (part, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`;
    if (part === '*') return '[^]*';
    return part === '?' ? '[^]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`, flags);
}
