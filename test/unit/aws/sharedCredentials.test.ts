import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Credentials } from '../../../src/aws/credentialSource.js';
import { sharedCredentials } from '../../../src/aws/sharedCredentials.js';

interface Setup {
  readonly provide: () => Promise<Credentials>;
  readonly forget: () => void;
  /** What the source answers next; an error rejects. */
  readonly answers: (Credentials | Error)[];
  asked: number;
  now: number;
}

function setUp(): Setup {
  const setup = { answers: [] as (Credentials | Error)[], asked: 0, now: 0 };
  const find = (): Promise<Credentials> => {
    setup.asked += 1;
    const answer = setup.answers.shift() ?? new Error('nothing left');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const { provide, forget } = sharedCredentials(
    {},
    () => Promise.resolve(find),
    () => setup.now,
  );
  return Object.assign(setup, { provide, forget });
}

const lasting = (id: string, expiresAtMs?: number): Credentials => ({
  accessKeyId: id,
  secretAccessKey: 's',
  ...(expiresAtMs === undefined ? {} : { expiration: new Date(expiresAtMs) }),
});

describe('sharedCredentials', () => {
  it('asks once for any number of calls at the same time and later', async () => {
    const setup = setUp();
    setup.answers.push(lasting('a'));
    const all = await Promise.all([setup.provide(), setup.provide(), setup.provide()]);
    assert.deepEqual(new Set(all.map((item) => item.accessKeyId)), new Set(['a']));
    await setup.provide();
    assert.equal(setup.asked, 1);
  });

  it('renews what ends within five minutes, once, and takes what it gets then', async () => {
    const setup = setUp();
    setup.answers.push(lasting('a', 3_600_000), lasting('b', 3_700_000));
    assert.equal((await setup.provide()).accessKeyId, 'a');
    setup.now = 3_600_000 - 4 * 60_000;
    const both = await Promise.all([setup.provide(), setup.provide()]);
    assert.deepEqual(
      both.map((item) => item.accessKeyId),
      ['b', 'b'],
    );
    assert.equal(setup.asked, 2);
  });

  it('tries again after a failure, also one of a renewal', async () => {
    const setup = setUp();
    setup.answers.push(new Error('first'), lasting('a', 1000), new Error('second'), lasting('b'));
    await assert.rejects(setup.provide(), /first/);
    await assert.rejects(setup.provide(), /second/);
    assert.equal((await setup.provide()).accessKeyId, 'b');
    assert.equal(setup.asked, 4);
  });

  it('forgets when it is told to', async () => {
    const setup = setUp();
    setup.answers.push(lasting('a'), lasting('b'));
    await setup.provide();
    setup.forget();
    assert.equal((await setup.provide()).accessKeyId, 'b');
  });
});
