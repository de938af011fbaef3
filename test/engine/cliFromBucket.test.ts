import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { lintManifest } from '../../src/core/manifest/lintManifest.js';
import { runInProcess } from '../support/cliInProcess.js';
import { type BuiltCli, builtCli, type CliRun } from '../support/cliProcess.js';
import { engineFor } from '../support/engineHarness.js';
import { FakeBucketServer, type FakeVersion } from '../support/fakeBucketServer.js';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-listing-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

describe('s3batch manifest from-bucket, of the engine', () => {
  test('lists more than a page, and chooses', async (t) => {
    const seed = join(folder, 'seed');
    await mkdir(join(seed, 'test', 'logs'), { recursive: true });
    for (let number = 0; number < 1200; number += 1) {
      await writeFile(join(seed, 'test', 'logs', `${number} +.csv`), 'x'.repeat(number % 7));
    }
    await writeFile(join(seed, 'test', 'other.txt'), '');
    const { engine } = await engineFor(t, { seedDirectory: seed });
    await writeFile(join(folder, 'engine.json'), `${JSON.stringify(engine.connection)}\nlog\n`);
    const list = (uri: string, ...args: string[]) =>
      runInProcess(['manifest', 'from-bucket', uri, '--endpoint', 'engine.json', ...args], folder);

    const all = await list('s3://test', '-o', 'all.csv');
    assert.deepEqual(all, { code: 0, stdout: '1,201 rows in all.csv\n', stderr: '' });
    const rows = (await text('all.csv')).split('\n').slice(0, -1);
    assert.deepEqual([rows.length, rows[0], rows.at(-1)], [1201, 'test,logs/0%20%2B.csv', 'test,other.txt']);
    assert.deepEqual(lintManifest(await text('all.csv')).problems, []);
    assert.deepEqual((await readdir(folder)).toSorted(), ['all.csv', 'engine.json', 'seed']);

    const some = async (...args: string[]): Promise<number> =>
      (await list('s3://test/logs/', ...args, '-o', '-')).stdout.split('\n').length - 1;
    assert.equal(await some(), 1200);
    assert.equal(await some('--glob', '1? *.csv'), 10);
    assert.equal(await some('--exclude', '*'), 0);
    assert.equal(await some('--min-size', '6'), 171);
    assert.equal(await some('--max-size', '0'), 172);
    assert.equal(await some('--modified-after', '2000-01-01'), 1200);
    assert.equal(await some('--modified-before', '2000-01-01'), 0);
    assert.equal(await some('--storage-class', 'STANDARD'), 1200);
    assert.equal(await some('--storage-class', 'standard'), 1200);
    assert.equal(await some('--storage-class', 'GLACIER'), 0);

    const folderAsOutput = await list('s3://test', '-o', 'seed');
    assert.deepEqual([folderAsOutput.code, folderAsOutput.stdout], [2, '']);
    assert.match(folderAsOutput.stderr, /Can't write seed: it is a folder/);
    if (process.platform !== 'win32') assert.match((await list('s3://test', '-o', '/dev/null')).stderr, /not a file.*-o -/);

    const missing = await list('s3://no-such-bucket', '-o', 'none.csv');
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /Could not list no-such-bucket/);
  });
});

/** The real command, with credentials from the environment, against a server whose pages have three entries. */
describe('s3batch manifest from-bucket, page by page', () => {
  let cli: BuiltCli;
  let server: FakeBucketServer;
  const keys = Array.from({ length: 10 }, (_, number) => `k ${number}\u0001é`);
  const versions = keys.flatMap((key, number): FakeVersion[] => [
    { key, versionId: `v${number}`, isLatest: true, isDeleteMarker: number % 5 === 4 },
    { key, versionId: 'null', isLatest: false },
  ]);
  const env = {
    AWS_ACCESS_KEY_ID: 'KEY',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'eu-west-1',
    AWS_CONFIG_FILE: '/dev/null',
  };

  before(async () => {
    cli = await builtCli();
  });
  after(() => cli.dispose());
  beforeEach(async () => {
    server = await FakeBucketServer.start(versions, 3);
  });
  afterEach(() => server.close());

  const list = (...args: string[]): Promise<CliRun> =>
    cli.run(['manifest', 'from-bucket', 's3://test', '--endpoint', server.endpoint, ...args], { cwd: folder, env });
  const current = versions
    .filter((item) => item.isLatest && item.isDeleteMarker !== true)
    .map((item) => `test,${encodeURIComponent(item.key)}\n`)
    .join('');
  const allVersions = versions
    .filter((item) => item.isDeleteMarker !== true)
    .map((item) => `test,${encodeURIComponent(item.key)},${item.versionId}\n`)
    .join('');

  test('objects and versions', async () => {
    const objects = await list('-o', '-');
    assert.deepEqual([objects.code, objects.stdout], [0, current], objects.stderr);
    const all = await list('--versions', '-o', 'versions.csv');
    assert.deepEqual([all.code, all.stdout], [0, '2 delete markers left out.\n18 rows in versions.csv\n'], all.stderr);
    assert.equal((await text('versions.csv')).split('\n').toSorted().join('\n'), allVersions.split('\n').toSorted().join('\n'));
  });

  for (const args of [[], ['--versions']]) {
    test(`goes on after an error ${args.join('')}`, async () => {
      server.failsAfter = 2;
      const failed = await list('-o', 'out.csv', ...args);
      assert.equal(failed.code, 2);
      assert.match(failed.stderr, /Could not list test: Access Denied[^]*6 keys were listed; .*--resume/);
      assert.deepEqual((await readdir(folder)).toSorted(), ['out.csv.partial', 'out.csv.partial.json']);

      server.failsAfter = undefined;
      const again = await list('-o', 'out.csv', ...args);
      assert.deepEqual([again.code, /'--resume' to go on .*'--force'/.test(again.stderr)], [2, true]);
      const other = await list('-o', 'out.csv', '--resume', '--suffix', 'x', ...args);
      assert.match(other.stderr, /one of another bucket, prefix or filter/);

      // What a crash left behind the state's last page is cut off.
      await writeFile(join(folder, 'out.csv.partial'), 'test,half-writ', { flag: 'a' });
      server.answers = 0;
      const resumed = await list('-o', 'out.csv', '--resume', ...args);
      assert.equal(resumed.code, 0, resumed.stderr);
      assert.match(resumed.stderr, /Going on after 6 keys/);
      assert.equal(server.answers, args.length === 0 ? 1 : 5);
      const expected = args.length === 0 ? current : allVersions;
      assert.deepEqual((await text('out.csv')).split('\n').toSorted(), expected.split('\n').toSorted());
      assert.deepEqual(await readdir(folder), ['out.csv']);
    });
  }

  test('is interrupted and goes on', { skip: process.platform === 'win32' }, async () => {
    server.hangsAfter = 2;
    const hangs = new Promise<void>((resolve) => {
      server.onHang = resolve;
    });
    const args = ['manifest', 'from-bucket', 's3://test', '--endpoint', server.endpoint, '-o', 'out.csv', '--resume'];
    const child = spawn(process.execPath, [cli.script, ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    const closed = once(child, 'close');
    await hangs;
    child.kill('SIGINT');
    assert.deepEqual(await closed, [130, null]);
    assert.match(stderr, /^Interrupted\. 6 keys were listed/);
    server.hangsAfter = undefined;
    assert.equal((await list('-o', 'out.csv', '--resume')).code, 0);
    assert.equal(await text('out.csv'), current);
  });

  test('says that there are no credentials, or no Region', async () => {
    const none = {
      ...env,
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
    const args = ['manifest', 'from-bucket', 's3://test', '--endpoint', server.endpoint, '-o', '-'];
    const anonymous = await cli.run(args, { cwd: folder, env: none });
    assert.deepEqual([anonymous.code, /no usable AWS credentials/.test(anonymous.stderr)], [2, true], anonymous.stderr);
    const nowhere = await cli.run(args, { cwd: folder, env: { ...env, AWS_REGION: '' } });
    assert.deepEqual([nowhere.code, /name a usable Region/.test(nowhere.stderr)], [2, true], nowhere.stderr);
  });

  for (const [args, message] of [
    [[], /Name one bucket/],
    [['test'], /not of the form s3/],
    [['s3://test'], /Say where to write/],
    [['s3://test', '-o', '-', '--resume'], /Only a file can be resumed/],
    [['s3://test', '-o', 'x', '--modified-after', '2026-01-31T08:00'], /takes a date/],
    [['s3://test', '-o', 'x', '--modified-after', 'yesterday'], /takes a date/],
    [['s3://test', '-o', 'x', '--min-size', 'big'], /such as 500000 or 64M/],
    [['s3://test', '-o', 'x', '--glob', '{a'], /never closes/],
    [['s3://test', '-o', 'x', '--endpoint', 'none.json'], /Can't read none\.json\.\nSave the line/],
    [['s3://test', '-o', 'x', '--endpoint', 'e.json', '--region', 'eu-west-1'], /no profiles/],
  ] as const) {
    test(`explains: ${args.join(' ')}`, async () => {
      const { code, stderr } = await runInProcess(['manifest', 'from-bucket', ...args], folder);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }
});
