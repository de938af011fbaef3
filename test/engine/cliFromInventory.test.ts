import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runInProcess } from '../support/cliInProcess.js';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-inventory-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const md5 = (bytes: Uint8Array | string): string => createHash('md5').update(bytes).digest('hex');

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** An inventory as S3 lays it out, below the folder `config`. */
async function inventory(change: { md5?: string; size?: number; rows?: string } = {}): Promise<void> {
  const parts = [
    '"test","a%20b","","true","false"\n"test","c","v1","true","true"\n',
    change.rows ?? '"test","d+e","v2","false","false"\n',
  ];
  const files: unknown[] = [];
  for (const [index, rows] of parts.entries()) {
    const packed = gzipSync(rows);
    await put(`config/data/${index}.csv.gz`, packed);
    files.push({
      key: `deep/prefix/test/config/data/${index}.csv.gz`,
      size: packed.length,
      MD5checksum: md5(packed),
      ...(index === 1 ? rename(change) : {}),
    });
  }
  const manifest = JSON.stringify({
    sourceBucket: 'test',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker',
    files,
  });
  await put('config/2026-01-31T01-00Z/manifest.json', manifest);
  await put('config/2026-01-31T01-00Z/manifest.checksum', md5(manifest));
}

function rename({ md5: wanted, size }: { md5?: string; size?: number }): Record<string, unknown> {
  return { ...(wanted === undefined ? {} : { MD5checksum: wanted }), ...(size === undefined ? {} : { size }) };
}

const run = (...args: string[]) => runInProcess(['manifest', 'from-inventory', ...args], folder);

describe('s3batch manifest from-inventory', () => {
  test('by manifest.json, by its folder and by the folder above', async () => {
    await inventory();
    for (const path of ['config/2026-01-31T01-00Z/manifest.json', 'config/2026-01-31T01-00Z', 'config']) {
      const { code, stdout, stderr } = await run(path, '-o', '-');
      assert.deepEqual([code, stdout], [0, 'test,a%20b,null\ntest,d%20e,v2\n'], stderr);
      assert.equal(stderr, '1 delete marker left out.\n1 empty version id written as null.\nColumns: Bucket,Key,VersionId\n');
    }
    const { stdout } = await run('config', '--current-only', '-o', '-');
    assert.equal(stdout, 'test,a%20b,null\n');
  });

  test('checks without writing', async () => {
    await inventory();
    const good = await run('config', '--check');
    assert.deepEqual([good.code, good.stdout.split('\n').at(-2)], [0, '2 rows in 2 files of test: nothing wrong']);
    await inventory({ md5: md5('other'), rows: '"test","d"\n' });
    await put('config/2026-01-31T01-00Z/manifest.checksum', 'wrong');
    const bad = await run('config', '--check');
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /manifest\.checksum/);
    assert.match(bad.stdout, /Line 1 of config\/data\/1\.csv\.gz can't be read: it has 2 fields/);
    assert.match(bad.stdout, /: 2 problems\n$/);
  });

  for (const [name, change, message] of [
    ['an MD5', { md5: md5('other') }, /The MD5 of config\/data\/1\.csv\.gz is not/],
    ['a size', { size: 7 }, /the manifest\.json says 7/],
    ['a row', { rows: '"test"\n' }, /it has 1 fields/],
  ] as const) {
    test(`${name} that is wrong leaves nothing behind`, async () => {
      await inventory(change);
      const { code, stderr } = await run('config', '-o', 'out.csv');
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.deepEqual(await readdir(folder), ['config']);
    });
  }

  test('a data file that is not here, or is in another folder', async () => {
    await inventory();
    await put('elsewhere/1.csv.gz', await readFile(join(folder, 'config/data/1.csv.gz')));
    await rm(join(folder, 'config/data/1.csv.gz'));
    const missing = await run('config', '-o', 'out.csv');
    assert.deepEqual([missing.code, /deep\/prefix\/test\/config\/data\/1\.csv\.gz is not here/.test(missing.stderr)], [2, true]);
    assert.equal((await run('config', '--data', 'elsewhere', '-o', 'out.csv')).code, 0);
    assert.equal(await readFile(join(folder, 'out.csv'), 'utf8'), 'test,a%20b,null\ntest,d%20e,v2\n');
  });

  test('says what it does not find', async () => {
    await inventory();
    await put('config/2026-02-01T01-00Z/manifest.json', '{}');
    assert.match(
      (await run('config', '-o', 'x')).stderr,
      /There are 2 inventories .*\nName one of them. The last is .*2026-02-01T01-00Z/,
    );
    assert.match((await run('config/2026-02-01T01-00Z', '-o', 'x')).stderr, /not the manifest\.json of an S3 Inventory/);
    assert.match((await run('config/data', '-o', 'x')).stderr, /no manifest\.json of an inventory/);
    assert.match((await run('none', '-o', 'x')).stderr, /no such file/);
    assert.match((await run('config', '--check', '-o', 'x')).stderr, /exclude each other/);
  });
});
