import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JobFile } from '../../../../src/core/job/jobFile.js';
import { chosenKey, chosenRows, firstRows, shuffledRows } from '../../../../src/core/job/manifestRows.js';
import type { Finding } from '../../../../src/core/operations/validateShape.js';
import { type ManifestVerdict, submitJob, type SubmitStep } from '../../../../src/core/job/submitJob.js';
import { FakeTargetClient } from '../../../support/fakeTargetClient.js';
import { validRequest, withMember } from '../../../support/jobFixtures.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);
const manifestText = 'test,a.csv\ntest,b.csv\r\ntest,c.csv\n';
const clean = (): ManifestVerdict => ({ rows: 3, errors: 0, warnings: 0 });

const job: JobFile = {
  ...validRequest,
  ManifestFile: 'manifest.csv',
  Manifest: { Spec: validRequest.Manifest.Spec, Location: { ObjectArn: 'arn:aws:s3:::manifests/in/manifest.csv' } },
};

function options(client: FakeTargetClient, more: Partial<Parameters<typeof submitJob>[0]> = {}): Parameters<typeof submitJob>[0] {
  return { client, job, readFile: () => Promise.resolve(bytes(manifestText)), lint: clean, clientRequestToken: 'token', ...more };
}

test('lints, uploads, fills in and creates, in this order', async () => {
  const client = new FakeTargetClient();
  const steps: SubmitStep[] = [];
  const linted: unknown[] = [];
  const { jobId, request, manifest } = await submitJob(
    options(client, {
      onProgress: (step) => steps.push(step),
      lint: (what) => {
        linted.push({ ...what, bytes: text(what.bytes) });
        return clean();
      },
    }),
  );
  assert.equal(jobId, 'job-1');
  assert.deepEqual(steps, ['check', 'lint', 'upload', 'create']);
  assert.deepEqual(linted, [{ bytes: manifestText, fields: ['Bucket', 'Key'], isOneBucketOnly: false }]);
  assert.deepEqual(client.calls, [
    'createBucket manifests',
    'createBucket reports',
    'putObject manifests/in/manifest.csv',
    'createJob',
  ]);
  const stored = await client.headObject('manifests', 'in/manifest.csv');
  assert.deepEqual(request.Manifest?.Location, { ObjectArn: 'arn:aws:s3:::manifests/in/manifest.csv', ETag: stored.etag });
  assert.equal(request.AccountId, '000000000000');
  assert.equal(request.ClientRequestToken, 'token');
  assert.ok(!('ManifestFile' in request));
  assert.deepEqual(manifest, clean());
});

test('another try of the same submit gives the same job', async () => {
  const client = new FakeTargetClient();
  const first = await submitJob(options(client));
  const second = await submitJob(options(client));
  assert.equal(first.jobId, second.jobId);
  assert.deepEqual(first.request, second.request);
});

test('buckets are created on Local only', async () => {
  await assert.rejects(submitJob(options(new FakeTargetClient('aws'))), { code: 'NoSuchBucket' });
  const client = new FakeTargetClient('aws', ['manifests']);
  await submitJob(options(client));
  assert.deepEqual(client.calls, ['putObject manifests/in/manifest.csv', 'createJob']);
});

test('errors in the manifest stop before anything is written', async () => {
  const client = new FakeTargetClient();
  const verdict = { rows: 3, errors: 2, warnings: 1 };
  await assert.rejects(submitJob(options(client, { lint: () => verdict })), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'ManifestHasErrors');
    assert.equal(error.message, 'The manifest manifest.csv has 2 errors in 3 rows.');
    assert.deepEqual(error.cause, verdict);
    return true;
  });
  assert.deepEqual(client.calls, []);
});

test('left alone, the manifest is checked by all rules', async () => {
  const { lint: _, ...rest } = options(new FakeTargetClient(), { readFile: () => Promise.resolve(bytes('test,a b\n')) });
  await assert.rejects(submitJob(rest), {
    code: 'ManifestHasErrors',
    message: 'The manifest manifest.csv has 1 error in 1 row.',
  });
  const good = await submitJob({ ...rest, readFile: () => Promise.resolve(bytes(manifestText)) });
  assert.equal(good.manifest?.rows, 3);
});

test('an invalid job stops before anything is read', async () => {
  const client = new FakeTargetClient();
  const bad = withMember(job, ['Priority'], -1) as unknown as JobFile;
  const readFile = (): Promise<never> => assert.fail('must not be read');
  await assert.rejects(submitJob(options(client, { job: bad, readFile })), (error) => {
    assert.deepEqual(
      ((error as Error).cause as Finding[]).map(({ code }) => code),
      ['out-of-range'],
    );
    return true;
  });
});

test('a manifest that is not there', async () => {
  const readFile = (): Promise<never> => Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' }));
  await assert.rejects(submitJob(options(new FakeTargetClient(), { readFile })), { code: 'ManifestUnreadable' });
});

test('a limit submits the first rows beside the whole manifest', async () => {
  const client = new FakeTargetClient();
  const { request } = await submitJob(options(client, { rows: { kind: 'first', count: 2 } }));
  assert.equal(text(client.buckets.get('manifests')?.get('in/manifest.first-2.csv')), 'test,a.csv\ntest,b.csv\r\n');
  assert.equal(request.Manifest?.Location.ObjectArn, 'arn:aws:s3:::manifests/in/manifest.first-2.csv');
  assert.equal(client.buckets.get('manifests')?.has('in/manifest.csv'), false);
  await assert.rejects(submitJob(options(client, { rows: { kind: 'first', count: 0 } })), { code: 'InvalidLimit' });
});

const inBucket: JobFile = { ...validRequest };

test('a manifest in S3: ETag looked up, compared, cut to a limit', async () => {
  const client = new FakeTargetClient('local', ['manifests', 'reports']);
  await client.putObject('manifests', 'manifest.csv', bytes(manifestText));
  const { etag } = await client.headObject('manifests', 'manifest.csv');
  const withETag = (value: unknown): JobFile =>
    withMember(inBucket, ['Manifest', 'Location', 'ETag'], value) as unknown as JobFile;

  assert.equal((await submitJob(options(client, { job: withETag(undefined) }))).request.Manifest?.Location.ETag, etag);
  const quoted = await submitJob(options(client, { job: withETag(`"${etag}"`), clientRequestToken: 'b' }));
  assert.equal(quoted.request.Manifest?.Location.ETag, etag);
  await assert.rejects(submitJob(options(client, { job: withETag('other') })), { code: 'StaleManifest' });

  const limited = await submitJob(
    options(client, { job: withETag(etag), rows: { kind: 'first', count: 1 }, clientRequestToken: 'c' }),
  );
  assert.equal(limited.request.Manifest?.Location.ObjectArn, 'arn:aws:s3:::manifests/manifest.first-1.csv');
});

test('an ETag of a pinned version can not be looked up', async () => {
  const client = new FakeTargetClient('local', ['manifests', 'reports']);
  const pinned = withMember(
    withMember(inBucket, ['Manifest', 'Location', 'ETag'], undefined),
    ['Manifest', 'Location', 'ObjectVersionId'],
    'v1',
  ) as unknown as JobFile;
  await assert.rejects(submitJob(options(client, { job: pinned })), { code: 'InvalidJob' });
});

test('cancelled before the job is created, no job is created', async () => {
  const client = new FakeTargetClient();
  const controller = new AbortController();
  const lint = (): ManifestVerdict => {
    controller.abort();
    return clean();
  };
  await assert.rejects(submitJob(options(client, { signal: controller.signal, lint })), { code: 'Cancelled' });
  assert.deepEqual(client.created, []);
});

test('first rows: as many as asked for, whole rows, a prefix of the manifest', () => {
  const row = fc.constantFrom('b,k', '"b","a\nb"', 'b,"x""y"');
  const eol = fc.constantFrom('\n', '\r\n', '\r');
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 8 }),
      eol,
      fc.integer({ min: 1, max: 10 }),
      fc.boolean(),
      (rows, end, limit, hasEnd) => {
        const whole = rows.join(end) + (hasEnd && rows.length > 0 ? end : '');
        const expected =
          limit >= rows.length
            ? whole
            : rows
                .slice(0, limit)
                .map((content) => content + end)
                .join('');
        assert.equal(text(firstRows(bytes(whole), limit)), expected);
      },
    ),
  );
  assert.equal(chosenKey('a.b/list', { kind: 'first', count: 5 }), 'a.b/list.first-5');
  assert.equal(chosenKey('.csv', { kind: 'sample', count: 5, seed: 2 }), '.csv.sample-5-2');
});

test('a sample has its rows from each prefix, in the order of the manifest, and the same ones for the same seed', () => {
  const rows = Array.from({ length: 1000 }, (_, index) => `b,${index % 10 === 0 ? 'rare' : 'common'}/${index}.txt\n`);
  const manifest = bytes(rows.join(''));
  const draw = (seed: number): string[] =>
    text(chosenRows(manifest, { kind: 'sample', count: 50, seed }, { name: 'm.csv' }))!.split(/(?<=\n)/);
  const drawn = draw(7);
  assert.equal(drawn.length, 50);
  assert.equal(drawn.filter((row) => row.startsWith('b,rare/')).length, 5);
  assert.deepEqual(
    drawn,
    rows.filter((row) => drawn.includes(row)),
  );
  assert.deepEqual(draw(7), drawn);
  assert.notDeepEqual(draw(8), drawn);
  const all = chosenRows(manifest, { kind: 'sample', count: 5000, seed: 1 }, { name: 'm.csv' });
  assert.equal(text(all), text(manifest));
});

test('shuffled rows are the same rows in another order, the same one for the same seed', () => {
  const rows = Array.from({ length: 200 }, (_, index) => `b,${index}`);
  const shuffle = (seed: number): string[] =>
    text(shuffledRows(bytes(rows.join('\n')), seed, { name: 'm.csv' }))
      .trimEnd()
      .split('\n');
  assert.deepEqual(shuffle(3).toSorted(), rows.toSorted());
  assert.notDeepEqual(shuffle(3), rows);
  assert.deepEqual(shuffle(3), shuffle(3));
  assert.notDeepEqual(shuffle(3), shuffle(4));
});
