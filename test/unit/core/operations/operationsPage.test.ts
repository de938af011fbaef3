import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { limitsText } from '../../../../src/core/job/jobFileSchema.js';
import { jobTemplate } from '../../../../src/core/job/jobTemplate.js';
import { jobFileShape } from '../../../../src/core/job/jobFileShape.js';
import { operations } from '../../../../src/core/operations/catalogue.js';
import { contradictions } from '../../../support/contradictions.js';
import type { OperationDefinition } from '../../../../src/core/operations/operation.js';
import { operationFacts } from '../../../../src/core/operations/operationFacts.js';
import type { Shape } from '../../../../src/core/operations/shape.js';

const path = join(process.cwd(), 'docs', 'operations.md');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

/** A line for each member of a shape, what is in it indented by its path. */
function memberRows(shape: Shape, prefix = ''): string[] {
  if (shape.type === 'list') return memberRows(shape.item, `${prefix}[]`);
  if (shape.type !== 'structure') return [];
  return Object.entries(shape.members).flatMap(([name, member]) => {
    const place = prefix === '' ? name : `${prefix}.${name}`;
    const needed = shape.required?.includes(name) === true ? 'yes' : '';
    const omitted = member.whenOmitted === undefined ? '' : ` Left out: ${member.whenOmitted}.`;
    const limits = limitsText(member) ?? (member.type === 'boolean' ? '`true` or `false`.' : '');
    const row = `| \`${place}\` | ${needed} | ${cell(`${member.doc ?? ''}${omitted}`)} | ${cell(limits)} |`;
    const values =
      member.type === 'string' && member.enumDocs !== undefined
        ? Object.entries(member.enumDocs).map(([value, doc]) => `| | | \`${value}\`: ${cell(doc)} | |`)
        : [];
    return [row, ...values, ...memberRows(member, place)];
  });
}

const head = ['| member | needed | what it is | limits |', '| --- | --- | --- | --- |'];

/** What each kind of permission is on. */
const labels: Readonly<Record<string, string>> = {
  objectVersions: 'objects, when rows name versions',
  generatorBuckets: 'buckets, with a manifest generator',
  destinationObjects: 'objects of the destination',
  functions: 'function',
  keys: 'KMS keys, when objects are encrypted with KMS',
  destinationKeys: 'KMS key that the parameters name',
};

function section(definition: OperationDefinition): string[] {
  const { permissions } = definition;
  const rows = memberRows(definition.parameters);
  const actions = Object.entries(permissions).map(([on, list]) => [labels[on] ?? on, list as readonly string[]] as const);
  return [
    `## ${definition.name}`,
    '',
    `**${definition.label}.** ${definition.doc} ([AWS documentation](${definition.docUrl}))`,
    '',
    ...operationFacts(definition).map((fact) => `- ${fact}`),
    '',
    ...(rows.length === 0 ? ['It has no parameters.'] : [...head, ...rows]),
    '',
    'The job role needs, beside manifest and report:',
    '',
    ...actions
      .filter(([, list]) => list.length > 0)
      .map(([what, list]) => `- ${what}: ${list.map((action) => `\`${action}\``).join(', ')}`),
    '',
    '```json',
    JSON.stringify({ Operation: jobTemplate(definition).Operation }, undefined, 2),
    '```',
    '',
  ];
}

/** The reference page, made of nothing but the catalogue. */
function page(): string {
  const { Operation: _, ...members } = jobFileShape.members;
  const anchor = (name: string): string => `[${name}](#${name.toLowerCase()})`;
  return [
    '# Operations and job files',
    '',
    'What a job can do, and every member that a job file (`*.s3job.json`) may hold: the members of CreateJob, with `ManifestFile` for a local',
    'manifest and without `AccountId` and `ClientRequestToken`, which are filled in when the job is submitted.',
    '',
    '| operation | in the console | what it does |',
    '| --- | --- | --- |',
    ...operations.map(({ name, label, doc }) => `| ${anchor(name)} | ${label} | ${cell(doc)} |`),
    '',
    '## Members of every job',
    '',
    ...head,
    ...memberRows({ ...jobFileShape, members }),
    '',
    ...operations.flatMap(section),
    "## Where AWS's documents contradict each other",
    '',
    '| subject | what is said | what this product goes by |',
    '| --- | --- | --- |',
    ...contradictions.map(
      ({ subject, statements, taken }) => `| ${cell(subject)} | ${statements.map(cell).join('<br>')} | ${cell(taken)} |`,
    ),
    '',
    '<!-- Made by test/unit/core/operations/operationsPage.test.ts. To make it anew: UPDATE_DOCS=1 npm run test:unit -- operationsPage -->',
    '',
  ].join('\n');
}

test('docs/operations.md says what the catalogue says', async () => {
  const wanted = page();
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(path, wanted);
  assert.equal(await readFile(path, 'utf8'), wanted, 'Run UPDATE_DOCS=1 npm run test:unit -- operationsPage');
  for (const { name } of operations) assert.ok(wanted.includes(`\n## ${name}\n`), name);
});
