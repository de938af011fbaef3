import assert from 'node:assert/strict';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ChangedObject, countChanges } from '../../../src/core/changes/changeList.js';
import { readJobChanges, readKeptBytes } from '../../../src/files/changes/readJobChanges.js';
import { OperationJobs } from '../../support/operationJobs.js';

const copyTo = (bucket: string) => ({ S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${bucket}` } });

test('copies: what is new, what is overwritten, with its bytes from before; the report is nobody’s change', async (t) => {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('source');
  await jobs.bucket('target');
  for (const key of ['a', 'b', 'same']) await jobs.put('source', key, `new ${key}`);
  await jobs.put('target', 'b', 'old b');
  await jobs.put('target', 'same', 'new same');
  const { id, status } = await jobs.run(copyTo('target'), ['source/a', 'source/b', 'source/same', 'source/none']);
  assert.equal(status, 'Complete');

  const data = join(jobs.engine.directory, 'data');
  const changed = await readJobChanges(data, id);
  assert.deepEqual(outcomes(changed), { 'target/a': 'copied', 'target/b': 'overwritten', 'target/same': 'rewritten' });
  assert.deepEqual(countChanges(changed), [
    { what: 'copied', objects: 1 },
    { what: 'overwritten', objects: 1 },
    { what: 'rewritten', objects: 1 },
  ]);
  const b = changed.find(({ key }) => key === 'b');
  assert.deepEqual(b?.source, { bucket: 'source', key: 'b' });
  assert.equal(Buffer.from(await readKeptBytes(data, id, b?.kept ?? 0)).toString(), 'old b');
  assert.equal((await jobs.head('target', 'b')).etag, b?.after?.etag);
});

test('what changes beside the bytes is told with its values; what stays the same is left out', async (t) => {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('box');
  const tags = [{ key: 'k', value: 'v' }];
  await jobs.put('box', 'fresh');
  await jobs.put('box', 'tagged', 'x', { tags });
  const { id } = await jobs.run({ S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }, ['box/fresh', 'box/tagged']);
  const changed = await readJobChanges(join(jobs.engine.directory, 'data'), id);
  assert.deepEqual(
    changed.map(({ key, outcome, aspects }) => ({ key, outcome, aspects })),
    [{ key: 'fresh', outcome: 'changed', aspects: [{ kind: 'tags', was: null, is: tags }] }],
  );
});

test('a record that a kill has cut off goes on; what was undone is left out', async (t) => {
  const jobs = await OperationJobs.start(t);
  await jobs.bucket('source');
  await jobs.bucket('target');
  await jobs.put('source', 'a');
  const { id } = await jobs.run(copyTo('target'), ['source/a']);
  const data = join(jobs.engine.directory, 'data');
  const file = join(data, 'jobs', id, 'changes.jsonl');
  const [line = ''] = (await readFile(file, 'utf8')).split('\n');
  await appendFile(file, `${line.replace('"number":1', '"number":9').replace('"key":"a"', '"key":"z"')}\n{"undone":9}\n{"num`);
  assert.deepEqual(outcomes(await readJobChanges(data, id)), { 'target/a': 'copied' });
  assert.deepEqual(await readJobChanges(data, 'no-such-job'), []);
});

function outcomes(changed: readonly ChangedObject[]): Record<string, string> {
  return Object.fromEntries(changed.map(({ bucket, key, outcome }) => [`${bucket}/${key}`, outcome]));
}
