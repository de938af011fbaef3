import type { LintOptions, RuleSeverities } from '../core/manifest/lintOptions.js';
import type { RuleSeverity } from '../core/manifest/problem.js';
import { allRules } from '../core/manifest/rules/allRules.js';
import { ruleIds, type RuleId } from '../core/manifest/rules/rule.js';
import { findOperation, operations } from '../core/operations/catalogue.js';
import { listOf, parseChoice, usageError } from './commandLine.js';
import { fieldsFlag, fieldsHelp, parseFields } from './fieldsFlag.js';

/** The options that say how to judge a manifest, shared by all commands that do. */
export const lintOptionFlags = {
  ...fieldsFlag,
  operation: { type: 'string' },
  rule: { type: 'string', multiple: true },
} as const;

export const lintOptionHelp = [
  fieldsHelp('the manifest'),
  "  --operation NAME       the job's operation, such as S3PutObjectCopy: some allow one bucket only",
  '  --rule ID=SEVERITY     set a rule to off, information, warning or error; may be repeated',
];

const severities: readonly RuleSeverity[] = ['off', 'information', 'warning', 'error'];

export function parseLintOptions(values: {
  fields?: string | undefined;
  operation?: string | undefined;
  rule?: readonly string[] | undefined;
}): LintOptions {
  return {
    fields: parseFields(values.fields),
    isOneBucketOnly: values.operation === undefined ? undefined : isOneBucketOnly(values.operation),
    severities: values.rule === undefined ? undefined : parseRules(values.rule),
  };
}

function isOneBucketOnly(name: string): boolean {
  const operation = findOperation(name);
  if (operation !== undefined) return operation.isOneBucketOnly;
  throw usageError(`Unknown operation '${name}'. It is one of ${listOf(operations.map((item) => item.name))}.`);
}

function parseRules(settings: readonly string[]): RuleSeverities {
  const parsed: Partial<Record<RuleId, RuleSeverity>> = {};
  for (const setting of settings) {
    const [name = '', severity] = setting.split('=', 2);
    const id = ruleIds.find((item) => item === name);
    if (severity === undefined) throw usageError(`Option '--rule' takes ID=SEVERITY, not '${setting}'.`);
    if (id === undefined) throw usageError(`Unknown rule '${name}'. The rules are ${listOf(allRules.map((rule) => rule.id))}.`);
    parsed[id] = parseChoice('--rule', severity, severities);
  }
  return parsed;
}
