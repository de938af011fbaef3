import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { encodeKey } from '../../../../src/core/manifest/keyEncoding.js';
import { joinRow } from '../../../../src/core/manifest/rowFields.js';
import { checkManifest } from '../../../../src/engine/run/checkManifest.js';
import { ManifestReader } from '../../../../src/engine/run/manifestReader.js';

const folder = await mkdtemp(join(tmpdir(), 's3batch-manifest-'));
const file = join(folder, 'manifest.csv');
after(() => rm(folder, { recursive: true, force: true }));

test('every row is read back as it was written, whatever its quotes, line ends and length', async () => {
  const key = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter((text) => !/\p{Surrogate}/u.test(text))
    .map(encodeKey);
  const row = fc.record({ bucket: fc.constantFrom('bucket', 'other'), key, extra: fc.constantFrom('', 'x', 'a,b', 'say "hi"') });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 30 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.boolean(),
      async (rows, end, isQuoted, hasLastEnd) => {
        const lines = rows.map((item) => {
          const values = [item.extra, item.bucket, item.key];
          return isQuoted ? values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',') : joinRow(values);
        });
        await writeFile(file, lines.join(end) + (hasLastEnd ? end : ''));
        const check = await checkManifest(file, ['Ignore', 'Bucket', 'Key']);
        assert.ok(check.kind === 'ok', JSON.stringify(check));
        assert.equal(check.layout.rows, rows.length);
        const reader = new ManifestReader(file, check.layout, check.chunks);
        try {
          rows.forEach((item, index) => {
            const read = reader.readRow(index);
            assert.deepEqual([read?.row, read?.bucket, read?.keyField], [index, item.bucket, item.key]);
          });
          assert.equal(reader.readRow(rows.length), undefined);
        } finally {
          reader.close();
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('finds the bad row among many, across blocks', async () => {
  const good = `bucket,${'k'.repeat(60)}%20x\n`.repeat(40_000);
  await writeFile(file, `${good}bucket\n${good}`);
  const check = await checkManifest(file, ['Bucket', 'Key']);
  assert.deepEqual(check.kind === 'failed' && check.line, 40_001);
  await writeFile(file, good);
  const clean = await checkManifest(file, ['Bucket', 'Key']);
  assert.ok(clean.kind === 'ok');
  assert.equal(clean.layout.rows, 40_000);
  assert.equal(clean.chunks.length - 1, Math.ceil(40_000 / clean.layout.rowsPerChunk));
});
