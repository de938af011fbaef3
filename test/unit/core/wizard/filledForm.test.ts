import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JobFile } from '../../../../src/core/job/jobFile.js';
import { jobTemplate } from '../../../../src/core/job/jobTemplate.js';
import { manifestGeneratorShape } from '../../../../src/core/job/manifestGeneratorShape.js';
import type { Target } from '../../../../src/core/job/target.js';
import { operations } from '../../../../src/core/operations/catalogue.js';
import type { OperationDefinition } from '../../../../src/core/operations/operation.js';
import type { Shape } from '../../../../src/core/operations/shape.js';
import { untranslated } from '../../../../src/core/view/localizer.js';
import { createJobForm, JobQuestionId } from '../../../../src/core/wizard/createJobForm.js';
import { startFilled } from '../../../../src/core/wizard/form.js';
import { shapeValue } from '../../../support/shapeValue.js';

const aws: Target = { id: 'aws:prod:eu-west-1', kind: 'aws', label: 'prod', region: 'eu-west-1' };
const form = createJobForm({ target: aws, accountId: '111122223333', l10n: untranslated });

/** Without what the wizard never asks for: members without an effect. */
function asked(shape: Shape): Shape {
  if (shape.type === 'list') return { ...shape, item: asked(shape.item) };
  if (shape.type !== 'structure') return shape;
  const members = Object.entries(shape.members).filter(([, { doc }]) => doc?.startsWith('Deprecated') !== true);
  return { ...shape, members: Object.fromEntries(members.map(([name, member]) => [name, asked(member)])) };
}

const common: Omit<JobFile, 'Operation' | 'Manifest'> = {
  Report: {
    Enabled: true,
    Format: 'Report_CSV_20180820',
    Bucket: 'arn:aws:s3:::reports',
    Prefix: 'p',
    ReportScope: 'FailedTasksOnly',
  },
  RoleArn: 'arn:aws:iam::111122223333:role/batch',
  Priority: 7,
  Description: 'd',
  Tags: [{ Key: 'team', Value: 'data' }],
  ConfirmationRequired: true,
};
const csv: JobFile['Manifest'] = {
  Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
  Location: { ObjectArn: 'arn:aws:s3:::manifests/a/m.csv' },
};

function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

/** Of tags with one name the last counts, and an optional structure without any member says nothing. */
function tidy(value: unknown, shape: Shape): unknown {
  if (shape.type === 'list' && Array.isArray(value)) {
    const items = value.map((item) => tidy(item, shape.item));
    const keyed = items.map((item) => [(item as { Key?: string } | null)?.Key, item] as const);
    if (keyed.some(([key]) => key === undefined)) return items;
    // Their order means nothing.
    return [...new Map(keyed)].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)).map(([, item]) => item);
  }
  if (shape.type !== 'structure' || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, tidy(inner, shape.members[name] ?? assert.fail(name))] as const)
      .filter(([name, inner]) => {
        const member = shape.members[name];
        const saysNothing = member?.type === 'structure' && Object.keys(inner as object).length === 0;
        return !saysNothing || shape.isUnion === true || Object.keys(member.members).length === 0;
      }),
  );
}

/** Without members that mean nothing beside the others: they are not asked for. */
function applicable(value: unknown, { appliesWhen, defaults }: OperationDefinition): unknown {
  const parameters = value as Record<string, unknown>;
  const applies = (name: string): boolean => appliesWhen?.[name]?.({ ...defaults, ...parameters }) ?? true;
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => applies(name)));
}

describe('a form that is filled in from a job', () => {
  for (const operation of operations) {
    it(`makes the same job again: ${operation.name}`, () => {
      fc.assert(
        fc.property(
          shapeValue(asked(operation.parameters)).map((value) => applicable(tidy(value, operation.parameters), operation)),
          (parameters) => {
            const job = { Manifest: csv, Operation: { [operation.name]: parameters }, ...common } as JobFile;
            const made = form.job(form.answersOf(job));
            const tidied = {
              ...made,
              Operation: { [operation.name]: tidy(made.Operation[operation.name], operation.parameters) },
            };
            assert.deepEqual(normal(tidied), normal(job));
          },
        ),
        { numRuns: 60 },
      );
    });

    it(`begins with the review of a good job: ${operation.name}`, () => {
      const { ManifestFile: _, ...job } = jobTemplate(operation);
      const state = startFilled(form, form.answersOf(job));
      assert.equal(state.at, JobQuestionId.review);
      assert.ok(state.trail.length > 5);
    });
  }

  it('keeps a manifest generator with its filters', () => {
    const shape = asked(manifestGeneratorShape.members['S3JobManifestGenerator'] ?? assert.fail());
    fc.assert(
      fc.property(
        shapeValue(shape).map((value) => tidy(value, shape)),
        (generator) => {
          const job = {
            ManifestGenerator: { S3JobManifestGenerator: generator },
            Operation: { S3DeleteObjectTagging: {} },
            ...common,
          } as unknown as JobFile;
          assert.deepEqual(normal(form.job(form.answersOf(job))), normal(job));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('opens at the first answer that is wrong', () => {
    const job = { Manifest: csv, Operation: { S3PutObjectCopy: {} }, ...common } as JobFile;
    const state = startFilled(form, form.answersOf(job));
    assert.equal(state.at, 'Operation.S3PutObjectCopy.TargetResource');
  });
});
