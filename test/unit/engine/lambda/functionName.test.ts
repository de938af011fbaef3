import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lambdaArn, parseFunctionName } from '../../../../src/engine/lambda/functionName.js';

for (const [text, name, qualifier] of [
  ['rename', 'rename', undefined],
  ['rename:prod', 'rename', 'prod'],
  ['rename:$LATEST', 'rename', '$LATEST'],
  ['function:rename', 'rename', undefined],
  ['000000000000:function:rename', 'rename', undefined],
  ['123456789012:function:rename:7', 'rename', '7'],
  ['arn:aws:lambda:us-east-1:123456789012:function:rename', 'rename', undefined],
  ['arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:re_name-1:live', 're_name-1', 'live'],
  ['arn:aws-cn:lambda:cn-north-1:123456789012:function:rename', 'rename', undefined],
] as const) {
  test(`a function by ${text}`, () => assert.deepEqual(parseFunctionName(text), { name, qualifier }));
}

for (const text of ['', 'a b', 'arn:aws:s3:::bucket', 'a:b:c:d', '../x', 'arn:aws:lambda:us-east-1:123456789012:layer:x:1:2']) {
  test(`no function: ${text}`, () => assert.equal(parseFunctionName(text), undefined));
}

test('ARNs carry the partition of their Region', () => {
  assert.equal(lambdaArn('cn-north-1', '000000000000', 'f'), 'arn:aws-cn:lambda:cn-north-1:000000000000:function:f');
  assert.equal(lambdaArn('us-east-1', '000000000000', 'f'), 'arn:aws:lambda:us-east-1:000000000000:function:f');
});
