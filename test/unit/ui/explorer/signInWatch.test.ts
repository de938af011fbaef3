import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toBatchError } from '../../../../src/aws/sdkError.js';
import { BatchError } from '../../../../src/base/errors.js';
import { awsTarget } from '../../../../src/core/job/awsTarget.js';
import { isSignInError, signInCommand } from '../../../../src/core/job/signIn.js';
import { JobStore } from '../../../../src/ui/explorer/jobStore.js';
import { SignInWatch } from '../../../../src/ui/explorer/signInWatch.js';
import { FakeTargets } from '../../../support/fakeTargets.js';
import { ManualClock } from '../../../support/manualClock.js';

function expired(profile: string | undefined): BatchError {
  const refused = Object.assign(new Error('The provided token has expired.'), {
    name: 'ExpiredToken',
    $metadata: { httpStatusCode: 400 },
  });
  return toBatchError(refused, { action: 'list the jobs', targetLabel: 'prod', profile });
}

describe('SignInWatch', () => {
  it('tells once that a session has ended in the middle of polling, and again after it was good meanwhile', async () => {
    const targets = new FakeTargets(awsTarget({ profile: 'prod', region: 'eu-west-1' }, ''));
    const clock = new ManualClock();
    const store = new JobStore({ targets, clock, onError: () => undefined });
    const watch = new SignInWatch();
    let told = 0;
    store.onDidChange(({ targetId }) => {
      const state = store.state(targetId);
      if (state !== undefined && watch.hasEnded(state)) told += 1;
    });
    store.setVisible(true);
    await clock.advance(1);
    for (let round = 1; round <= 2; round += 1) {
      targets.jobs.failure = expired('prod');
      await clock.advance(600_000);
      assert.equal(told, round);
      // Another message of the same trouble is no news.
      targets.jobs.failure = new BatchError('SignInExpired', 'The SSO session has expired.');
      await clock.advance(600_000);
      assert.equal(told, round);
      targets.jobs.failure = undefined;
      await clock.advance(60_000);
    }
    store.dispose();
  });

  it('is silent about what was never read, what was declined, and other trouble', () => {
    const watch = new SignInWatch();
    const target = awsTarget({ profile: 'prod', region: 'eu-west-1' }, '');
    assert.equal(watch.hasEnded({ target, error: expired('prod'), readAtMs: undefined }), false);
    assert.equal(watch.hasEnded({ target, error: new BatchError('SignInDeclined', ''), readAtMs: 1 }), false);
    assert.equal(watch.hasEnded({ target, error: new BatchError('SlowDown', ''), readAtMs: 1 }), false);
    assert.equal(watch.hasEnded({ target, error: expired('prod'), readAtMs: 1 }), true);
  });
});

describe('signInCommand', () => {
  it('is what the hint of the error says, when there is a profile to sign in to', () => {
    assert.equal(isSignInError(expired('prod')), true);
    assert.equal(signInCommand(expired('prod')), 'aws sso login --profile prod');
    assert.equal(signInCommand(expired('data team')), 'aws sso login --profile "data team"');
    assert.equal(signInCommand(expired(undefined)), undefined);
    assert.equal(isSignInError(new BatchError('SlowDown', 'busy')), false);
  });

  it('is none for a profile whose name a shell or a terminal would act on', () => {
    for (const name of ['$(id)', '`id`', 'a"; id; "', 'a\\', 'a\u000fid', '%PATH%', 'a!b']) {
      assert.equal(signInCommand(expired(name)), undefined, name);
    }
  });
});
