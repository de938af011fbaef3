import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { IAMClient, CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateAliasCommand as CreateKeyAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateAliasCommand, CreateFunctionCommand, LambdaClient, PublishVersionCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { listProfiles } from '../../../src/aws/awsProfiles.js';
import { createAwsTarget } from '../../../src/aws/awsTarget.js';
import { BatchError } from '../../../src/base/errors.js';
import { awsTarget } from '../../../src/core/job/awsTarget.js';
import type { TargetClient } from '../../../src/core/job/target.js';
import { type RunningEngine, startEngine } from '../../../src/engine/startEngine.js';
import { type Moto, noMoto, startMoto } from '../../support/moto.js';

const region = 'eu-west-1';
/** Switched off, the SDK never asks the metadata service of a cloud machine. */
const quiet = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_PROFILE: undefined,
};

let folder: string;
let client: TargetClient | undefined;
let environment: NodeJS.ProcessEnv;

function setEnvironment(values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

function target(profile: string | undefined, options = {}): TargetClient {
  client = createAwsTarget(awsTarget({ profile, region }, 'Environment'), options);
  return client;
}

beforeEach(async () => {
  environment = { ...process.env };
  folder = await mkdtemp(join(tmpdir(), 's3batch-profiles-'));
  setEnvironment({
    ...quiet,
    HOME: folder,
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  });
});

afterEach(async () => {
  client?.dispose();
  client = undefined;
  setEnvironment({ ...Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined])), ...environment });
  await rm(folder, { recursive: true, force: true });
});

async function write(config: string, credentials = ''): Promise<void> {
  await writeFile(join(folder, 'config'), config);
  await writeFile(join(folder, 'credentials'), credentials);
}

describe('profiles', () => {
  it('are those of both files, the default first, and sessions are none', async () => {
    await write(
      '[default]\nregion = eu-central-1\n[profile prod]\nsso_session = corp\nsso_account_id = 1\n[sso-session corp]\nsso_region = us-east-1\n[profile role]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = keys\n[profile tool]\ncredential_process = /bin/true\n[services s]\ns3 =\n  endpoint_url = http://localhost\n',
      '[keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n',
    );
    const profiles = await listProfiles();
    assert.deepEqual(profiles, [
      { name: 'default', kind: 'keys', region: 'eu-central-1' },
      { name: 'keys', kind: 'keys' },
      { name: 'prod', kind: 'sso' },
      { name: 'role', kind: 'role' },
      { name: 'tool', kind: 'process' },
    ]);
    assert.doesNotMatch(JSON.stringify(profiles), /AKIA/);
  });

  it('are none when there are no files', async () => {
    assert.deepEqual(await listProfiles(), []);
  });
});

describe('credentials', () => {
  const failure = async (of: TargetClient): Promise<BatchError> => {
    const error: unknown = await of.accountId().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof BatchError, String(error));
    return error;
  };

  it('of an SSO session that has ended are asked for with the command to type', async () => {
    await write(
      '[profile prod]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = Reader\nregion = eu-west-1\n',
    );
    const error = await failure(target('prod'));
    assert.equal(error.code, 'SignInExpired');
    assert.equal(error.hint, 'Sign in again: aws sso login --profile prod');
  });

  it('of a profile that does not exist are not replaced by others', async () => {
    await write('');
    setEnvironment({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'other account' });
    const error = await failure(target('nobody'));
    assert.equal(error.code, 'NoCredentials');
    assert.match(error.message, /nobody/);
  });

  it('of the environment are used without a profile; none there is said', async () => {
    await write('');
    assert.equal((await failure(target(undefined))).code, 'NoCredentials');
  });

  it('that need a code and nobody to ask for it fail; a code that is not given is a cancellation', async () => {
    await write(
      '[profile mfa]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = keys\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n',
      '[keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n',
    );
    assert.match((await failure(target('mfa'))).message, /multi-factor/);
    const asked: string[] = [];
    const declined = target('mfa', {
      askMfaCode: (serial: string) => {
        asked.push(serial);
        return Promise.reject(new BatchError('Cancelled', 'no'));
      },
    });
    assert.equal((await failure(declined)).code, 'Cancelled');
    assert.deepEqual(asked, ['arn:aws:iam::123456789012:mfa/me']);
  });
});

describe('createAwsTarget against moto', { skip: noMoto }, () => {
  let moto: Moto;

  before(async () => {
    moto = await startMoto();
    const shared = { endpoint: moto.endpoint, region, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const trust = (service: string): string =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
      });
    const iam = new IAMClient(shared);
    const role = await iam.send(
      new CreateRoleCommand({ RoleName: 'lambda', AssumeRolePolicyDocument: trust('lambda.amazonaws.com') }),
    );
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'batch',
        Description: 'Jobs',
        AssumeRolePolicyDocument: trust('batchoperations.s3.amazonaws.com'),
      }),
    );
    const kms = new KMSClient(shared);
    const key = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateKeyAliasCommand({ AliasName: 'alias/reports', TargetKeyId: key.KeyMetadata?.KeyId }));
    const lambda = new LambdaClient(shared);
    const emptyZip = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]);
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'rename',
        Role: role.Role?.Arn,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile: emptyZip },
      }),
    );
    await lambda.send(new PublishVersionCommand({ FunctionName: 'rename', Description: 'first' }));
    await lambda.send(new CreateAliasCommand({ FunctionName: 'rename', Name: 'live', FunctionVersion: '1' }));
    const s3 = new S3Client({ ...shared, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'source', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
    await s3.send(new PutBucketVersioningCommand({ Bucket: 'source', VersioningConfiguration: { Status: 'Enabled' } }));
    for (const each of [iam, kms, lambda, s3]) each.destroy();
  });

  after(() => moto.stop());

  beforeEach(async () => {
    setEnvironment({ AWS_ENDPOINT_URL: moto.endpoint });
    await write(
      '[profile keys]\nregion = us-east-1\n',
      '[keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n',
    );
  });

  it('names the account, and lists what a wizard asks for', async () => {
    const aws = target('keys');
    assert.equal(await aws.accountId(), '123456789012');
    assert.deepEqual(await aws.listBuckets(), ['source']);
    assert.deepEqual(
      (await aws.listFunctions()).map(({ name, runtime }) => ({ name, runtime })),
      [{ name: 'rename', runtime: 'nodejs22.x' }],
    );
    const qualifiers = await aws.listFunctionQualifiers('rename');
    assert.deepEqual(
      qualifiers.map(({ kind, name, version }) => ({ kind, name, version })),
      [
        { kind: 'alias', name: 'live', version: '1' },
        { kind: 'version', name: '1', version: undefined },
      ],
    );
    for (const { arn } of qualifiers) assert.match(arn, /^arn:aws:lambda:eu-west-1:123456789012:function:rename:/);
    const roles = await aws.listRoles();
    assert.deepEqual(
      roles.map(({ name, trustsBatchOperations }) => ({ name, trustsBatchOperations })),
      [
        { name: 'batch', trustsBatchOperations: true },
        { name: 'lambda', trustsBatchOperations: false },
      ],
    );
    const keys = await aws.listKeys();
    assert.deepEqual(
      keys.filter((key) => key.aliases.length > 0).map((key) => key.aliases),
      [['alias/reports']],
    );
  });

  it('reads and writes objects of any size, and says where a bucket is and whether it keeps versions', async () => {
    const aws = target('keys');
    const body = new Uint8Array(3_000_000).map((_, index) => index % 251);
    const stored = await aws.putObject('source', 'big/ä +.bin', body);
    const { sizeBytes, etag, chunks } = await aws.openObject('source', 'big/ä +.bin');
    assert.deepEqual({ sizeBytes, etag }, { sizeBytes: body.length, etag: stored.etag });
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    assert.ok(parts.length > 1, 'in more than one piece');
    assert.ok(Buffer.concat(parts).equals(body));
    const tail = await aws.openObject('source', 'big/ä +.bin', { range: { first: body.length - 3 } });
    const rest: number[] = [];
    for await (const chunk of tail.chunks) rest.push(...chunk);
    assert.deepEqual(rest, [...body.subarray(-3)]);
    assert.equal(await aws.bucketRegion('source'), 'eu-west-1');
    assert.equal(await aws.bucketVersioning('source'), 'Enabled');
    await assert.rejects(aws.openObject('source', 'not there'), { code: 'NoSuchKey' });
    await assert.rejects(aws.bucketRegion('not-there'), { code: 'NotFound' });
  });

  it('assumes roles, and runs a credential process once for all its clients', async () => {
    const script = join(folder, 'process.sh');
    await writeFile(
      script,
      `#!/bin/sh\necho run >> '${folder}/runs'\necho '{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"x","Expiration":"2999-01-01T00:00:00Z"}'\n`,
    );
    await chmod(script, 0o755);
    await write(
      `[profile tool]\ncredential_process = ${script}\n[profile role]\nrole_arn = arn:aws:iam::123456789012:role/batch\nsource_profile = tool\nregion = eu-west-1\n`,
    );
    const runs = async (): Promise<number> => (await readFile(join(folder, 'runs'), 'utf8')).trim().split('\n').length;
    const tool = target('tool');
    await Promise.all([tool.accountId(), tool.listBuckets(), tool.listFunctions(), tool.listRoles(), tool.listKeys()]);
    assert.equal(await runs(), 1);
    tool.forgetCredentials();
    await tool.listBuckets();
    assert.equal(await runs(), 2);
    tool.dispose();
    assert.equal(await target('role').accountId(), '123456789012');
    assert.equal(await runs(), 3);
  });
});

describe('createAwsTarget against the engine', () => {
  let engine: RunningEngine;
  let data: string;

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 's3batch-data-'));
    engine = await startEngine({ dataDirectory: data });
  });

  after(async () => {
    await engine.close();
    await rm(data, { recursive: true, force: true, maxRetries: 3 });
  });

  it('speaks to it as to AWS: account id before the host, credentials of a profile', async () => {
    const { port, accessKeyId, secretAccessKey } = engine.connection;
    setEnvironment({ AWS_ENDPOINT_URL: `http://localhost:${port}` });
    await write('', `[engine]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`);
    const aws = createAwsTarget(awsTarget({ profile: 'engine', region: engine.connection.region }, ''));
    client = aws;
    assert.equal(await aws.accountId(), '000000000000');
    assert.deepEqual(await aws.listJobs(), { jobs: [] });
    await assert.rejects(aws.describeJob('11111111-1111-4111-8111-111111111111'), { code: /NoSuchJob|NotFound/ });
  });

  it('finds new credentials after the ones it had were refused', async () => {
    const { port, accessKeyId, secretAccessKey } = engine.connection;
    setEnvironment({ AWS_ENDPOINT_URL: `http://localhost:${port}` });
    await write('', '[engine]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = old\n');
    const aws = createAwsTarget(awsTarget({ profile: 'engine', region: engine.connection.region }, ''));
    client = aws;
    await assert.rejects(aws.listJobs(), BatchError);
    await write('', `[engine]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`);
    assert.deepEqual(await aws.listJobs(), { jobs: [] });
  });
});
