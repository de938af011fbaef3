import { isRecord } from '../../operations/validateShape.js';
import { commented, commentLines, inlinePolicyName, type PolicyWriter } from './policyFormat.js';

/** Terraform, laid out as `terraform fmt` does. */
export const terraformFormat: PolicyWriter = {
  role(policies) {
    const { role, trust, permissions } = policies;
    const label = snakeCase(role.name);
    return (
      commented(commentLines(policies), '#') +
      block('aws_iam_role', label, [
        ['name', role.name],
        ...(role.path === '/' ? [] : [['path', role.path] as const]),
        ['assume_role_policy', encoded(trust)],
      ]) +
      '\n' +
      block('aws_iam_role_policy', label, [
        ['name', inlinePolicyName],
        ['role', { expression: `aws_iam_role.${label}.id` }],
        ['policy', encoded(permissions)],
      ])
    );
  },
  submitter: ({ name, policy, notes }) =>
    commented(notes, '#') +
    block('aws_iam_policy', snakeCase(name), [
      ['name', name],
      ['policy', encoded(policy)],
    ]),
};

/** Text that is HCL already. */
interface Expression {
  readonly expression: string;
}

function encoded(document: unknown): Expression {
  return { expression: `jsonencode(${hclValue(document, '  ')})` };
}

function block(type: string, label: string, attributes: readonly (readonly [string, string | Expression])[]): string {
  const written = attributes.map(
    ([name, value]) => [name, typeof value === 'string' ? hclString(value) : value.expression] as const,
  );
  return `resource "${type}" "${label}" {\n${assignments(written, '  ')}}\n`;
}

/** Lines `name = value`. Of neighbours that take one line each the equals signs stand below each other. */
function assignments(entries: readonly (readonly [name: string, value: string])[], indent: string): string {
  let text = '';
  let group: (readonly [string, string])[] = [];
  const flush = (): void => {
    const width = Math.max(...group.map(([name]) => name.length));
    for (const [name, value] of group) text += `${indent}${name.padEnd(width)} = ${value}\n`;
    group = [];
  };
  for (const entry of entries) {
    if (!entry[1].includes('\n')) {
      group.push(entry);
      continue;
    }
    flush();
    text += `${indent}${entry[0]} = ${entry[1]}\n`;
  }
  flush();
  return text;
}

function hclValue(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length <= 1 && !isRecord(value[0])) return `[${value.map((item) => hclValue(item, inner)).join('')}]`;
    return `[\n${value.map((item) => `${inner}${hclValue(item, inner)},\n`).join('')}${indent}]`;
  }
  if (isRecord(value)) {
    const entries = Object.entries(value).map(([key, member]) => [hclKey(key), hclValue(member, inner)] as const);
    return `{\n${assignments(entries, inner)}${indent}}`;
  }
  return typeof value === 'string' ? hclString(value) : JSON.stringify(value);
}

function hclKey(key: string): string {
  return /^[A-Za-z]\w*$/.test(key) ? key : hclString(key);
}

/** In a quoted HCL text `${` and `%{` begin a template; doubled, they are themselves. */
function hclString(text: string): string {
  return JSON.stringify(text)
    .replaceAll('${', () => '$${')
    .replaceAll('%{', '%%{');
}

function snakeCase(name: string): string {
  const label = name.replaceAll(/[^A-Za-z0-9_-]+/g, '_');
  return /^[A-Za-z_]/.test(label) ? label : `role_${label}`;
}
