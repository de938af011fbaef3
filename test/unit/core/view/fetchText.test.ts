import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FetchResult } from '../../../../src/core/job/fetchObjects.js';
import { fetchedLaterLines, fetchLines, fetchProgressText, fetchText } from '../../../../src/core/view/fetchText.js';
import { untranslated } from '../../../../src/core/view/localizer.js';

const formats = { l10n: untranslated, locale: 'en' };
const nothing: FetchResult = { fetched: 0, bytes: 0, present: 0, unreadable: [], withoutTags: 0 };

test('what was fetched comes first, then what was left out and why', () => {
  const result: FetchResult = {
    fetched: 1204,
    bytes: 4096,
    present: 1,
    unreadable: [
      { code: 'NoSuchKey', message: 'Could not read\nit', objects: 3, samples: [{ bucket: 'b', key: 'a\nb', versionId: 'v1' }] },
    ],
    withoutTags: 2,
  };
  assert.deepEqual(fetchLines(result, 'prod', formats), [
    'Fetched from prod, which was only read: 1,204 objects, 4,096 bytes.',
    'In the local buckets already, and left as they are: 1 object.',
    'Not fetched, NoSuchKey: 3 objects.',
    'Fetched without tags, which may not be read: 2 objects.',
  ]);
  const text = fetchText('job', 'prod', result, formats);
  assert.match(text, /^## Not fetched: NoSuchKey \(3\)\n\n {4}Could not read it\n\n- s3:\/\/b\/a b version v1\n\nand 2 more$/m);
  assert.match(text, /Nothing is written to AWS/);
});

test('what was fetched while the job ran is told by itself', () => {
  const denied = { code: 'AccessDenied', message: 'No', objects: 1, samples: [] };
  const before: FetchResult = { ...nothing, fetched: 2, bytes: 10, unreadable: [denied] };
  assert.deepEqual(fetchedLaterLines(before, before, formats), []);
  const after = { ...before, fetched: 3, bytes: 1510, unreadable: [{ ...denied, objects: 3 }] };
  assert.deepEqual(fetchedLaterLines(before, after, formats), [
    'Fetched while the job ran, because it looked for them: 1 object, 1,500 bytes.',
    'Looked for by the job and not fetched, AccessDenied: 2 objects.',
  ]);
});

test('a fetch of nothing says so', () => {
  assert.deepEqual(fetchLines(nothing, 'prod', formats), ['Nothing was fetched from prod.']);
  assert.equal(fetchProgressText({ rows: 100, done: 12, bytes: 4096 }, formats), '12 of 100 objects, 4,096 bytes');
});
