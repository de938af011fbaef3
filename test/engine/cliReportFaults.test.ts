import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { formatReportManifest } from '../../src/core/report/reportManifest.js';
import { type InProcessRun, runInProcess } from '../support/cliInProcess.js';
import { builtCli } from '../support/cliProcess.js';
import { failedRow, md5Of, row, rowsText, writeDeep, writeReport } from '../support/reportFiles.js';
import { zipFile } from '../support/zipFile.js';

const jobFolder = 'completion/job-f3cc4f60-61f6-4a2b-8a21-d07600c373ce';
const failed = rowsText([failedRow('one', 'NoSuchKey', 'x'), failedRow('two%20', 'AccessDenied', 'y')]);
const succeeded = rowsText([row({ keyField: 'three' })]);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-faults-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): Promise<void> => writeDeep(join(folder, name), content);
const run = (...args: string[]): Promise<InProcessRun> => runInProcess(['report', ...args], folder);

/** A report whose manifest.json names its one result file by this key. */
async function reportNaming(...keys: string[]): Promise<void> {
  const results = keys.map((key) => ({ status: 'failed' as const, bucket: 'other', md5: md5Of(failed), key }));
  await file(`${jobFolder}/results/f.csv`, failed);
  await file(`${jobFolder}/manifest.json`, formatReportManifest(0, results));
}

describe('a manifest.json that names hostile places', () => {
  test('leads to no file outside of the report, and shows no line of one', async () => {
    await file('secret.csv', 'secret,words\n');
    for (const key of [join(folder, 'secret.csv'), '../../secret.csv', `${'../'.repeat(12)}${folder}/secret.csv`]) {
      await reportNaming(key);
      const { code, stdout } = await run(jobFolder);
      assert.equal(code, 2);
      assert.ok(stdout.includes(`The result file ${key} is not here.`), stdout);
      assert.ok(!stdout.includes('words'), stdout);
    }
  });

  test('finds the file by its name, wherever the bucket was', async () => {
    await reportNaming('elsewhere/job-1/results/f.csv');
    assert.match((await run(jobFolder)).stdout, /^2 tasks: 0 succeeded, 2 failed\n/);
    await rm(join(folder, jobFolder, 'results/f.csv'));
    await file(`${jobFolder}/results/f.csv.gz`, gzipSync(failed));
    assert.match((await run(jobFolder)).stdout, /^2 tasks: 0 succeeded, 2 failed\n/, 'packed since');
    await file(`${jobFolder}/results/f.csv.gz`, gzipSync(rowsText([failedRow('one', 'NoSuchKey', 'x')])));
    assert.match((await run(jobFolder)).stdout, /The MD5 of .*f\.csv\.gz is not the one/);
  });

  test('no name, a name with a NUL, and a name that is there twice', async () => {
    for (const key of ['', 'a\0b.csv']) {
      await reportNaming(key);
      assert.match((await run(jobFolder)).stderr, /Result 1 in the manifest\.json of the report names no file\.\n$/);
    }
    await reportNaming('results/f.csv', 'results/f.csv');
    assert.match((await run(jobFolder, '--retry', 'out.csv')).stderr, /names "results\/f\.csv" twice/);
    await assert.rejects(access(join(folder, 'out.csv')));
  });
});

describe('what is no whole report', () => {
  test('says so, and is not taken for one without failures', async () => {
    await file('manifest.csv', 'bucket,key\nbucket,key2\n');
    await file('none.csv', '');
    await file('cut.csv', failed.slice(0, -9));
    await file('notes.txt', 'hello');
    await file('large.txt', Buffer.alloc(17 * 1024 * 1024));
    for (const [name, message] of [
      ['manifest.csv', /manifest\.csv is no result file of a completion report: it has no row of one \(line 1: "bucket,key"/],
      ['none.csv', /none\.csv is empty\./],
      ['cut.csv', /The last line of .*cut\.csv has no line end: the file may have been cut there\./],
      ['notes.txt', /notes\.txt is not JSON\.\nChoose the manifest\.json/],
      ['large.txt', /large\.txt is no manifest\.json of a completion report: it is too large\./],
    ] as const) {
      const { code, stdout, stderr } = await run(name, '--retry', 'out.csv');
      assert.equal(code, 2, name);
      assert.match(stdout + stderr, message);
      await assert.rejects(access(join(folder, 'out.csv')), name);
    }
  });

  test('a report without a task, and one whose MD5s nobody says, are fine and said to be what they are', async () => {
    await writeReport(folder, jobFolder, []);
    const none = await run(jobFolder);
    assert.equal(none.code, 0);
    assert.match(none.stdout, /The report lists no task, as one of the scope FailedTasksOnly does when none failed\./);
    await file('alone.csv', failed);
    const alone = await run('alone.csv');
    assert.equal(alone.code, 1);
    assert.match(alone.stdout, /No manifest\.json tells the MD5 of 1 file: not verified\./);
    assert.equal((JSON.parse((await run('alone.csv', '--format', 'json')).stdout) as { unverified: number }).unverified, 1);
  });

  test('neither resumed nor compared when a file was changed, though each line of it is a row', async () => {
    await writeReport(folder, jobFolder, [['failed', failed]]);
    await writeReport(folder, 'later/job-22222222', [['failed', failed]]);
    await file(`${jobFolder}/results/failed0.csv`, rowsText([failedRow('one', 'NoSuchKey', 'x')]));
    await file('all.csv', 'test,one\ntest,two\n');
    const resumed = await run(jobFolder, '--manifest', 'all.csv', '--resume', 'out.csv');
    assert.match(resumed.stderr, /out\.csv was not written.*\n.*MD5/);
    assert.match((await run('later', '--compare', jobFolder)).stderr, /can't be compared.*\n.*MD5/);
  });

  test('zipped: an entry that is damaged, there twice, or beside the ones that count', async () => {
    await file('mac.zip', zipFile({ 'results/f.csv': failed, '__MACOSX/results/._f.csv': 'nonsense' }));
    assert.match((await run('mac.zip')).stdout, /^2 tasks: 0 succeeded, 2 failed\n/);
    const whole = zipFile({ 'f.csv': failed });
    whole[whole.indexOf('AccessDenied')] = 0x42;
    await file('damaged.zip', whole);
    assert.match((await run('damaged.zip')).stderr, /Can't read .*damaged\.zip: f\.csv is damaged\.\n$/);
    const twice = zipFile({ 'f.csv': failed, 'g.csv': failed });
    for (let at = twice.indexOf('g.csv'); at >= 0; at = twice.indexOf('g.csv')) twice[at] = 0x66;
    await file('twice.zip', twice);
    assert.match((await run('twice.zip')).stderr, /it holds f\.csv twice/);
    const encrypted = zipFile({ 'f.csv': failed });
    const entry = encrypted.indexOf('PK\u0001\u0002');
    encrypted.writeUInt16LE(1, entry + 8);
    // The header of an encrypted entry takes twelve bytes of its own.
    encrypted.writeUInt32LE(failed.length - 12, entry + 24);
    await file('encrypted.zip', encrypted);
    assert.match((await run('encrypted.zip')).stderr, /f\.csv is encrypted\.\n$/);
    await file('none.zip', 'no zip');
    assert.match((await run('none.zip')).stderr, /it is no zip file, or not all of one\.\n$/);
  });
});

describe('what is written', () => {
  beforeEach(async () => {
    await writeReport(folder, jobFolder, [
      ['succeeded', succeeded],
      ['failed', failed],
    ]);
    await file('all.csv', 'test,one\ntest,two \ntest,three\ntest,four\n');
  });

  test('goes to stdout for -, and the summary to stderr', async () => {
    const retry = await run(jobFolder, '--retry', '-');
    assert.deepEqual([retry.code, retry.stdout], [1, 'test,one\ntest,two%20\n']);
    assert.match(retry.stderr, /^3 tasks: 1 succeeded, 2 failed\n[^]*2 rows to retry in <stdout>\n$/);
    const resume = await run(jobFolder, '--manifest', 'all.csv', '--resume', '-', '--format', 'json');
    assert.equal(resume.stdout, 'test,four\n');
    assert.equal((JSON.parse(resume.stderr) as { tasks: number }).tasks, 3);
    assert.deepEqual(await readdir(folder), ['all.csv', 'completion'], 'no file of that name');
  });

  test('is refused where it would not be what its name says, or overwrite the other', async () => {
    for (const [args, message] of [
      [['--retry', 'out.csv.gz'], /'out\.csv\.gz' would not be a gzip file/],
      [['--retry', 's3://bucket/out.csv'], /'--retry' writes a file of this machine, or - for stdout/],
      [['--retry', ''], /'--retry' names no file/],
      [['--retry', 'a.csv', '--manifest', 'all.csv', '--resume', './a.csv'], /name the same output/],
      [['--retry', '-', '--manifest', 'all.csv', '--resume', '-'], /name the same output/],
    ] as const) {
      const { code, stdout, stderr } = await run(jobFolder, ...args);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
    }
    await file('old.csv', 'old\n');
    await run(jobFolder, '--retry', 'old.csv');
    assert.equal(await readFile(join(folder, 'old.csv'), 'utf8'), 'test,one\ntest,two%20\n');
  });

  test('a code that no failure has is said', async () => {
    const { code, stderr, stdout } = await run(jobFolder, '--retry', 'out.csv', '--only', 'SlowDown', '--only', 'NoSuchKey');
    assert.deepEqual([code, stderr], [1, 's3batch report: No failed task has the error code SlowDown.\n']);
    assert.match(stdout, /1 row to retry in out\.csv/);
  });

  test('a folder that is not there', async () => {
    assert.match((await run(jobFolder, '--retry', 'none/out.csv')).stderr, /its folder does not exist/);
  });

  test('a folder that may not be written to', { skip: process.getuid?.() === 0 }, async () => {
    await mkdir(join(folder, 'locked'));
    await chmod(join(folder, 'locked'), 0o500);
    assert.match((await run(jobFolder, '--retry', 'locked/out.csv')).stderr, /permission was denied/);
  });
});

describe('an interrupted command', { skip: process.platform === 'win32' }, () => {
  test('leaves no copy of a report from S3 behind', async () => {
    const temporary = join(folder, 'temporary');
    await mkdir(temporary);
    const results = [{ status: 'failed' as const, bucket: 'b', md5: md5Of(failed), key: 'job-12345/results/f.csv' }];
    // The result file never comes to its end.
    const server = createServer((request, response) => {
      if (request.url?.includes('manifest.json') === true) response.end(formatReportManifest(0, results));
      else response.writeHead(200, { 'content-length': '1000000' }).write(failed);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const cli = await builtCli();
    try {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const args = ['report', 's3://b/job-12345', '--endpoint', endpoint, '--region', 'us-east-1'];
      const env = { ...process.env, AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', TMPDIR: temporary };
      const child = spawn(process.execPath, [cli.script, ...args], { cwd: folder, env, stdio: 'ignore' });
      const ended = once(child, 'exit');
      const isCopying = async (): Promise<boolean> =>
        (await readdir(temporary, { recursive: true })).some((name) => name.endsWith('.tmp'));
      while (child.exitCode === null && !(await isCopying())) await new Promise((resolve) => setImmediate(resolve));
      child.kill('SIGINT');
      assert.deepEqual(await ended, [null, 'SIGINT']);
      assert.deepEqual(await readdir(temporary), []);
    } finally {
      server.closeAllConnections();
      server.close();
      await cli.dispose();
    }
  });
});
