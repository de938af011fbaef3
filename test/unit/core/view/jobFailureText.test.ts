import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobFailureText } from '../../../../src/core/view/jobFailureText.js';

test('a reason that is known is explained, whatever stands around it', () => {
  const { said, meaning } = jobFailureText({
    FailureCode: 'JobNotStarted',
    FailureReason: 'Could not assume the IAM role arn:aws:iam::111122223333:role/batch',
  });
  assert.equal(said, 'JobNotStarted: Could not assume the IAM role arn:aws:iam::111122223333:role/batch');
  assert.match(meaning ?? '', /^The service may not take on the job role\. .*batchoperations\.s3\.amazonaws\.com/);
});

test('a reason that is not known is left as it is', () => {
  assert.deepEqual(jobFailureText({ FailureCode: 'New' }), { said: 'New', meaning: undefined });
  assert.deepEqual(jobFailureText({ FailureReason: 'Nothing like it.' }), { said: 'Nothing like it.', meaning: undefined });
  assert.deepEqual(jobFailureText({}), { said: '', meaning: undefined });
});
