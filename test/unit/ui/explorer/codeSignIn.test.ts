import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { CodeSignIn } from '../../../../src/ui/explorer/codeSignIn.js';

const serial = 'arn:aws:iam::123456789012:mfa/me';
let asked: string[];
let codes: (string | undefined)[];
let offer: Promise<boolean>;
let signIn: CodeSignIn;

beforeEach(() => {
  asked = [];
  codes = [];
  offer = Promise.resolve(true);
  signIn = new CodeSignIn('prod', {
    askCode: (label, device, wasRefused) => {
      asked.push(`${label} ${device}${wasRefused ? ' again' : ''}`);
      return Promise.resolve(codes.shift());
    },
    offerSignIn: (label) => {
      asked.push(`offer ${label}`);
      return offer;
    },
    declined: (label) => ({ message: `${label} needs a code.`, hint: 'Refresh.' }),
  });
});

describe('CodeSignIn', () => {
  it('asks at once the first time, and says when a code was refused', async () => {
    codes = ['111111', ' 222222 '];
    assert.equal(await signIn.code(serial, false), '111111');
    assert.equal(await signIn.code(serial, true), '222222');
    assert.deepEqual(asked, [`prod ${serial}`, `prod ${serial} again`]);
  });

  it('asks once for what was declined, until somebody asks for the target again', async () => {
    for (let poll = 0; poll < 5; poll += 1) await assert.rejects(signIn.code(serial, false), { code: 'SignInDeclined' });
    assert.equal(asked.length, 1);
    codes = ['111111'];
    signIn.retry();
    assert.equal(await signIn.code(serial, false), '111111');
  });

  it('opens no field by itself when a session ends: a notification comes first', async () => {
    codes = ['111111', '222222'];
    await signIn.code(serial, false);
    let answer: (isWanted: boolean) => void = () => undefined;
    offer = new Promise((resolve) => (answer = resolve));
    const renewed = signIn.code(serial, false);
    assert.deepEqual(asked, [`prod ${serial}`, 'offer prod']);
    answer(true);
    assert.equal(await renewed, '222222');
    offer = Promise.resolve(false);
    await assert.rejects(signIn.code(serial, false), { code: 'SignInDeclined' });
    assert.equal(asked.filter((question) => question === `prod ${serial}`).length, 2);
  });

  it('asks at once for what a person has just started', async () => {
    codes = ['111111', '222222', undefined, '333333'];
    await signIn.code(serial, false);
    offer = new Promise(() => undefined);
    assert.equal(await signIn.code(serial, false, true), '222222');
    await assert.rejects(signIn.code(serial, false, true), { code: 'SignInDeclined' });
    assert.equal(await signIn.code(serial, false, true), '333333');
  });

  it('does not let a person wait who does something with the target while the notification is open', async () => {
    codes = ['111111', '222222', '333333'];
    await signIn.code(serial, false);
    offer = new Promise(() => undefined);
    const renewed = signIn.code(serial, false);
    signIn.isNeeded();
    assert.equal(await renewed, '222222');
    const refreshed = signIn.code(serial, false);
    signIn.retry();
    assert.equal(await refreshed, '333333');
  });
});
