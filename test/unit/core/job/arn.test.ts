import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bucketArn,
  functionArn,
  jobArn,
  objectArn,
  parseBucketArn,
  parseFunctionArn,
  parseObjectArn,
  parseRoleArn,
  partitionOf,
  roleArn,
} from '../../../../src/core/job/arn.js';

const bucketName = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]$/);
const account = fc.stringMatching(/^\d{12}$/);
const region = fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1');

test('what is written is read back', () => {
  fc.assert(
    fc.property(bucketName, fc.string({ minLength: 1, unit: 'binary' }), (bucket, key) => {
      assert.deepEqual(parseObjectArn(objectArn(bucket, key)), { partition: 'aws', bucket, key });
      assert.deepEqual(parseBucketArn(bucketArn(bucket)), { partition: 'aws', bucket, isDirectoryBucket: false });
      assert.equal(parseBucketArn(objectArn(bucket, key)), undefined);
      assert.equal(parseObjectArn(bucketArn(bucket)), undefined);
    }),
  );
  fc.assert(
    fc.property(
      region,
      account,
      fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/),
      fc.option(fc.constantFrom('$LATEST', 'live', '7'), { nil: undefined }),
      (where, accountId, name, qualifier) => {
        assert.deepEqual(parseFunctionArn(functionArn(where, accountId, name, qualifier)), {
          name,
          ...(qualifier === undefined ? {} : { qualifier }),
          region: where,
          accountId,
        });
      },
    ),
  );
  fc.assert(
    fc.property(region, account, fc.uuid(), (where, accountId, jobId) => {
      assert.equal(jobArn(where, accountId, jobId), `arn:${partitionOf(where)}:s3:${where}:${accountId}:job/${jobId}`);
    }),
  );
});

test('roles, with and without path', () => {
  assert.deepEqual(parseRoleArn(roleArn('111122223333', 'service-role/ops/batch')), {
    partition: 'aws',
    accountId: '111122223333',
    name: 'batch',
    path: '/service-role/ops/',
  });
  assert.equal(parseRoleArn('arn:aws:iam::111122223333:role/a')?.path, '/');
  assert.equal(parseRoleArn('arn:aws:iam::111122223333:user/a'), undefined);
  assert.equal(parseRoleArn('arn:aws:iam:111122223333:role/a'), undefined);
});

test('functions by name and by partial ARN', () => {
  assert.deepEqual(parseFunctionArn('my-handler'), { name: 'my-handler' });
  assert.deepEqual(parseFunctionArn('111122223333:function:my-handler:live'), {
    name: 'my-handler',
    qualifier: 'live',
    accountId: '111122223333',
  });
  assert.equal(parseFunctionArn('arn:aws:s3:::bucket'), undefined);
});

test('directory buckets', () => {
  assert.deepEqual(parseBucketArn('arn:aws:s3express:us-west-2:111122223333:bucket/base--usw2-az1--x-s3'), {
    partition: 'aws',
    bucket: 'base--usw2-az1--x-s3',
    isDirectoryBucket: true,
  });
});
