import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { JobManifest } from '../../../src/core/job/jobTypes.js';
import type { ObjectAttributes } from '../../../src/engine/objectStore.js';
import { ManualClock } from '../../fakes/manualClock.js';
import { JobEngine, type JobEngineOptions, textAt } from '../../support/jobEngine.js';

const dayMs = 24 * 60 * 60 * 1000;
const engines: JobEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

async function start(options: JobEngineOptions = {}): Promise<JobEngine> {
  const engine = await JobEngine.start(options);
  engines.push(engine);
  return engine;
}

function numbered(count: number, name: string): string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index}`);
}

function setStatus(engine: JobEngine, id: string, status: 'Ready' | 'Cancelled'): Promise<unknown> {
  return engine.call('POST', `/v20180820/jobs/${id}/status?requestedJobStatus=${status}`);
}

async function failureOf(engine: JobEngine, id: string): Promise<[string, string]> {
  const job = await engine.describe(id);
  return [textAt(job, 'FailureReasons', 'member', 'FailureCode'), textAt(job, 'FailureReasons', 'member', 'FailureReason')];
}

test('a job waits for confirmation, runs, and reports byte for byte', async () => {
  const engine = await start();
  const id = await engine.create(['ok%20a', 'fail-b', 'ok-c'], { ConfirmationRequired: true });
  assert.equal(await engine.until(id, 'Suspended'), 'Suspended');
  assert.deepEqual(await engine.counts(id), [3, 0, 0]);
  await setStatus(engine, id, 'Ready');
  assert.equal(await engine.until(id), 'Complete');
  assert.deepEqual(await engine.counts(id), [3, 2, 1]);
  const { succeeded = [], failed } = await engine.report(id);
  assert.deepEqual(succeeded.toSorted(), ['bucket,ok%20a,,succeeded,200,,done ok a', 'bucket,ok-c,,succeeded,200,,done ok-c']);
  assert.deepEqual(failed, ['bucket,fail-b,,failed,200,PermanentFailure,"no, fail-b"']);
  const manifest = await engine.bytes('reports', `done/job-${id}/manifest.json`);
  const md5 = await engine.bytes('reports', `done/job-${id}/manifest.json.md5`);
  assert.equal(md5.toString(), createHash('md5').update(manifest).digest('hex'));
  const { Results: results } = JSON.parse(manifest.toString()) as { Results: { Key: string; MD5Checksum: string }[] };
  for (const { Key, MD5Checksum } of results) {
    assert.match(Key, new RegExp(`^done/job-${id}/results/[0-9a-f]{40}\\.csv$`));
    assert.equal(
      createHash('md5')
        .update(await engine.bytes('reports', Key))
        .digest('hex'),
      MD5Checksum,
    );
  }
});

test('left out, ConfirmationRequired counts as true', async () => {
  const engine = await start();
  const { ConfirmationRequired: _, ...request } = engine.request(await engine.putManifest(['ok']));
  const id = await engine.createFrom(request);
  assert.equal(await engine.until(id, 'Suspended'), 'Suspended');
});

test('fails in Preparing with the service’s own reasons', async () => {
  const engine = await start();
  const run = async (
    text: string | Uint8Array,
    changes: Partial<JobManifest['Location']> = {},
    fields: readonly string[] = ['Bucket', 'Key'],
  ) => {
    const { etag } = await engine.store.write('manifests', 'm.csv', Buffer.from(text as string));
    const request = engine.request({ arn: 'arn:aws:s3:::manifests/m.csv', etag });
    const id = await engine.createFrom({
      ...request,
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: fields as JobManifest['Spec']['Fields'] & object },
        Location: { ObjectArn: 'arn:aws:s3:::manifests/m.csv', ETag: etag, ...changes },
      },
    });
    const status = await engine.until(id);
    if (status !== 'Failed') return [status];
    assert.deepEqual(await engine.counts(id), [0, 0, 0]);
    assert.equal(await engine.errorOf(engine.report(id)), '404 NoSuchKey');
    return failureOf(engine, id);
  };
  const badFormat = ['InvalidManifestContent', 'Manifest file is not properly formatted'];
  const badContent = ['InvalidManifestContent', 'Invalid Manifest Content'];
  const badKey = ['InvalidManifestContent', 'Invalid object key format'];
  assert.deepEqual(await run(''), badFormat);
  assert.deepEqual(await run('b,k\nb\n'), badFormat);
  assert.deepEqual(await run('b,k,v\n'), badFormat);
  assert.deepEqual(await run('b,k\n\nb,k\n'), badFormat);
  assert.deepEqual(await run('b,"k\n'), badFormat);
  assert.deepEqual(await run('\uFEFFb,k\n'), badContent);
  assert.deepEqual(await run(Buffer.from([0x62, 0x2c, 0xff, 0x0a])), badContent);
  assert.deepEqual(await run('b,100%\n'), badKey);
  assert.deepEqual(await run('b,%FF\n'), badKey);
  assert.deepEqual(await run(`b,${'k'.repeat(1025)}\n`), badKey);
  assert.deepEqual(await run('b,k\n', { ETag: 'other' }), ['ManifestNotFound', 'Etag mismatch reading manifest']);
  assert.deepEqual(await run('b,k\n', { ObjectArn: 'arn:aws:s3:::manifests/none' }), [
    'ManifestNotFound',
    'Manifest object was not found',
  ]);
  assert.deepEqual(await run('b,k\n', { ETag: `"${createHash('md5').update('b,k\n').digest('hex')}"` }), ['Complete']);
  assert.deepEqual(await run('x,"b","k, 1",%C3%A9\r\nx,b,k%2C2,y', {}, ['Ignore', 'Bucket', 'Key', 'Ignore']), ['Complete']);
});

test('manifests that can’t be read, or are under a key of the customer, are none', async () => {
  const clock = new ManualClock();
  const engine = await start({ clock });
  const run = async (name: string, attributes: Partial<ObjectAttributes>, restoredForDays?: number): Promise<string[]> => {
    const given = { contentType: 'text/csv', systemMetadata: {}, userMetadata: {}, ...attributes };
    const { etag } = await engine.store.put('manifests', name, [Buffer.from('b,k\n')], { attributes: given });
    if (restoredForDays !== undefined) {
      await engine.store.restore({ bucket: 'manifests', key: name }, { days: restoredForDays, tier: 'Standard' });
      clock.advance(6000);
    }
    const id = await engine.createFrom(engine.request({ arn: `arn:aws:s3:::manifests/${name}`, etag }));
    return (await engine.until(id)) === 'Failed' ? failureOf(engine, id) : ['no failure'];
  };
  const archived = ['AccessDenied', 'Reading the manifest is forbidden: InvalidObjectState (emulated text)'];
  assert.deepEqual(await run('glacier', { storageClass: 'GLACIER' }), archived);
  assert.deepEqual(await run('deep', { storageClass: 'DEEP_ARCHIVE' }), archived);
  assert.deepEqual(await run('instant', { storageClass: 'GLACIER_IR' }), ['no failure']);
  assert.deepEqual(await run('restored', { storageClass: 'GLACIER' }, 1), ['no failure']);
  assert.deepEqual(await run('customer', { encryption: { algorithm: 'customer', keyMd5: 'md5' } }), [
    'InvalidManifestContent',
    'Unsupported encryption type SSE_C used for manifest (emulated text)',
  ]);
  assert.deepEqual(await run('kms', { encryption: { algorithm: 'aws:kms', kmsKeyId: 'key' } }), [
    'InvalidManifestContent',
    'Unsupported encryption type SSE_KMS used for manifest',
  ]);
});

test('a report is under SSE-S3 whatever the bucket’s default, and never in a bucket with a default retention', async () => {
  const engine = await start();
  const encryption = { algorithm: 'aws:kms', kmsKeyId: 'key' } as const;
  await engine.store.createBucket('secret', undefined, { encryption });
  const defaultRetention = { mode: 'GOVERNANCE', unit: 'Days', amount: 1 } as const;
  await engine.store.createBucket('kept', undefined, { versioning: 'Enabled', objectLock: { defaultRetention } });
  const request = engine.request(await engine.putManifest(['ok']));
  const run = async (bucket: string): Promise<string> => {
    const Report = { ...request.Report, Bucket: `arn:aws:s3:::${bucket}` };
    const id = await engine.createFrom({ ...request, ClientRequestToken: bucket, Report });
    await engine.until(id);
    return id;
  };
  const id = await run('secret');
  assert.deepEqual((await engine.store.head('secret', `done/job-${id}/manifest.json`)).encryption, { algorithm: 'AES256' });
  const failed = await run('kept');
  assert.deepEqual([await engine.counts(failed), textAt(await engine.describe(failed), 'Status')], [[1, 1, 0], 'Failed']);
  assert.equal(
    (await failureOf(engine, failed))[1],
    'The job report could not be written to your report bucket. Please check your permissions.',
  );
});

test('fails when there is no report bucket, or the report can’t be written', async () => {
  const engine = await start();
  const manifest = await engine.putManifest(['ok']);
  const request = engine.request(manifest);
  const missing = await engine.createFrom({ ...request, Report: { ...request.Report, Bucket: 'arn:aws:s3:::none' } });
  assert.equal(await engine.until(missing), 'Failed');
  assert.deepEqual(await failureOf(engine, missing), [
    'NoSuchBucket',
    'Invalid manifest was provided. Target bucket none does not exist.',
  ]);
  const slow = await engine.create(['slow100']);
  await engine.until(slow, 'Active');
  await engine.store.deleteBucket('reports');
  assert.equal(await engine.until(slow), 'Failed');
  assert.equal(
    (await failureOf(engine, slow))[1],
    'The job report could not be written to your report bucket. Please check your permissions.',
  );
  assert.deepEqual(await engine.counts(slow), [1, 1, 0]);
});

test('a missing version is a failed task, printed as \\N', async () => {
  const engine = await start();
  const { etag } = await engine.store.write('manifests', 'v.csv', Buffer.from('b,ok1,\nb,ok2,null\nb,ok3,v3\n'));
  const request = engine.request({ arn: 'arn:aws:s3:::manifests/v.csv', etag });
  const id = await engine.createFrom({
    ...request,
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
      Location: { ObjectArn: 'arn:aws:s3:::manifests/v.csv', ETag: etag },
    },
  });
  assert.equal(await engine.until(id), 'Complete');
  const { succeeded = [], failed } = await engine.report(id);
  assert.deepEqual(failed, ['b,ok1,\\N,failed,400,InvalidRequest,Task failed due to missing VersionId']);
  assert.deepEqual(succeeded.toSorted(), ['b,ok2,null,succeeded,200,,done ok2', 'b,ok3,v3,succeeded,200,,done ok3']);
});

test('FailedTasksOnly lists failures only, and nothing when there are none', async () => {
  const engine = await start();
  const failedOnly = {
    Enabled: true,
    Bucket: 'arn:aws:s3:::reports',
    Prefix: 'done',
    Format: 'Report_CSV_20180820',
    ReportScope: 'FailedTasksOnly',
  } as const;
  const mixed = await engine.create(['ok', 'fail'], { Report: failedOnly });
  assert.equal(await engine.until(mixed), 'Complete');
  assert.deepEqual(Object.keys(await engine.report(mixed)), ['failed']);
  assert.deepEqual(await engine.counts(mixed), [2, 1, 1]);
  const good = await engine.create(['ok'], { Report: failedOnly });
  assert.equal(await engine.until(good), 'Complete');
  assert.deepEqual(await engine.report(good), {});
});

test('a report of failed tasks without any is nothing at all where the settings say so', async () => {
  const engine = await start({ settings: { emptyReport: 'none' } });
  const { Report } = engine.request({ arn: '', etag: '' });
  const good = await engine.create(['ok'], { Report: { ...Report, ReportScope: 'FailedTasksOnly' } });
  assert.equal(await engine.until(good), 'Complete');
  assert.equal(await engine.errorOf(engine.report(good)), '404 NoSuchKey');
  const bad = await engine.create(['fail'], { Report: { ...Report, ReportScope: 'FailedTasksOnly' } });
  assert.equal(await engine.until(bad), 'Complete');
  assert.equal((await engine.report(bad))['failed']?.length, 1);
});

test('handlers that crash their process fail their own tasks only', async () => {
  const engine = await start({ settings: { redrives: 1, redriveDelayMs: 1, concurrency: 2 } });
  const id = await engine.create([...numbered(5, 'ok'), 'crash-a', ...numbered(5, 'fine'), 'crash-b', ...numbered(5, 'last')]);
  assert.equal(await engine.until(id), 'Complete');
  assert.deepEqual(await engine.counts(id), [17, 15, 2]);
  const { failed = [] } = await engine.report(id);
  for (const [index, key] of ['crash-a', 'crash-b'].entries()) {
    assert.match(
      failed.toSorted()[index] ?? '',
      new RegExp(
        `^bucket,${key},,failed,200,PermanentFailure,.*RequestId: [0-9a-f-]{36} Error: Runtime exited with error: signal: killed`,
      ),
    );
  }
});

test('a function that does not exist fails every task', async () => {
  const engine = await start();
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:none';
  const id = await engine.create(['a'], { Operation: { LambdaInvoke: { FunctionArn: arn } } });
  assert.equal(await engine.until(id), 'Complete');
  assert.deepEqual((await engine.report(id))['failed'], [
    `bucket,a,,failed,404,ResourceNotFoundException,Function not found: ${arn} (emulated text)`,
  ]);
});

test('fails at the threshold and still reports', async () => {
  const engine = await start();
  const id = await engine.create([...numbered(500, 'ok'), ...numbered(2500, 'fail')]);
  assert.equal(await engine.until(id), 'Failed');
  assert.deepEqual(await failureOf(engine, id), [
    'JobFailed',
    'Job failed: more than 50% of tasks failed after 1000 or more tasks (emulated text)',
  ]);
  const [, succeeded, failed] = await engine.counts(id);
  const report = await engine.report(id);
  assert.deepEqual([report['succeeded']?.length, report['failed']?.length], [succeeded, failed]);
  assert.ok(failed > succeeded && succeeded + failed < 3000);
});

test('cancelling ends a running job, with a report of what was invoked', async () => {
  const engine = await start({ settings: { redriveDelayMs: 60_000 } });
  const id = await engine.create(['temp', ...numbered(500, 'slow20-')]);
  while ((await engine.counts(id))[1] < 5) await wait(10);
  const answer = await engine.call('POST', `/v20180820/jobs/${id}/status?requestedJobStatus=Cancelled`);
  assert.equal(textAt(answer.root, 'Status'), 'Cancelling');
  assert.equal(await engine.until(id), 'Cancelled');
  const [total, succeeded, failed] = await engine.counts(id);
  assert.ok(total === 501 && succeeded >= 5 && succeeded < 500, `${succeeded}`);
  const report = await engine.report(id);
  assert.equal(report['succeeded']?.length, succeeded);
  // Its redrive never came.
  assert.deepEqual(report['failed'], ['bucket,temp,,failed,200,TemporaryFailure,not now']);
  assert.equal(failed, 1);
});

test('a job of higher priority pauses a running one, which goes on afterwards', async () => {
  const engine = await start({ settings: { concurrency: 2 } });
  const low = await engine.create(numbered(150, 'slow10-'), { Priority: 1 });
  while ((await engine.counts(low))[1] < 3) await wait(5);
  const high = await engine.createFrom(
    engine.request(await engine.putManifest(numbered(20, 'slow20-'), 'high.csv'), { Priority: 5 }),
  );
  assert.equal(await engine.until(low, 'Paused'), 'Paused');
  const [, before] = await engine.counts(low);
  assert.ok(before >= 3 && before < 150);
  assert.equal(await engine.until(high), 'Complete');
  assert.equal(await engine.until(low), 'Complete');
  assert.deepEqual(await engine.counts(low), [150, 150, 0]);
  assert.equal((await engine.report(low))['succeeded']?.length, 150);
});

test('raising a waiting job’s priority lets it run first', async () => {
  const engine = await start({ settings: { activeJobs: 1 } });
  const first = await engine.create(numbered(100, 'slow10-'));
  await engine.until(first, 'Active');
  const second = await engine.createFrom(engine.request(await engine.putManifest(['ok'], 'second.csv')));
  await engine.until(second, 'Ready');
  assert.equal(await engine.status(second), 'Ready');
  await engine.call('POST', `/v20180820/jobs/${second}/priority?priority=11`);
  assert.equal(await engine.until(second), 'Complete');
  assert.notEqual(await engine.status(first), 'Complete');
  assert.equal(await engine.until(first), 'Complete');
});

test('goes on after a restart wherever it stood', async () => {
  const engine = await start({ settings: { concurrency: 2 } });
  const running = await engine.create(numbered(100, 'slow10-'));
  const suspended = await engine.createFrom(
    engine.request(await engine.putManifest(['ok'], 'other.csv'), { ConfirmationRequired: true }),
  );
  while ((await engine.counts(running))[1] < 3) await wait(5);
  await engine.until(suspended, 'Suspended');
  await engine.restart();
  assert.equal(await engine.status(suspended), 'Suspended');
  await setStatus(engine, suspended, 'Ready');
  await engine.restart();
  assert.equal(await engine.until(running), 'Complete');
  assert.equal(await engine.until(suspended), 'Complete');
  assert.equal((await engine.report(running))['succeeded']?.length, 100);
});

test('an unconfirmed job fails after 30 days, and an ended one is gone after 90', async () => {
  const clock = new ManualClock();
  const engine = await start({ clock });
  const id = await engine.create(['ok'], { ConfirmationRequired: true });
  await engine.until(id, 'Suspended');
  clock.advance(30 * dayMs);
  await wait(50);
  assert.equal(await engine.status(id), 'Suspended');
  clock.advance(60 * 60 * 1000);
  assert.equal(await engine.until(id, 'Failed'), 'Failed');
  clock.advance(89 * dayMs);
  assert.equal(await engine.status(id), 'Failed');
  clock.advance(dayMs);
  assert.equal(await engine.errorOf(engine.describe(id)), '404 NoSuchJobException');
  await engine.restart();
  assert.equal(await engine.errorOf(engine.describe(id)), '404 NoSuchJobException');
});

test('deleting the data folder under a running job ends it, not the engine', async () => {
  const engine = await start();
  const id = await engine.create(numbered(100, 'slow10-'));
  await engine.until(id, 'Active');
  // Again when the job has made a file meanwhile: a person's file manager would, too.
  await rm(join(engine.directory, 'data'), { recursive: true, force: true, maxRetries: 20, retryDelay: 5 });
  const status = await engine.until(id);
  assert.ok(status === 'Failed' || status === 'Complete', status);
  for (const bucket of ['manifests', 'reports']) await engine.store.createBucket(bucket);
  const next = await engine.create(['ok']);
  assert.equal(await engine.until(next), 'Complete');
});
