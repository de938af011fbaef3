import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatJobFile } from '../../../../src/core/job/jobFile.js';
import { parseJobFile } from '../../../../src/core/job/parseJobFile.js';
import { jobFileSchema, limitsText } from '../../../../src/core/job/jobFileSchema.js';
import { jobFileShape } from '../../../../src/core/job/jobFileShape.js';
import { jobTemplate } from '../../../../src/core/job/jobTemplate.js';
import { createJobRequestShape } from '../../../../src/core/job/requestShapes.js';
import { operations } from '../../../../src/core/operations/catalogue.js';
import type { Shape } from '../../../../src/core/operations/shape.js';
import { isRecord } from '../../../../src/core/operations/validateShape.js';

interface Visited {
  readonly place: string;
  readonly schema: Record<string, unknown>;
  readonly shape: Shape;
}

function visit(schema: unknown, shape: Shape, place = ''): Visited[] {
  assert.ok(isRecord(schema), place);
  const here = { place, schema, shape };
  if (shape.type === 'list') return [here, ...visit(schema['items'], shape.item, `${place}[]`)];
  if (shape.type !== 'structure') return [here];
  const properties = schema['properties'];
  assert.ok(isRecord(properties), place);
  assert.deepEqual(Object.keys(properties), Object.keys(shape.members), place);
  return [
    here,
    ...Object.entries(shape.members).flatMap(([name, member]) => visit(properties[name], member, `${place}.${name}`)),
  ];
}

test('the editor gets documentation with its source for every member, and every value of every enum', () => {
  const visited = visit(jobFileSchema('editor'), jobFileShape);
  assert.ok(visited.length > 100);
  for (const { place, schema, shape } of visited) {
    const text = String(schema['markdownDescription']);
    if (!place.endsWith('[]') && place !== '.ManifestFile')
      assert.match(text, /\S.*\(https:\/\/docs\.aws\.amazon\.com\/\S+\)$/s, place);
    if (shape.doc !== undefined && !place.startsWith('.Operation.')) assert.ok(text.startsWith(shape.doc), place);
    const known = shape.type === 'string' ? shape.enum : undefined;
    if (known !== undefined) assert.deepEqual((schema['anyOf'] as { enum: unknown }[])[0]?.enum, known, place);
    if (shape.type === 'string' && shape.enumDocs !== undefined) {
      const docs = (schema['anyOf'] as { markdownEnumDescriptions: string[] }[])[0]?.markdownEnumDescriptions;
      assert.equal(docs?.filter((doc) => doc !== '').length, Object.keys(shape.enumDocs).length, place);
    }
  }
});

test('the editor forbids nothing: mistakes are underlined once, by our own diagnostics', () => {
  const forbidding = ['type', 'required', 'pattern', 'minLength', 'maxItems', 'additionalProperties', 'minimum', 'enum'];
  for (const { place, schema } of visit(jobFileSchema('editor'), jobFileShape)) {
    assert.deepEqual(
      forbidding.filter((keyword) => keyword in schema),
      [],
      place,
    );
    if ('anyOf' in schema) assert.deepEqual((schema['anyOf'] as unknown[]).at(-1), {}, place);
  }
});

test('a job file has the members of CreateJob but the two of a submit, and ManifestFile', () => {
  const members = Object.keys(createJobRequestShape.members).filter(
    (name) => !['AccountId', 'ClientRequestToken'].includes(name),
  );
  assert.deepEqual(Object.keys(jobFileShape.members).toSorted(), [...members, 'ManifestFile'].toSorted());
});

test('completion offers each operation as a whole that has no error', () => {
  const operation = (
    jobFileSchema('editor')['properties'] as Record<string, { defaultSnippets: { label: string; body: object }[] }>
  )['Operation'];
  assert.deepEqual(
    operation?.defaultSnippets.map(({ label }) => label),
    operations.map(({ name }) => name),
  );
  for (const definition of operations) {
    const text = formatJobFile(jobTemplate(definition));
    const { findings, job } = parseJobFile(text);
    assert.deepEqual(
      findings.filter(({ severity }) => severity !== 'information'),
      [],
      definition.name,
    );
    const snippet: { body: object } | undefined = operation?.defaultSnippets.find(({ label }) => label === definition.name);
    assert.deepEqual(snippet?.body, job?.Operation, definition.name);
  }
});

test('limits are said in words', () => {
  assert.equal(limitsText({ type: 'string', min: 1, max: 1024 }), '1 to 1,024 characters.');
  assert.equal(limitsText({ type: 'integer', min: 0 }), 'At least 0.');
  assert.equal(limitsText({ type: 'string', enum: ['a', 'b'] }), 'One of `a`, `b`.');
  assert.equal(
    limitsText({ type: 'map', max: 10, key: { type: 'string', max: 5 }, value: { type: 'string' } }),
    'At most 10 entries; names at most 5 characters, values of any length.',
  );
  assert.equal(limitsText({ type: 'boolean' }), undefined);
});
