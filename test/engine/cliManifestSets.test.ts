import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runInProcess } from '../support/cliInProcess.js';
import { builtCli } from '../support/cliProcess.js';

let folder = '';
const folders: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-sets-'));
  folders.push(folder);
  await file('a.csv', 'test,a\r\ntest,b%20c\ntest,d');
  await file('b.csv', 'test,"b+c"\n');
});

after(async () => {
  for (const path of folders) await rm(path, { recursive: true, force: true });
});

const file = (name: string, content: string | Uint8Array): Promise<void> => writeFile(join(folder, name), content);
const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
const run = (args: readonly string[], input?: string) => runInProcess(['manifest', ...args], folder, input);

describe('s3batch manifest', () => {
  test('minus', async () => {
    assert.deepEqual(await run(['minus', 'a.csv', 'b.csv', '-o', 'out.csv']), {
      code: 0,
      stdout: '2 rows in out.csv\n',
      stderr: '',
    });
    assert.equal(await text('out.csv'), 'test,a\r\ntest,d');
  });

  test('minus of several, packed and from stdin', async () => {
    await file('c.csv.gz', gzipSync('test,d\n'));
    const { code, stdout, stderr } = await run(['minus', '-', 'b.csv', 'c.csv.gz', '-o', '-'], 'Bucket,Key\ntest,d\ntest,e\n');
    assert.deepEqual([code, stdout, stderr], [0, 'test,e\n', '<stdin>: 1 header row left out; a manifest has none.\n']);
  });

  test('union and dedupe', async () => {
    assert.equal((await run(['union', 'a.csv', 'b.csv', '-o', '-'])).stdout, 'test,a\r\ntest,b%20c\ntest,d');
    const { stdout, stderr } = await run(['dedupe', '-', '-o', '-'], 'test,a+b\ntest,a%20b\ntest,c\n');
    assert.deepEqual([stdout, stderr], ['test,a+b\ntest,c\n', '1 row left out: the object was there already.\n']);
  });

  test('filter', async () => {
    await file('f.csv', 'test,logs/a%20b.csv\ntest,logs/x/c.csv\ntest,logs/c.txt\nother,logs/d.csv\n');
    const filter = async (...args: string[]): Promise<string> => (await run(['filter', 'f.csv', '-o', '-', ...args])).stdout;
    assert.equal(await filter('--prefix', 'logs/a b'), 'test,logs/a%20b.csv\n');
    assert.equal(await filter('--glob', '*.csv', '--exclude', 'logs/x/**', '--bucket', 'test'), 'test,logs/a%20b.csv\n');
    assert.equal(await filter('--suffix', '.txt', '--suffix', 'd.csv'), 'test,logs/c.txt\nother,logs/d.csv\n');
    assert.match((await run(['filter', 'f.csv', '-o', '-', '--glob', '[a'])).stderr, /pattern '\[a' can't be read/);
  });

  test('sample', async () => {
    await file('s.csv', Array.from({ length: 100 }, (_, row) => `test,${row}\n`).join(''));
    await run(['sample', 's.csv', '--rows', '10', '--seed', '7', '-o', 'one.csv']);
    const piped = await run(['sample', '-', '--rows', '10', '--seed', '7', '-o', '-'], await text('s.csv'));
    assert.equal(piped.stdout, await text('one.csv'));
    assert.equal((await text('one.csv')).split('\n').length, 11);
  });

  test('split', async () => {
    const { code, stdout } = await run(['split', 'a.csv', '--rows', '2', '-o', 'part-##.csv']);
    assert.deepEqual([code, stdout], [0, '3 rows in 2 parts: part-01.csv to part-02.csv\n']);
    assert.deepEqual([await text('part-01.csv'), await text('part-02.csv')], ['test,a\r\ntest,b%20c\n', 'test,d']);
    assert.equal((await run(['split', 'a.csv', '--bytes', '1K', '-o', 'all.csv'])).stdout, '3 rows in 1 part: all-0001.csv\n');
    assert.equal(await text('all-0001.csv'), await text('a.csv'));
  });

  test('a split that fails leaves no part', async () => {
    await file('part-2.csv', 'mine');
    const before = (await readdir(folder)).toSorted();
    const { code, stderr } = await run(['split', 'a.csv', '--rows', '1', '-o', 'part-#.csv']);
    assert.deepEqual([code, stderr], [2, "s3batch manifest split: 'part-2.csv' exists.\nUse '--force' to overwrite it.\n"]);
    assert.deepEqual((await readdir(folder)).toSorted(), before);
    assert.equal((await run(['split', 'a.csv', '--rows', '1', '-o', 'part-#.csv', '--force'])).code, 0);
    assert.equal(await text('part-2.csv'), 'test,b%20c\n');
  });

  test('does not overwrite unless told, and never its input', async () => {
    await file('out.csv', 'mine');
    const refused = await run(['dedupe', 'a.csv', '-o', 'out.csv']);
    assert.deepEqual([refused.code, await text('out.csv')], [2, 'mine']);
    assert.equal((await run(['dedupe', 'a.csv', '-o', 'out.csv', '--force'])).code, 0);
    assert.equal(await text('out.csv'), await text('a.csv'));
    assert.match((await run(['dedupe', 'a.csv', '-o', './a.csv', '--force'])).stderr, /'\.\/a\.csv' is an input itself/);
  });

  test('complaints name the command that was called', async () => {
    const { code, stderr } = await run(['split', 'a.csv', '-o', 'x.csv']);
    assert.equal(code, 2);
    assert.match(stderr, /^s3batch manifest split: .*\nRun 's3batch manifest split --help' for its options\.\n$/);
  });

  test('a folder is refused as output before anything is read', async () => {
    const { code, stderr } = await run(['dedupe', 'no-such.csv', '-o', '.']);
    assert.deepEqual([code, stderr], [2, "s3batch manifest dedupe: Can't write .: it is a folder.\n"]);
  });

  test('leaves nothing behind when a manifest can not be read', async () => {
    await file('ragged.csv', 'test,a\ntest,b,null\n');
    const before = (await readdir(folder)).toSorted();
    for (const [args, message] of [
      [['dedupe', 'ragged.csv'], /Line 2 of ragged\.csv can't be read: it has 3 columns, the first row has 2/],
      [['minus', 'a.csv', 'none.csv'], /Can't read none\.csv: there is no such file/],
      [['union', 'a.csv', '-'], /<stdin> has 3 columns, a\.csv has 2/],
    ] as const) {
      const { code, stderr } = await run([...args, '-o', 'out.csv'], 'test,a,null\n');
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
    assert.deepEqual((await readdir(folder)).toSorted(), before);
  });

  for (const [args, message] of [
    [[], /^Usage: s3batch manifest/],
    [['minsu'], /Unknown command 'manifest minsu'/],
    [['minus', 'a.csv'], /Name a manifest, and those/],
    [['minus', '-', '-', '-o', 'x'], /read once/],
    [['union', 'a.csv', 'b.csv'], /Say where to write/],
    [['dedupe', 'a.csv', '-o', 'x.csv.gz'], /would not be a gzip file/],
    [['filter', 'a.csv', '-o', 'x'], /Say which rows/],
    [['sample', 'a.csv', '-o', 'x'], /how many rows/],
    [['sample', 'a.csv', '--rows', '0', '-o', 'x'], /at least 1/],
    [['sample', 'a.csv', '--rows', '1', '--prefix-depth', '2', '-o', 'x'], /needs '--stratify-by-prefix'/],
    [['split', 'a.csv', '-o', 'x'], /how big/],
    [['split', 'a.csv', '--bytes', '5X', '-o', 'x'], /such as 500000 or 64M/],
    [['split', 'a.csv', '--rows', '5', '-o', '-'], /how to name the parts/],
  ] as const) {
    test(`explains: manifest ${args.join(' ')}`, async () => {
      const { code, stderr } = await run(args);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }

  for (const name of ['minus', 'union', 'dedupe', 'sample', 'split', 'filter']) {
    test(`${name} has help`, async () => {
      const { code, stdout } = await run([name, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`^Usage: s3batch manifest ${name}`));
    });
  }
});

describe('an interrupted command', () => {
  test('leaves nothing half-written', { skip: process.platform === 'win32' }, async () => {
    const cli = await builtCli();
    try {
      for (const args of [
        ['dedupe', '-', '-o', 'out.csv'],
        ['split', '-', '--rows', '1', '-o', 'part-#.csv'],
      ]) {
        const before = (await readdir(folder)).toSorted();
        const child = spawn(process.execPath, [cli.script, 'manifest', ...args], {
          cwd: folder,
          stdio: ['pipe', 'ignore', 'ignore'],
        });
        const ended = once(child, 'exit');
        // Reads on for ever, so that the temporary file is there when the signal comes.
        child.stdin.write('test,a\ntest,b\n'.repeat(100));
        while ((await readdir(folder)).length === before.length) await new Promise((resolve) => setImmediate(resolve));
        child.kill('SIGINT');
        assert.deepEqual(await ended, [null, 'SIGINT']);
        assert.deepEqual((await readdir(folder)).toSorted(), before);
      }
    } finally {
      await cli.dispose();
    }
  });
});
