import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { datesToText, textToDates } from '../../../src/aws/sdkDates.js';

describe('datesToText', () => {
  it('turns every Date into ISO text, at any depth, and leaves undefined members out', () => {
    const value = { CreationTime: new Date(5), Nested: [{ At: new Date(0), No: undefined }], Empty: {}, Text: 'x' };
    assert.deepEqual(datesToText(value), {
      CreationTime: '1970-01-01T00:00:00.005Z',
      Nested: [{ At: '1970-01-01T00:00:00.000Z' }],
      Empty: {},
      Text: 'x',
    });
  });
});

describe('textToDates', () => {
  it('turns the timestamp members of a request into Dates', () => {
    const request = { Operation: { S3PutObjectRetention: { Retention: { RetainUntilDate: '2026-01-02T03:04:05Z' } } } };
    const result = textToDates(request) as typeof request;
    assert.deepEqual(result.Operation.S3PutObjectRetention.Retention.RetainUntilDate, new Date(Date.UTC(2026, 0, 2, 3, 4, 5)));
  });

  it("does not touch the user's own keys, nor text that is no date", () => {
    const request = { LambdaInvoke: { UserArguments: { CreatedAfter: '2026-01-02' } }, Filter: { CreatedBefore: 'soon' } };
    assert.deepEqual(textToDates(request), request);
  });
});
