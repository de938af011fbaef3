import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { JobEngine, textAt } from '../../support/jobEngine.js';

const engines: JobEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

interface PartText {
  readonly key: string;
  readonly text: string;
  readonly md5?: string;
}

/** An inventory as S3 publishes it: manifest.json in one bucket, gzip data files in the bucket that it names. */
async function inventoryJob(
  parts: readonly PartText[],
  changes: { readonly json?: Record<string, unknown>; readonly isPacked?: boolean; readonly lost?: string } = {},
): Promise<{ engine: JobEngine; id: string }> {
  const engine = await JobEngine.start();
  engines.push(engine);
  await engine.store.createBucket('inventories');
  const files = [];
  for (const { key, text, md5 } of parts) {
    const bytes = changes.isPacked === false ? Buffer.from(text) : gzipSync(text);
    if (key !== changes.lost) await engine.store.write('inventories', key, bytes);
    files.push({ key, size: bytes.length, MD5checksum: md5 ?? createHash('md5').update(bytes).digest('hex') });
  }
  const json = JSON.stringify({
    sourceBucket: 'bucket',
    destinationBucket: 'arn:aws:s3:::inventories',
    version: '2016-11-30',
    creationTimestamp: '1514944800000',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, VersionId, IsLatest, Size',
    files,
    ...changes.json,
  });
  const key = 'bucket/daily/2026-01-31T01-00Z/manifest.json';
  const { etag } = await engine.store.write('manifests', key, Buffer.from(json));
  const id = await engine.createFrom({
    ...engine.request({ arn: '', etag }),
    Manifest: {
      Spec: { Format: 'S3InventoryReport_CSV_20161130' },
      Location: { ObjectArn: `arn:aws:s3:::manifests/${key}`, ETag: etag },
    },
  });
  await engine.until(id);
  return { engine, id };
}

async function failureOf(engine: JobEngine, id: string): Promise<[string, string]> {
  const job = await engine.describe(id);
  return [textAt(job, 'FailureReasons', 'member', 'FailureCode'), textAt(job, 'FailureReasons', 'member', 'FailureReason')];
}

test('runs the rows of all data files of an inventory, keys form-decoded, versions as they are', async () => {
  const { engine, id } = await inventoryJob([
    { key: 'data/1.csv.gz', text: '"bucket","ok+a%7E","v1","true","10"\n"bucket","ok-b","","false","0"' },
    { key: 'data/2.csv.gz', text: '"bucket","fail-c","null","true","10"\r\n' },
    { key: 'data/empty.csv.gz', text: '' },
  ]);
  assert.equal(await engine.status(id), 'Complete');
  assert.deepEqual(await engine.counts(id), [3, 1, 2]);
  const { succeeded, failed = [] } = await engine.report(id);
  assert.deepEqual(succeeded, ['bucket,ok+a%7E,v1,succeeded,200,,done ok a~']);
  assert.deepEqual(failed.toSorted(), [
    'bucket,fail-c,null,failed,200,PermanentFailure,"no, fail-c"',
    'bucket,ok-b,\\N,failed,400,InvalidRequest,Task failed due to missing VersionId',
  ]);
});

test('takes the bucket of the data files by its bare name too', async () => {
  const { engine, id } = await inventoryJob([{ key: 'data/1.csv.gz', text: '"bucket","ok","v1","true","1"\n' }], {
    json: { destinationBucket: 'inventories', fileSchema: 'Bucket,Key,VersionId,IsLatest,Size' },
  });
  assert.equal(await engine.status(id), 'Complete');
});

test('fails in Preparing when the inventory is not whole, not CSV, or not what it says', async () => {
  const row = { key: 'data/1.csv.gz', text: '"bucket","ok","v1","true","1"\n' };
  const fails = async (
    parts: readonly PartText[],
    changes: Parameters<typeof inventoryJob>[1],
    expected: readonly [string, string],
  ): Promise<void> => {
    const { engine, id } = await inventoryJob(parts, changes);
    assert.equal(await engine.status(id), 'Failed');
    assert.deepEqual(await failureOf(engine, id), expected);
    assert.deepEqual(await engine.counts(id), [0, 0, 0]);
  };
  const content = ['InvalidManifestContent', 'Invalid Manifest Content'] as const;
  const format = ['InvalidManifestContent', 'Manifest file is not properly formatted'] as const;
  await fails([row], { json: { fileFormat: 'ORC' } }, format);
  await fails([row], { json: { fileSchema: 'Bucket, Size' } }, format);
  await fails([row], { json: { files: 'none' } }, format);
  await fails([row], { json: { fileSchema: 'Bucket, Key' } }, format);
  await fails([row], { lost: row.key }, ['ManifestNotFound', 'Manifest object was not found']);
  await fails([row], { isPacked: false }, content);
  await fails([{ ...row, md5: '0'.repeat(32) }], {}, content);
  await fails([{ ...row, text: '' }], {}, format);
});
