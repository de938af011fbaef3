import { lintManifest } from '../lintManifest.js';
import type { Problem } from '../problem.js';
import { ruleOf } from './allRules.js';
import { ruleExamples } from './examples.js';
import type { RuleId } from './rule.js';

/** The page that explains a rule, as Markdown without a heading. What it says of its example is what the linter says of it. */
export function rulePage(id: RuleId): string {
  const { description, docUrl } = ruleOf(id);
  const { wrong, right } = ruleExamples[id];
  const problem = lintManifest(wrong).problems.find(({ rule }) => rule === id);
  return [
    description,
    '',
    ...(wrong === '' ? [] : [...block(wrong), '']),
    ...(problem === undefined ? [] : told(problem)),
    'How it should be:',
    '',
    ...block(right),
    '',
    `[The page of AWS](${docUrl}) that the rule comes from.`,
    '',
  ].join('\n');
}

function told({ range, severity, message, fixes }: Problem): string[] {
  return [
    `Line ${range.line + 1}, column ${range.column + 1}, ${severity}: ${message}`,
    '',
    ...(fixes.length === 0 ? [] : [`Offered: ${fixes.map(({ title }) => `*${title}*`).join(' or ')}.`, '']),
  ];
}

const shownCharacters = 100;

function block(rows: string): string[] {
  const shown = rows
    .replace('\uFEFF', '<EF BB BF>')
    .replace('\uFFFD', '<E9>')
    .split('\n')
    .map((row) => (row.length > shownCharacters ? `${row.slice(0, 40)}… (${row.length.toLocaleString('en')} characters)` : row));
  return ['```csv', ...shown, '```'];
}
