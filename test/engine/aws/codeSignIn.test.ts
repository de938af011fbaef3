import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createAwsTarget } from '../../../src/aws/awsTarget.js';
import { cancelledError } from '../../../src/base/errors.js';
import { awsTarget } from '../../../src/core/job/awsTarget.js';
import type { TargetClient } from '../../../src/core/job/target.js';
import { AwsStandIn } from '../../support/awsStandIn.js';

const names = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_ENDPOINT_URL', 'AWS_EC2_METADATA_DISABLED'] as const;
const before = names.map((name) => [name, process.env[name]] as const);
let folder: string;
let aws: AwsStandIn;
let client: TargetClient;
let codes: string[];
let asked: boolean[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-mfa-'));
  aws = new AwsStandIn();
  process.env['AWS_CONFIG_FILE'] = join(folder, 'config');
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(folder, 'credentials');
  process.env['AWS_ENDPOINT_URL'] = await aws.start();
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
  await writeFile(
    join(folder, 'config'),
    '[profile mfa]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = keys\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n',
  );
  await writeFile(join(folder, 'credentials'), '[keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n');
  codes = [];
  asked = [];
  client = createAwsTarget(awsTarget({ profile: 'mfa', region: 'eu-west-1' }, ''), {
    askMfaCode: (_, wasRefused) => {
      asked.push(wasRefused);
      const code = codes.shift();
      return code === undefined ? Promise.reject(cancelledError()) : Promise.resolve(code);
    },
  });
});

afterEach(async () => {
  client.dispose();
  await aws.stop();
  await rm(folder, { recursive: true, force: true });
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

describe('a role that needs a code', () => {
  it('is assumed once for any number of calls', async () => {
    codes = ['123456'];
    await Promise.all([client.listJobs(), client.listJobs(), client.accountId()]);
    assert.deepEqual(asked, [false]);
    assert.deepEqual(
      aws.calls.filter((call) => call.startsWith('AssumeRole')),
      ['AssumeRole 123456'],
    );
  });

  it('is asked for again when the code was refused, and not when the question was left', async () => {
    codes = ['000000', '111111', '123456'];
    assert.deepEqual((await client.listJobs()).jobs, []);
    assert.deepEqual(asked, [false, true, true]);
    client.forgetCredentials();
    codes = ['000000'];
    await assert.rejects(client.listJobs(), { code: 'Cancelled' });
    assert.deepEqual(asked, [false, true, true, false, true]);
  });

  it('is assumed anew, once, after AWS has ended its session, and nothing fails because of it', async () => {
    codes = ['123456', '123456'];
    await client.listJobs();
    aws.endSessions();
    await Promise.all([client.listJobs(), client.listJobs()]);
    assert.deepEqual(asked, [false, false]);
  });

  it('is not assumed again and again when AWS refuses every session', async () => {
    codes = ['123456', '123456', '123456'];
    await client.listJobs();
    aws.refusesAll = true;
    await assert.rejects(client.listJobs(), { code: 'ExpiredToken' });
    assert.equal(asked.length, 2);
  });
});
