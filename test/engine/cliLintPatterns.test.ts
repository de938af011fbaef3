import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { expandPatterns } from '../../src/cli/expandPatterns.js';
import { runInProcess } from '../support/cliInProcess.js';

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-patterns-'));
  const files = [
    'a.csv',
    'b.txt',
    'jobs/c.csv',
    'jobs/x/d.csv',
    'jobs/x/y/e.csv',
    '.hidden/f.csv',
    'node_modules/g.csv',
    'jobs/[1].csv',
  ];
  for (const path of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), 'test,a\n');
  }
  await symlink(folder, join(folder, 'jobs', 'up'));
});

after(() => rm(folder, { recursive: true, force: true }));

describe('expandPatterns', () => {
  for (const [args, files] of [
    [['*.csv'], ['a.csv']],
    [['./*.csv'], ['a.csv']],
    [['jobs/*.csv'], ['jobs/[1].csv', 'jobs/c.csv']],
    [['jobs/*/d.csv'], ['jobs/x/d.csv']],
    [['jobs/**/*.csv'], ['jobs/[1].csv', 'jobs/c.csv', 'jobs/x/d.csv', 'jobs/x/y/e.csv']],
    [['**/*.csv'], ['a.csv', 'jobs/[1].csv', 'jobs/c.csv', 'jobs/x/d.csv', 'jobs/x/y/e.csv']],
    [
      ['.hidden/*.csv', 'node_modules/*.csv'],
      ['.hidden/f.csv', 'node_modules/g.csv'],
    ],
    [['{a,b}.{csv,txt}'], ['a.csv', 'b.txt']],
    [['jobs/[1].csv'], ['jobs/[1].csv']],
    [
      ['none.csv', '-', 'a.csv', '*.csv'],
      ['none.csv', '-', 'a.csv'],
    ],
  ] as const) {
    test(args.join(' '), async () => assert.deepEqual(await expandPatterns(args, folder), files));
  }

  test('an absolute pattern', async () => {
    assert.deepEqual(await expandPatterns([join(folder, 'jobs', '*', 'd.csv')], '/'), [join(folder, 'jobs', 'x', 'd.csv')]);
  });

  test('a pattern without a match is an error, and the others are checked all the same', async () => {
    await assert.rejects(expandPatterns(['*.xls'], folder), { code: 'NoMatch' });
    const { code, stdout, stderr } = await runInProcess(['lint', '*.xls', 'jobs/**/*.csv', 'jobs/c.csv'], folder);
    assert.equal(code, 2);
    assert.match(stderr, /No file matches '\*\.xls'/);
    assert.match(stdout, /4 rows/);
  });

  test('a file that can not be opened, for whatever reason, hides no other', { skip: process.platform === 'win32' }, async () => {
    await symlink('loop-2.csv', join(folder, 'loop-1.csv'));
    await symlink('loop-1.csv', join(folder, 'loop-2.csv'));
    const long = `${'x'.repeat(300)}.csv`;
    const { code, stdout, stderr } = await runInProcess(['lint', 'a.csv/b.csv', 'loop-1.csv', long, 'a.csv'], folder);
    assert.deepEqual([code, stdout], [2, '1 row: no problems\n']);
    assert.deepEqual(stderr.split('\n'), [
      "s3batch lint: Can't read a.csv/b.csv: there is no such file.",
      "s3batch lint: Can't read loop-1.csv: its symbolic links lead in a circle.",
      `s3batch lint: Can't read ${long}: the name is too long.`,
      '',
    ]);
    const made = await runInProcess(['manifest', 'dedupe', 'loop-1.csv', '-o', '-'], folder);
    assert.equal(made.stderr, "s3batch manifest dedupe: Can't read loop-1.csv: its symbolic links lead in a circle.\n");
    const unwritten = await runInProcess(['manifest', 'dedupe', 'a.csv', '-o', 'a.csv/b.csv'], folder);
    assert.match(unwritten.stderr, /Can't write .*a\.csv\/b\.csv: its folder is a file\.\n$/);
  });
});
