import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { needsOfJob } from '../../../../src/core/iam/jobNeeds.js';
import type { PolicyDocument } from '../../../../src/core/iam/policyDocument.js';
import { policiesOfJob } from '../../../../src/core/iam/policyText.js';
import { statementsFor } from '../../../../src/core/iam/statements.js';
import { needsOfSubmitter } from '../../../../src/core/iam/submitterNeeds.js';
import { checkJobFile } from '../../../../src/core/job/checkJobFile.js';
import type { JobFile } from '../../../../src/core/job/jobFile.js';
import { hasErrors } from '../../../../src/core/job/validateRequest.js';
import { operations } from '../../../../src/core/operations/catalogue.js';
import { isAllowed } from '../../../support/policyEvaluator.js';
import { proofRuns } from '../../../support/proofRuns.js';
import { policyJobs } from '../../../support/policyJobs.js';
import { validRequest } from '../../../support/jobFixtures.js';

const copyJob = (parameters: Record<string, unknown>, more: Partial<JobFile> = {}): JobFile => ({
  ...validRequest,
  Operation: { S3PutObjectCopy: parameters },
  ...more,
});

/** Each statement with one action or one resource less. */
function* smaller(policy: PolicyDocument): Generator<PolicyDocument, void, undefined> {
  for (const [index, statement] of policy.Statement.entries()) {
    for (const member of ['Action', 'Resource'] as const) {
      for (const value of statement[member] ?? []) {
        const less = { ...statement, [member]: (statement[member] ?? []).filter((other) => other !== value) };
        yield { ...policy, Statement: policy.Statement.with(index, less) };
      }
    }
  }
}

describe('the policy of a job', () => {
  test('allows every call that the job makes, by a judge of its own', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(policyJobs, ({ job, facts, calls }) => {
        for (const name of Object.keys(job.Operation)) seen.add(name);
        const { permissions } = policiesOfJob(job, facts);
        for (const call of calls) assert.ok(isAllowed(call, permissions), `${call.action} on ${call.resource}`);
      }),
      { numRuns: proofRuns(400, 20_000) },
    );
    assert.equal(seen.size, operations.length);
  });

  test('is minimal: without any one action or resource a call is refused', () => {
    fc.assert(
      fc.property(policyJobs, ({ job, facts, calls }) => {
        const { permissions } = policiesOfJob(job, facts);
        for (const less of smaller(permissions)) {
          assert.ok(
            calls.some((call) => !isAllowed(call, less)),
            `nothing breaks without a part of ${JSON.stringify(permissions)}\n${JSON.stringify(less)}`,
          );
        }
      }),
      { numRuns: proofRuns(60, 5000) },
    );
  });

  test('never has a star in an action, nor a bare star as resource', () => {
    fc.assert(
      fc.property(policyJobs, ({ job, facts }) => {
        const { permissions, trust, resourcePolicies } = policiesOfJob(job, facts);
        for (const { Action, Resource } of [...permissions.Statement, ...trust.Statement]) {
          assert.ok(
            Action.every((action) => /^[a-z0-9]+:[A-Za-z]+$/.test(action)),
            Action.join(),
          );
          assert.ok(
            (Resource ?? []).every((resource) => /^arn:aws:[a-z0-9]+:[^*]*:[^*]*:[^*]/.test(resource)),
            Resource?.join(),
          );
        }
        const sids = permissions.Statement.map((statement) => statement.Sid);
        assert.equal(new Set(sids).size, sids.length);
        assert.deepEqual(resourcePolicies, []);
      }),
      { numRuns: proofRuns(200, 20_000) },
    );
  });

  test('the jobs of these properties are jobs', () => {
    fc.assert(
      fc.property(policyJobs, ({ job }) => {
        const errors = checkJobFile({ ...job }).filter((finding) => finding.severity === 'error');
        // Which operation needs what of report and list is not what is tested here.
        assert.deepEqual(
          errors.filter((finding) => ['required', 'pattern', 'unknown-member', 'type'].includes(finding.code)),
          [],
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('what the policy depends on', () => {
  test('bucket of another account: its owner gets a bucket policy, and ACLs are allowed for', () => {
    const job = { ...validRequest, Report: { ...validRequest.Report, ExpectedBucketOwner: '444455556666' } };
    const { permissions, resourcePolicies } = policiesOfJob(job, {});
    const report = permissions.Statement.find((statement) => statement.Sid === 'WriteReport');
    assert.deepEqual(report?.Action, ['s3:PutObject', 's3:PutObjectAcl']);
    assert.deepEqual(resourcePolicies, [
      {
        kind: 'bucket',
        resource: 'reports',
        owner: '444455556666',
        policy: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'S3BatchWriteReport',
              Effect: 'Allow',
              Principal: { AWS: validRequest.RoleArn },
              Action: ['s3:PutObject', 's3:PutObjectAcl'],
              Resource: ['arn:aws:s3:::reports/completion/job-*'],
            },
          ],
        },
      },
    ]);
  });

  test('source, target, function and key of other accounts', () => {
    const copy = copyJob({
      TargetResource: 'arn:aws:s3:::target',
      SSEAwsKmsKeyId: 'arn:aws:kms:eu-west-1:444455556666:key/1234abcd',
    });
    const owners = { source: '444455556666', target: '444455556666' };
    const kinds = policiesOfJob(copy, { buckets: ['source'], owners }).resourcePolicies.map(({ kind, resource }) => [
      kind,
      resource,
    ]);
    assert.deepEqual(kinds, [
      ['bucket', 'source'],
      ['bucket', 'target'],
      ['key', 'arn:aws:kms:eu-west-1:444455556666:key/1234abcd'],
    ]);
    const foreign = 'arn:aws:lambda:us-east-1:444455556666:function:f:3';
    const lambda = { ...validRequest, Operation: { LambdaInvoke: { FunctionArn: foreign } } };
    const [policy] = policiesOfJob(lambda, {}).resourcePolicies;
    assert.deepEqual([policy?.kind, policy?.resource], ['function', foreign]);
  });

  test('partitions of China and GovCloud', () => {
    for (const partition of ['aws-cn', 'aws-us-gov']) {
      const region = partition === 'aws-cn' ? 'cn-north-1' : 'us-gov-west-1';
      const job: JobFile = {
        ...validRequest,
        Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } },
        RoleArn: `arn:${partition}:iam::111122223333:role/r`,
        Manifest: { Spec: validRequest.Manifest.Spec, Location: { ObjectArn: `arn:${partition}:s3:::m/k`, ETag: 'a' } },
        Report: { ...validRequest.Report, Bucket: `arn:${partition}:s3:::reports` },
      };
      const { permissions, trust } = policiesOfJob(job, { buckets: ['data'], region });
      for (const resource of permissions.Statement.flatMap((statement) => statement.Resource ?? [])) {
        assert.ok(resource.startsWith(`arn:${partition}:`), resource);
      }
      assert.deepEqual(trust.Statement[0]?.Principal, { Service: 'batchoperations.s3.amazonaws.com' });
    }
  });

  test('keys by id and by alias', () => {
    const resources = (key: string): unknown =>
      policiesOfJob(copyJob({ TargetResource: 'arn:aws:s3:::target', SSEAwsKmsKeyId: key }), {
        buckets: ['b'],
        region: 'us-east-1',
      })
        .permissions.Statement.filter((statement) => statement.Sid === 'UseKey')
        .map(({ Resource, Condition }) => [Resource, Condition]);
    assert.deepEqual(resources('1234abcd'), [[['arn:aws:kms:us-east-1:111122223333:key/1234abcd'], undefined]]);
    assert.deepEqual(resources('alias/data'), [
      [['arn:aws:kms:us-east-1:111122223333:key/*'], { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/data' } }],
    ]);
  });

  test('Object Lock members of a copy', () => {
    const job = copyJob({
      TargetResource: 'arn:aws:s3:::target',
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: '2030-01-01T00:00:00Z',
      ObjectLockLegalHoldStatus: 'ON',
    });
    const actions = policiesOfJob(job, { buckets: ['b'] }).permissions.Statement.find(({ Sid }) => Sid === 'WriteCopies')?.Action;
    assert.deepEqual(actions, [
      's3:PutObject',
      's3:PutObjectAcl',
      's3:PutObjectLegalHold',
      's3:PutObjectRetention',
      's3:PutObjectTagging',
    ]);
  });

  test('an inventory that lies elsewhere opens its whole bucket, and that is said', () => {
    const job: JobFile = {
      ...validRequest,
      Manifest: {
        Spec: { Format: 'S3InventoryReport_CSV_20161130' },
        Location: { ObjectArn: 'arn:aws:s3:::inv/by-hand/manifest.json', ETag: 'a' },
      },
    };
    const open = policiesOfJob(job, {});
    assert.deepEqual(open.permissions.Statement[0]?.Resource, ['arn:aws:s3:::inv/*']);
    assert.ok(open.notes.some((note) => note.includes('may be anywhere')));
    const known = policiesOfJob(job, { inventoryFiles: ['by-hand/a.csv.gz', 'by-hand/b.csv.gz'] });
    assert.deepEqual(known.permissions.Statement[0]?.Resource, [
      'arn:aws:s3:::inv/by-hand/manifest.json',
      'arn:aws:s3:::inv/by-hand/a.csv.gz',
      'arn:aws:s3:::inv/by-hand/b.csv.gz',
    ]);
  });

  test('what is not known is asked for', () => {
    const tagging: JobFile = { ...validRequest, Operation: { S3PutObjectTagging: { TagSet: [] } } };
    assert.deepEqual(
      needsOfJob(tagging).gaps.map((gap) => gap.code),
      ['objects-bucket-unknown'],
    );
    assert.deepEqual(
      needsOfJob({ ...validRequest, Operation: { LambdaInvoke: { FunctionArn: 'f' } } }).gaps.map((gap) => gap.code),
      ['region-unknown'],
    );
    assert.throws(() => policiesOfJob(tagging, {}), { code: 'PolicyGap' });
  });

  test('the condition on the account is there when it is asked for only', () => {
    assert.equal(policiesOfJob(validRequest, {}).trust.Statement[0]?.Condition, undefined);
    assert.deepEqual(policiesOfJob(validRequest, {}, { isSourceAccountRequired: true }).trust.Statement[0]?.Condition, {
      StringEquals: { 'aws:SourceAccount': '111122223333' },
    });
  });
});

describe('the policy of whoever submits', () => {
  test('create, pass the role, tag, look up the manifest, follow, confirm, read the report', () => {
    const policy = { Statement: statementsFor(needsOfSubmitter(validRequest, { region: 'us-east-1' }).needs) };
    const job = 'arn:aws:s3:us-east-1:111122223333:job/f3cc4f60-61f6-4a2b-8a21-d07600c373ce';
    const calls = [
      ['s3:CreateJob', '*'],
      ['iam:PassRole', validRequest.RoleArn],
      ['s3:PutJobTagging', job],
      ['s3:GetObject', validRequest.Manifest.Location.ObjectArn],
      ['s3:ListJobs', '*'],
      ['s3:DescribeJob', job],
      ['s3:GetJobTagging', job],
      ['s3:UpdateJobStatus', job],
      ['s3:UpdateJobPriority', job],
      ['s3:GetObject', 'arn:aws:s3:::reports/completion/job-f3cc4f60/manifest.json'],
    ] as const;
    for (const [action, resource] of calls) assert.ok(isAllowed({ action, resource }, policy), `${action} on ${resource}`);
    assert.ok(!isAllowed({ action: 'iam:PassRole', resource: 'arn:aws:iam::111122223333:role/other' }, policy));
    assert.equal(JSON.stringify(policy).includes('PassedToService'), false);
  });

  test('a job with ManifestFile uploads it, one without tags needs no tagging', () => {
    const { Tags: _, ...untagged } = validRequest;
    const policy = { Statement: statementsFor(needsOfSubmitter({ ...untagged, ManifestFile: 'm.csv' }).needs) };
    const resource = validRequest.Manifest.Location.ObjectArn;
    assert.ok(isAllowed({ action: 's3:PutObject', resource }, policy));
    assert.ok(!isAllowed({ action: 's3:GetObject', resource }, policy));
    assert.ok(!isAllowed({ action: 's3:PutJobTagging', resource: 'arn:aws:s3:us-east-1:111122223333:job/x' }, policy));
  });
});

test('the fixtures are jobs', () => {
  assert.equal(hasErrors(checkJobFile({ ...validRequest })), false);
});
