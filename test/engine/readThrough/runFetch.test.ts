import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { runInProcess } from '../../support/cliInProcess.js';
import { FakeRealBuckets, type RealObject } from '../../support/fakeRealBuckets.js';

/** Reads that fall through, as `s3batch run --fetch` and a handler see them. */
let folder: string;
let before: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-read-through-'));
  before = { ...process.env };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAREAL', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' });
  await writeFile(join(folder, 'template.yaml'), template);
  await writeFile(join(folder, 'manifest.csv'), 'photos,a\nphotos,b\n');
});
afterEach(async () => {
  process.env = before;
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

const template = `AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: work, CodeUri: ., Handler: app.handler, Runtime: nodejs22.x, Timeout: 30 }
`;

/** A handler whose result string is what `body`, with an S3 client and the key at hand, resolves with. */
function handler(body: string): string {
  return `const { S3Client, GetObjectCommand, PutObjectCommand, DeleteObjectCommand, HeadObjectCommand, ListObjectsV2Command } = require('@aws-sdk/client-s3');
const s3 = new S3Client({ forcePathStyle: true });
const read = async (Bucket, Key) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body.transformToString();
const work = async (key) => { ${body} };
exports.handler = async (event) => {
  const [task] = event.tasks;
  let resultString = '', resultCode = 'Succeeded';
  try { resultString = await work(task.s3Key); } catch (error) { resultCode = 'PermanentFailure'; resultString = error.name; }
  return { invocationSchemaVersion: '2.0', invocationId: event.invocationId, results: [{ taskId: task.taskId, resultCode, resultString }] };
};
`;
}

const job = {
  ManifestFile: 'manifest.csv',
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::local-manifests/manifest.csv' },
  },
  Operation: {
    LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:work', InvocationSchemaVersion: '2.0' },
  },
  Report: {
    Enabled: true,
    Bucket: 'arn:aws:s3:::reports',
    Prefix: 'done',
    Format: 'Report_CSV_20180820',
    ReportScope: 'AllTasks',
  },
  Priority: 10,
  RoleArn: 'arn:aws:iam::111122223333:role/batch',
  ConfirmationRequired: false,
};

interface Ran {
  readonly exitCode: number;
  readonly stderr: string;
  readonly real: FakeRealBuckets;
  /** The last event of a kind. */
  event(kind: string): Readonly<Record<string, unknown>> | undefined;
  readonly jobs: number;
  /** Of the rows' results, by key. */
  readonly messages: Readonly<Record<string, string>>;
}

const rows = { 'photos/a': { text: 'first' }, 'photos/b': { text: 'second' } };

async function run(
  operation: { readonly handler: string } | { readonly Operation: Readonly<Record<string, unknown>> },
  objects: Readonly<Record<string, RealObject>>,
  ...args: readonly string[]
): Promise<Ran> {
  if ('handler' in operation) await writeFile(join(folder, 'app.js'), handler(operation.handler));
  const Operation = 'handler' in operation ? job.Operation : operation.Operation;
  await writeFile(join(folder, 'job.s3job.json'), JSON.stringify({ ...job, Operation }));
  const real = await FakeRealBuckets.start(objects);
  try {
    const report = join(folder, 'report');
    const given = ['run', 'job.s3job.json', '--format', 'json', '--fetch', '--endpoint', real.endpoint];
    const ran = await runInProcess([...given, '--report', report, ...args], folder);
    const events = linesOf(ran.stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
    return {
      exitCode: ran.code,
      stderr: ran.stderr,
      real,
      event: (kind) => events.findLast(({ event }) => event === kind),
      jobs: events.filter(({ event }) => event === 'created').length,
      messages: await messagesOf(report),
    };
  } finally {
    await real.close();
  }
}

async function messagesOf(report: string): Promise<Record<string, string>> {
  const files = await readdir(report, { recursive: true }).catch(() => []);
  const messages: Record<string, string> = {};
  for (const file of files.filter((name) => name.endsWith('.csv'))) {
    for (const line of linesOf(await readFile(join(report, file), 'utf8'))) {
      const fields = line.split(',');
      messages[fields[1] ?? ''] = (fields.at(-1) ?? '').trim();
    }
  }
  return messages;
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

test('what a handler reads beside its rows is fetched when it does, once for all rows', async () => {
  const ran = await run(
    { handler: `return await read('settings', 'limits.json') + await read('settings', 'limits.json')` },
    { ...rows, 'settings/limits.json': { text: 'three' } },
  );
  assert.deepEqual(ran.messages, { a: 'threethree', b: 'threethree' });
  const objects = ran.real.requests.filter((request) => /\/.+\/./.test(request.split('?')[0] ?? ''));
  assert.deepEqual(objects.toSorted(), [
    'GET /photos/a?x-id=GetObject',
    'GET /photos/b?x-id=GetObject',
    'GET /settings/limits.json?x-id=GetObject',
  ]);
  assert.equal(ran.event('fetched')?.['fetched'], 2);
  assert.deepEqual([ran.event('fetchedLater')?.['fetched'], ran.event('fetchedLater')?.['bytes']], [3, 16]);
  assert.equal(ran.exitCode, 0);
});

test('what a handler writes stays here, and is known to replace what is there for real', async () => {
  const ran = await run(
    { handler: `await s3.send(new PutObjectCommand({ Bucket: 'done', Key: key, Body: 'new' })); return await read('done', key)` },
    { ...rows, 'done/a': { text: 'old' } },
  );
  assert.deepEqual(ran.messages, { a: 'new', b: 'new' });
  assert.deepEqual(ran.event('changed')?.['counts'], { created: 1, overwritten: 1 });
  assert.deepEqual(ran.real.writes, []);
  // That done/b is not there is no mistake.
  assert.deepEqual(ran.event('fetchedLater')?.['unreadable'], []);
});

test('what a handler deletes is gone for it, and is not fetched again', async () => {
  const ran = await run(
    {
      handler: `await s3.send(new DeleteObjectCommand({ Bucket: 'photos', Key: key }));
  return await read('photos', key).catch((error) => error.name)`,
    },
    rows,
  );
  assert.deepEqual(ran.messages, { a: 'NoSuchKey', b: 'NoSuchKey' });
  assert.deepEqual(ran.event('changed')?.['counts'], { deleted: 2 });
  assert.deepEqual(ran.real.writes, []);
});

test('what is nowhere is not there; what may not be read is told', async () => {
  const ran = await run(
    {
      handler: `const name = (error) => error.name;
  return [await read('photos', 'none').catch(name), await read('nowhere', 'x').catch(name), await read('photos', 'denied').catch(name)].join(' ')`,
    },
    { ...rows, 'photos/denied': { text: '', error: { status: 403, code: 'AccessDenied' } } },
  );
  assert.deepEqual(ran.messages, { a: 'NoSuchKey NoSuchBucket NoSuchKey', b: 'NoSuchKey NoSuchBucket NoSuchKey' });
  const unreadable = ran.event('fetchedLater')?.['unreadable'] as { code: string; objects: number }[];
  assert.deepEqual(
    unreadable.map(({ code, objects }) => [code, objects]),
    [['AccessDenied', 1]],
  );
});

test('the limit of bytes counts for both, and cancels the job that exceeds it', async () => {
  const ran = await run(
    { handler: `return (await read('photos', 'large')).length + ''` },
    { ...rows, 'photos/large': { text: 'x'.repeat(100) } },
    '--fetch-limit',
    '100',
  );
  assert.equal(ran.exitCode, 2);
  assert.match(
    ran.stderr,
    /The objects have more than 100 bytes: 2 were fetched\.\s+Take a smaller sample, or raise the limit\./,
  );
  assert.equal(ran.event('status')?.['status'], 'Cancelled');
});

test('an operation finds its destination as it is for real', async () => {
  const ran = await run(
    { Operation: { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::copies', MetadataDirective: 'COPY' } } },
    { ...rows, 'copies/b': { text: 'old copy' } },
  );
  assert.equal(ran.exitCode, 0, JSON.stringify(ran.event('ended')) + ran.real.requests.join());
  assert.deepEqual(ran.event('changed')?.['counts'], { copied: 1, overwritten: 1 });
  assert.deepEqual(ran.real.writes, []);
});

test('the second run of the chaos switch meets what the first has left', async () => {
  const ran = await run(
    {
      handler: `const before = await read('counters', 'n').catch(() => '0');
  await s3.send(new DeleteObjectCommand({ Bucket: 'counters', Key: 'n' }));
  return before`,
    },
    { ...rows, 'counters/n': { text: '7' } },
    '--chaos',
  );
  assert.equal(ran.real.requests.filter((request) => request.startsWith('GET /counters/n')).length, 1);
  assert.deepEqual(ran.real.writes, []);
  assert.ok(ran.event('chaos') !== undefined, ran.stderr);
});

test('what ends the fetching in the second run of the chaos switch is told', async () => {
  const ran = await run(
    {
      handler: `const { AWS_SESSION_TOKEN: job } = process.env;
  const mark = await read('marks', key).catch(() => job);
  await s3.send(new PutObjectCommand({ Bucket: 'marks', Key: key, Body: job }));
  return mark !== job ? (await read('photos', 'large')).length + '' : 'first'`,
    },
    { ...rows, 'marks/other': { text: '' }, 'photos/large': { text: 'x'.repeat(100) } },
    '--fetch-limit',
    '100',
    '--chaos',
  );
  assert.equal(ran.exitCode, 2);
  assert.equal(ran.jobs, 2);
  assert.match(ran.stderr, /The objects have more than 100 bytes/);
});
