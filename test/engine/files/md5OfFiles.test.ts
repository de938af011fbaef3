import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { md5OfFile, md5OfFiles } from '../../../src/files/report/md5OfFiles.js';
import { proofRuns } from '../../support/proofRuns.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-md5-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Sizes around the ends of blocks, of paddings and of what is read at a time. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 256 * 1024 - 70, max: 256 * 1024 + 70 }),
  fc.integer({ min: 0, max: 700_000 }),
);

test('files that are summed side by side have the sums that they have alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(size, { minLength: 2, maxLength: 9 }), async (sizes) => {
      const files = sizes.map((bytes, index) => ({
        path: join(folder, String(index)),
        bytes: Buffer.alloc(bytes, `${bytes} bytes of ${index}`),
      }));
      for (const { path, bytes } of files) await writeFile(path, bytes);
      const expected = files.map(({ bytes }) => createHash('md5').update(bytes).digest('hex'));
      const paths = files.map(({ path }) => path);
      assert.deepEqual(await md5OfFiles(paths), expected);
      assert.equal(await md5OfFile(paths[0] ?? ''), expected[0]);
    }),
    { numRuns: proofRuns(30, 2000) },
  );
});

test('the same file twice, and none at all', async () => {
  const path = join(folder, 'a');
  await writeFile(path, 'abc');
  const sum = '900150983cd24fb0d6963f7d28e17f72';
  assert.deepEqual(await md5OfFiles([path, path, path]), [sum, sum, sum]);
  assert.deepEqual(await md5OfFiles([]), []);
});

test('a file that is not there is said by name', async () => {
  const path = join(folder, 'a');
  await writeFile(path, 'abc');
  await assert.rejects(md5OfFiles([path, join(folder, 'none')]), { code: 'CanNotRead', message: /none: there is no such file/ });
});

test('a cancelled sum stops', async () => {
  const paths = [join(folder, 'a'), join(folder, 'b')];
  for (const path of paths) await writeFile(path, Buffer.alloc(1_000_000));
  await appendFile(paths[0] ?? '', 'x');
  await assert.rejects(md5OfFiles(paths, AbortSignal.abort()), { code: 'Cancelled' });
});
