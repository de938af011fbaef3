import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  createJobRequestShape,
  jobIdShape,
  maxResultsShape,
  putJobTaggingRequestShape,
  statusUpdateReasonShape,
} from '../../../../src/core/job/requestShapes.js';
import { jobDescriptorShape, jobListItemShape } from '../../../../src/core/job/responseShapes.js';
import { operations } from '../../../../src/core/operations/catalogue.js';
import type { Shape } from '../../../../src/core/operations/shape.js';

interface ModelShape {
  readonly type: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly union?: boolean;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string; readonly wireName?: string }>>;
  readonly member?: string;
  readonly memberLocationName?: string;
  readonly key?: string;
  readonly value?: string;
}

const fixture = JSON.parse(readFileSync(join(process.cwd(), 'test/fixtures/jobApiModel.json'), 'utf8')) as {
  shapes: Record<string, ModelShape>;
};

/** What our shapes leave out on purpose, by place, with the reason. */
const leftOut: Readonly<Record<string, string>> = {
  'PutJobTaggingRequest.AccountId': 'travels as a header',
  'PutJobTaggingRequest.JobId': 'travels in the path',
  'JobListDescriptor.Operation enum': 'a name that is newer than this product is still shown',
};

const used = new Set<string>();

function isLeftOut(place: string): boolean {
  if (leftOut[place] === undefined) return false;
  used.add(place);
  return true;
}

const types: Readonly<Record<string, string>> = { long: 'integer' };

/** All differences between a shape of ours and one of the model, as `place: ours instead of theirs`. */
function differences(ours: Shape | undefined, modelName: string, place: string): string[] {
  const model = fixture.shapes[modelName];
  if (model === undefined) return [`${place}: the fixture lacks ${modelName}`];
  if (ours === undefined) return isLeftOut(place) ? [] : [`${place}: missing`];
  const found: string[] = [];
  const compare = (what: string, mine: unknown, theirs: unknown): void => {
    if (JSON.stringify(mine) !== JSON.stringify(theirs) && !isLeftOut(`${place} ${what}`)) {
      found.push(`${place} ${what}: ${JSON.stringify(mine)} instead of ${JSON.stringify(theirs)}`);
    }
  };
  compare('type', ours.type, types[model.type] ?? model.type);
  const limits = ours as { min?: number; max?: number };
  // The model says 0 or nothing for "no lower limit of a length".
  compare(
    'min',
    ours.type === 'integer' ? limits.min : limits.min || undefined,
    ours.type === 'integer' ? model.min : model.min || undefined,
  );
  compare('max', limits.max, model.max);
  if (ours.type === 'integer') compare('size', ours.isLong === true ? 'long' : 'integer', model.type);
  if (ours.type === 'string') {
    compare('pattern', ours.pattern && plainPattern(ours.pattern), model.pattern && plainPattern(model.pattern));
    compare('enum', ours.enum?.toSorted(), model.enum?.toSorted());
    if (ours.pattern !== undefined) assert.doesNotThrow(() => new RegExp(ours.pattern ?? '', 'u'), place);
  }
  if (ours.type === 'structure') {
    compare('union', ours.isUnion ?? false, model.union ?? false);
    compare(
      'required',
      (ours.required ?? []).toSorted(),
      (model.required ?? []).filter((member) => !isLeftOut(`${place}.${member}`)).toSorted(),
    );
    for (const [member, { shape, wireName }] of Object.entries(model.members ?? {})) {
      found.push(...differences(ours.members[member], shape, `${place}.${member}`));
      compare(`wire name of ${member}`, ours.wireNames?.[member], wireName);
    }
    for (const member of Object.keys(ours.members)) {
      if (model.members?.[member] === undefined) found.push(`${place}.${member}: unknown to the model`);
    }
  }
  if (ours.type === 'list') {
    compare('item name', ours.itemName, model.memberLocationName);
    found.push(...differences(ours.item, model.member ?? '', `${place}[]`));
  }
  if (ours.type === 'map') {
    found.push(
      ...differences(ours.key, model.key ?? '', `${place} key`),
      ...differences(ours.value, model.value ?? '', `${place} value`),
    );
  }
  return found;
}

/** Patterns are always anchored by us, and escapes that the `u` flag refuses are written without: the same otherwise. */
function plainPattern(pattern: string): string {
  return pattern
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replaceAll('\\_', '_')
    .replaceAll('\\/', '/')
    .replaceAll('[a-zA-Z0-9-_]', '[a-zA-Z0-9_-]')
    .replaceAll('[a-zA-Z0-9\\-_]', '[a-zA-Z0-9_-]')
    .replaceAll('[a-zA-Z0-9\\-]', '[a-zA-Z0-9-]');
}

const checked: readonly (readonly [string, Shape])[] = [
  ['CreateJobRequest', createJobRequestShape],
  ['PutJobTaggingRequest', putJobTaggingRequestShape],
  ['JobDescriptor', jobDescriptorShape],
  ['JobListDescriptor', jobListItemShape],
  ['JobStatusUpdateReason', statusUpdateReasonShape],
  ['MaxResults', maxResultsShape],
  ['JobId', jobIdShape],
];

for (const [name, shape] of checked) {
  test(`${name} has every member, limit, pattern and enum of the model`, () => {
    assert.deepEqual(differences(shape, name, name), []);
  });
}

test('nothing is listed as left out that is there', () => {
  assert.deepEqual([...used].toSorted(), Object.keys(leftOut).toSorted());
});

test('both forms of manifest and the generator with every filter are walked', () => {
  const reached = new Set<string>();
  const visit = (shape: Shape): void => {
    if (shape.type === 'list') visit(shape.item);
    if (shape.type !== 'structure') return;
    for (const [member, inner] of Object.entries(shape.members)) {
      reached.add(member);
      visit(inner);
    }
  };
  visit(createJobRequestShape);
  for (const structure of ['JobManifestSpec', 'JobManifestLocation', 'S3JobManifestGenerator', 'JobManifestGeneratorFilter']) {
    const members = Object.keys(fixture.shapes[structure]?.members ?? {});
    assert.ok(members.length > 0, structure);
    assert.deepEqual(
      members.filter((member) => !reached.has(member)),
      [],
      structure,
    );
  }
  assert.equal(Object.keys(fixture.shapes['JobManifestGeneratorFilter']?.members ?? {}).length, 9);
});

test('the catalogue holds the operations of the model, no more and no fewer', () => {
  const names = operations.map((operation) => operation.name);
  assert.deepEqual(names.toSorted(), Object.keys(fixture.shapes['JobOperation']?.members ?? {}).toSorted());
  assert.equal(new Set(names).size, names.length);
});

test('the comparison finds what differs', () => {
  const lambda = operations.find((operation) => operation.name === 'LambdaInvoke');
  assert.ok(lambda);
  const { FunctionArn: _, ...members } = lambda.parameters.members;
  assert.deepEqual(
    differences({ ...lambda.parameters, members: { ...members, More: { type: 'boolean' } } }, 'LambdaInvokeOperation', 'L'),
    ['L.FunctionArn: missing', 'L.More: unknown to the model'],
  );
  assert.equal(differences({ type: 'string', min: 2, enum: ['a'] }, 'S3MetadataDirective', 'D').length, 2);
});

test('every member is documented in a sentence, and so is every operation', () => {
  const without: string[] = [];
  const visit = (shape: Shape, place: string): void => {
    if (shape.type === 'structure') {
      for (const [member, inner] of Object.entries(shape.members)) {
        if (inner.doc === undefined) without.push(`${place}.${member}`);
        visit(inner, `${place}.${member}`);
      }
    }
    if (shape.type === 'list') visit(shape.item, `${place}[]`);
  };
  visit(createJobRequestShape, 'CreateJobRequest');
  assert.deepEqual(without, []);
  for (const { name, doc, docUrl } of operations) {
    assert.match(doc, /^[A-Z].*\.$/s, name);
    assert.match(docUrl, /^https:\/\/docs\.aws\.amazon\.com\//, name);
  }
});
