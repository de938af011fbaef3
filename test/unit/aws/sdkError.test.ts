import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestIdOf, toBatchError } from '../../../src/aws/sdkError.js';
import { BatchError } from '../../../src/base/errors.js';

const context = { action: 'read the job', targetLabel: 'Local' };

function serviceError(name: string, message: string, status: number, extra: object = {}): Error {
  return Object.assign(new Error(message), {
    name,
    $fault: 'client',
    $metadata: { httpStatusCode: status, requestId: 'REQ1' },
    ...extra,
  });
}

describe('toBatchError', () => {
  it('takes the code from the name, keeps the message, the request id and the cause', () => {
    const cause = serviceError('NoSuchJobException', 'No such job', 404);
    const error = toBatchError(cause, context);
    assert.equal(error.code, 'NoSuchJobException');
    assert.equal(error.message, 'Could not read the job: No such job');
    assert.match(error.hint ?? '', /90 days/);
    assert.equal(error.cause, cause);
    assert.equal(requestIdOf(error), 'REQ1');
  });

  it('prefers Code where name is only the class', () => {
    const error = toBatchError(serviceError('S3ControlServiceException', 'x', 400, { Code: 'InvalidRequest' }), context);
    assert.equal(error.code, 'InvalidRequest');
  });

  it('names answers without a body by their status', () => {
    assert.equal(toBatchError(serviceError('UnknownError', 'UnknownError', 403), context).code, 'AccessDenied');
    assert.equal(
      toBatchError(serviceError('403', 'UnknownError', 403), context).message,
      'Could not read the job: Access denied.',
    );
    assert.equal(toBatchError(serviceError('NotFound', 'UnknownError', 404), context).code, 'NotFound');
    assert.equal(
      toBatchError(serviceError('NotFound', 'UnknownError', 404), context).message,
      'Could not read the job: There is nothing of this name.',
    );
    assert.equal(toBatchError(serviceError('Unknown', '', 418), context).code, 'Http418');
  });

  it('says that nobody answers, whatever form the system error has', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
      code: 'ECONNREFUSED',
      $metadata: { attempts: 3 },
    });
    for (const error of [refused, new AggregateError([refused]), new Error('fetch failed', { cause: refused })]) {
      const mapped = toBatchError(error, context);
      assert.equal(mapped.code, 'Unreachable');
      assert.equal(mapped.message, 'Could not read the job: Local does not answer.');
    }
  });

  it('tells a broken answer from a service error', () => {
    const broken = Object.assign(new Error('Unexpected end of input'), { $metadata: { httpStatusCode: 200 } });
    Object.defineProperty(broken, '$response', { value: {}, enumerable: false });
    assert.equal(toBatchError(broken, context).code, 'InvalidResponse');
  });

  it('keeps cancellation and our own errors as they are', () => {
    assert.equal(toBatchError(Object.assign(new Error('Request aborted'), { name: 'AbortError' }), context).code, 'Cancelled');
    const own = new BatchError('InvalidArgument', 'The job id is empty.');
    assert.equal(toBatchError(own, context), own);
  });

  it('has a message for whatever was thrown', () => {
    assert.equal(toBatchError('boom', context).message, 'Could not read the job: boom');
    assert.equal(toBatchError(new TypeError('Invalid URL'), context).code, 'RequestFailed');
    assert.equal(
      toBatchError(Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' }), context).code,
      'NoCredentials',
    );
  });

  it('says how to sign in again, for the profile in use', () => {
    const named = (name: string, message: string, profile?: string): BatchError =>
      toBatchError(Object.assign(new Error(message), { name }), { ...context, profile });
    const sso =
      'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.';
    const expired = named('CredentialsProviderError', sso, 'data team');
    assert.equal(expired.code, 'SignInExpired');
    assert.equal(expired.message, 'Could not read the job: The SSO session associated with this profile has expired.');
    assert.equal(expired.hint, 'Sign in again: aws sso login --profile "data team"');
    assert.match(
      named('CredentialsProviderError', 'Failed to refresh token. Please re-authenticate using aws login', 'dev').hint ?? '',
      /aws login --profile dev$/,
    );
    assert.match(
      toBatchError(serviceError('ExpiredToken', 'The token has expired.', 400), { ...context, profile: 'dev' }).hint ?? '',
      /--profile dev$/,
    );
    assert.equal(named('CredentialsProviderError', 'Profile x was not found.', 'x').code, 'NoCredentials');
    assert.equal(named('Error', 'Region is missing').code, 'NoRegion');
  });
});
