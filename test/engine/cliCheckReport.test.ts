import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { formatReportManifest, type ReportResult } from '../../src/core/report/reportManifest.js';
import { type InProcessRun, runInProcess } from '../support/cliInProcess.js';
import { FakeRealBuckets, type RealObject } from '../support/fakeRealBuckets.js';
import { validRequest } from '../support/jobFixtures.js';
import { failedRow, md5Of, row, rowsText, writeDeep, writeReport as writeReportIn } from '../support/reportFiles.js';
import { zipFile } from '../support/zipFile.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-check-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): Promise<void> => writeDeep(join(folder, name), content);

const run = (...args: string[]): Promise<InProcessRun> => runInProcess(args, folder);

const jobText = JSON.stringify(
  {
    ...validRequest,
    ManifestFile: '../lists/manifest.csv',
    Manifest: { Spec: validRequest.Manifest.Spec, Location: { ObjectArn: 'arn:aws:s3:::manifests/manifest.csv' } },
  },
  undefined,
  2,
);

describe('s3batch check', () => {
  test('a job without a mistake, and its manifest', async () => {
    await file('jobs/rename.s3job.json', `// comment\n${jobText}`);
    await file('lists/manifest.csv', 'test,a%3Db.csv\n');
    const { code, stdout, stderr } = await run('check', 'jobs/rename.s3job.json');
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout, `${join('lists', 'manifest.csv')}: 1 row, no problem\njobs/rename.s3job.json: no problem\n`);
  });

  test('warnings alone are no errors', async () => {
    await file('jobs/rename.s3job.json', jobText.replace('"completion"', '"completion/"'));
    await file('lists/manifest.csv', 'test,a.csv\n');
    const { code, stdout } = await run('check', 'jobs/rename.s3job.json');
    assert.equal(code, 0);
    assert.match(stdout, /^jobs\/rename\.s3job\.json:\d+:\d+: warning Report\.Prefix ends with a slash/m);
  });

  test('errors in the job, with their places', async () => {
    await file('jobs/rename.s3job.json', jobText.replace('"Priority": 10', '"Priority": -1'));
    await file('lists/manifest.csv', 'test,a.csv\n');
    const { code, stdout } = await run('check', 'jobs/rename.s3job.json', '--format', 'json');
    assert.equal(code, 1);
    const report = JSON.parse(stdout) as { errors: number; findings: { code: string; line: number; column: number }[] };
    const line = jobText.split('\n').findIndex((text) => text.includes('"Priority"')) + 1;
    assert.equal(report.errors, 1);
    assert.deepEqual(
      report.findings.map((finding) => [finding.code, finding.line, finding.column]),
      [['out-of-range', line, 15]],
    );
  });

  test('errors in the manifest alone', async () => {
    await file('jobs/rename.s3job.json', jobText);
    await file('lists/manifest.csv', 'bucket,key\ntest,a b\n');
    const { code, stdout } = await run('check', 'jobs/rename.s3job.json');
    assert.equal(code, 1);
    const lint = `s3batch lint ${join('lists', 'manifest.csv')} --fields Bucket,Key`;
    assert.match(stdout, /The manifest has 2 errors, 0 warnings in 2 rows/);
    assert.ok(stdout.includes(`Run '${lint}`), stdout);
    assert.match(stdout, /\n1 error, 0 warnings\n$/);
  });

  test('a manifest that is not there', async () => {
    await file('jobs/rename.s3job.json', jobText);
    const { code, stdout } = await run('check', 'jobs/rename.s3job.json');
    assert.equal(code, 1);
    assert.match(stdout, /Can't read .*: there is no such file\. ManifestFile names it/);
  });

  test('JSON that can not be read is an error, a file that is not there is another', async () => {
    await file('broken.s3job.json', '{ "Priority": ');
    assert.equal((await run('check', 'broken.s3job.json')).code, 1);
    const missing = await run('check', 'missing.s3job.json');
    assert.deepEqual([missing.code, missing.stdout], [2, '']);
    assert.match(missing.stderr, /there is no such file/);
    assert.equal((await run('check')).code, 2);
  });

  test('options that would say nothing are refused', async () => {
    await file('jobs/rename.s3job.json', jobText);
    for (const [args, message] of [
      [['--duration', '20'], /Option '--duration' needs '--cost'/],
      [['--arm'], /Option '--arm' needs '--cost'/],
      [['--price', 'job=1'], /Option '--price' needs '--cost'/],
      [['--rows', '-1'], /Option '--rows' lacks its value. One that begins with a dash is written '--rows=-…'/],
    ] as const) {
      const { code, stdout, stderr } = await run('check', 'jobs/rename.s3job.json', ...args);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
    }
  });

  test('a role is not compared with a job that has errors, and that is said', async () => {
    await file('jobs/rename.s3job.json', jobText.replace('"Priority": 10', '"Priority": -1'));
    await file('lists/manifest.csv', 'test,a.csv\n');
    await file('role.json', '{ "Version": "2012-10-17", "Statement": [] }');
    const { code, stdout } = await run('check', 'jobs/rename.s3job.json', '--role', 'role.json');
    assert.equal(code, 1);
    assert.match(stdout, /The role was not compared/);
  });
});

const succeeded = [row({ keyField: 'a%20b' }), row({ keyField: 'c' })];
const failed = [
  failedRow('slip%2Fone', 'PermanentFailure', "NameError: name 'sourec' is not defined"),
  failedRow('slip%2Ftwo', 'PermanentFailure', "NameError: name 'sourec' is not defined"),
  failedRow('pct%2520literal.txt', 'NoSuchKey', 'The specified key does not exist.'),
];

const writeReport = (at: string, groups: Parameters<typeof writeReportIn>[2]): Promise<void> => writeReportIn(folder, at, groups);
const jobFolder = 'completion/job-f3cc4f60-61f6-4a2b-8a21-d07600c373ce';

describe('s3batch report s3://', () => {
  const csv = { succeeded: rowsText(succeeded), failed: rowsText(failed) };
  const keys = { succeeded: `${jobFolder}/results/succeeded0.csv`, failed: `${jobFolder}/results/failed0.csv` };
  const report = (altered = ''): Record<string, RealObject> => {
    const results = (['succeeded', 'failed'] as const).map((status): ReportResult => {
      return { status, bucket: 'reports', md5: md5Of(csv[status]), key: keys[status] };
    });
    return {
      [`reports/${jobFolder}/manifest.json`]: { text: formatReportManifest(0, results) },
      [`reports/${keys.succeeded}`]: { text: csv.succeeded },
      [`reports/${keys.failed}`]: { text: `${csv.failed}${altered}` },
    };
  };
  const before = { ...process.env };
  beforeEach(async () => {
    // A folder for temporary files that nobody else writes to.
    const TMPDIR = join(folder, 'temporary');
    await mkdir(TMPDIR);
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', TMPDIR });
  });
  afterEach(() => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'TMPDIR']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  test('is read by a client that only reads, named by manifest.json or folder, and leaves no copy behind', async () => {
    const real = await FakeRealBuckets.start({
      ...report(),
      'reports/manifest.csv': {
        text: 'test,a+b\ntest,c\ntest,slip/one\ntest,slip%2Ftwo\ntest,never\ntest,pct%2520literal.txt\n',
      },
    });
    try {
      const access = ['--endpoint', real.endpoint, '--region', 'us-east-1'];
      for (const place of [jobFolder, `${jobFolder}/`, `${jobFolder}/manifest.json`]) {
        const { code, stdout, stderr } = await run('report', `s3://reports/${place}`, '--format', 'json', ...access);
        assert.deepEqual([code, stderr], [1, ''], place);
        const read = JSON.parse(stdout) as Record<string, unknown>;
        assert.deepEqual(
          [read['path'], read['jobId'], read['failed'], read['succeeded'], read['problems']],
          [`s3://reports/${place}`, 'f3cc4f60-61f6-4a2b-8a21-d07600c373ce', 3, 2, []],
        );
      }
      const next = ['--retry', 'retry.csv', '--manifest', 's3://reports/manifest.csv', '--resume', 'resume.csv'];
      const made = await run('report', `s3://reports/${jobFolder}`, ...next, ...access);
      assert.equal(made.code, 1, made.stderr);
      assert.equal((await readFile(join(folder, 'retry.csv'), 'utf8')).trim().split('\n').length, 3);
      assert.equal(await readFile(join(folder, 'resume.csv'), 'utf8'), 'test,never\n');
      assert.deepEqual(real.writes, []);
      assert.deepEqual(await readdir(tmpdir()), []);
    } finally {
      await real.close();
    }
  });

  test('problems name the objects, and what is not there is said', async () => {
    const real = await FakeRealBuckets.start(report('x'));
    try {
      const access = ['--endpoint', real.endpoint, '--region', 'us-east-1'];
      const altered = await run('report', `s3://reports/${jobFolder}`, ...access);
      assert.equal(altered.code, 2);
      assert.ok(altered.stdout.includes(`s3://reports/${keys.failed}`), altered.stdout);
      assert.ok(!altered.stdout.includes(tmpdir()), altered.stdout);
      const missing = await run('report', 's3://reports/job-none', ...access);
      assert.equal(missing.code, 2);
      assert.match(missing.stderr, /There is no completion report at s3:\/\/reports\/job-none\/manifest\.json/);
      assert.equal((await run('report', 'completion', '--profile', 'x')).code, 2);
      assert.equal((await run('report', 's3://reports')).code, 2);
    } finally {
      await real.close();
    }
  });
});

describe('s3batch report', () => {
  beforeEach(() =>
    writeReport(jobFolder, [
      ['succeeded', rowsText(succeeded)],
      ['failed', rowsText(failed)],
    ]),
  );

  test('causes, biggest first, whichever way the report is named', async () => {
    for (const path of [`${jobFolder}/manifest.json`, jobFolder, 'completion']) {
      const { code, stdout, stderr } = await run('report', path, '--format', 'json');
      assert.deepEqual([code, stderr], [1, ''], path);
      const report = JSON.parse(stdout) as Record<string, unknown> & { causes: Record<string, unknown>[] };
      assert.deepEqual(
        [report['jobId'], report['tasks'], report['succeeded'], report['failed'], report['problems']],
        ['f3cc4f60-61f6-4a2b-8a21-d07600c373ce', 5, 2, 3, []],
      );
      assert.deepEqual(
        report.causes.map((cause) => [cause['code'], cause['count'], cause['share'], cause['sampleKeys']]),
        [
          ['PermanentFailure', 2, 2 / 3, ['slip/one', 'slip/two']],
          ['NoSuchKey', 1, 1 / 3, ['pct%20literal.txt']],
        ],
      );
    }
  });

  test('text names the counts, the cause and what to do', async () => {
    const { stdout } = await run('report', jobFolder);
    assert.match(stdout, /^5 tasks: 2 succeeded, 3 failed\n/);
    assert.match(
      stdout,
      /2 tasks, 66\.7 % of the failures: PermanentFailure \(HTTP 200\)\n {2}NameError: name 'sourec' is not defined/,
    );
    assert.match(stdout, /never given a value/);
  });

  test('a report without failures', async () => {
    await writeReport('good/job-12345', [['succeeded', rowsText(succeeded)]]);
    const { code, stdout } = await run('report', 'good');
    assert.deepEqual([code, stdout], [0, '2 tasks: 2 succeeded, 0 failed\n']);
  });

  test('retry: all, or one code, with the bytes of the keys', async () => {
    await run('report', jobFolder, '--retry', 'retry.csv');
    assert.equal(
      await readFile(join(folder, 'retry.csv'), 'utf8'),
      'test,slip%2Fone\ntest,slip%2Ftwo\ntest,pct%2520literal.txt\n',
    );
    const { stdout } = await run('report', jobFolder, '--retry', 'retry.csv', '--only', 'NoSuchKey', '--format', 'json');
    assert.equal(await readFile(join(folder, 'retry.csv'), 'utf8'), 'test,pct%2520literal.txt\n');
    assert.deepEqual((JSON.parse(stdout) as { retry: unknown }).retry, { path: 'retry.csv', rows: 1, fields: ['Bucket', 'Key'] });
  });

  test('a version that comes up late', async () => {
    const rows = [failedRow('one', 'E', ''), { ...failedRow('two', 'E', ''), versionField: '\\N' }];
    await writeReport('uneven/job-12345', [['failed', rowsText(rows)]]);
    await run('report', 'uneven', '--retry', 'retry.csv');
    assert.equal(await readFile(join(folder, 'retry.csv'), 'utf8'), 'test,one,null\ntest,two,null\n');
  });

  test('resume: the rows that nobody spoke of', async () => {
    await file(
      'manifest.csv',
      'test,a+b\ntest,c\ntest,slip/one\ntest,slip%2Ftwo\ntest,never\ntest,pct%2520literal.txt\ntest,c\n',
    );
    const { stdout } = await run('report', jobFolder, '--manifest', 'manifest.csv', '--resume', 'rest.csv');
    assert.match(stdout, /2 rows to resume in rest\.csv/);
    assert.equal(await readFile(join(folder, 'rest.csv'), 'utf8'), 'test,never\ntest,c\n');
  });

  test('a file that was changed, or is missing, is said, and no manifest is made of the rest', async () => {
    await file(`${jobFolder}/results/failed0.csv`, rowsText(failed.slice(1)));
    const changed = await run('report', jobFolder);
    assert.equal(changed.code, 2);
    assert.match(changed.stdout, /The MD5 of .*failed0\.csv is not the one that the report says/);
    const refused = await run('report', jobFolder, '--retry', 'retry.csv');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /retry\.csv was not written/);
    await assert.rejects(readFile(join(folder, 'retry.csv')), { code: 'ENOENT' });

    await rm(join(folder, jobFolder, 'results/failed0.csv'));
    assert.match((await run('report', jobFolder)).stdout, /failed0\.csv is not here/);
  });

  test('result files alone, packed ones too', async () => {
    await file('only.csv', rowsText(failed));
    assert.match((await run('report', 'only.csv')).stdout, /^3 tasks: 0 succeeded, 3 failed/);
    await file('packed/only.csv.gz', gzipSync(rowsText(failed)));
    assert.match((await run('report', 'packed')).stdout, /^3 tasks: 0 succeeded, 3 failed/);
  });

  test('zipped, in whatever folder, and never a path outside', async () => {
    const folderOf = async (name: string): Promise<string> => await readFile(join(folder, jobFolder, name), 'utf8');
    const entries = {
      'manifest.json': await folderOf('manifest.json'),
      'results/succeeded0.csv': rowsText(succeeded),
      'results/failed0.csv': rowsText(failed),
    };
    const inFolder = Object.fromEntries(Object.entries(entries).map(([name, content]) => [`any/${jobFolder}/${name}`, content]));
    await file('flat.zip', zipFile(entries));
    await file('nested.zip', zipFile(inFolder));
    for (const name of ['flat.zip', 'nested.zip']) {
      const { stdout, stderr } = await run('report', name, '--retry', 'retry.csv', '--format', 'json');
      assert.equal(stderr, '');
      const report = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual([report['succeeded'], report['failed'], report['problems']], [2, 3, []]);
      assert.equal((await readFile(join(folder, 'retry.csv'), 'utf8')).split('\n').length, 4);
    }
    await file('two.zip', zipFile({ ...entries, ...inFolder }));
    assert.match((await run('report', 'two.zip')).stderr, /There are 2 reports/);
    await file('none.zip', zipFile({ 'a.txt': '' }));
    assert.match((await run('report', 'none.zip')).stderr, /no completion report/);
    await file('hostile.zip', zipFile({ '../../evil.csv': rowsText(failed) }));
    assert.match((await run('report', 'hostile.zip')).stderr, /Can't read .*hostile\.zip/);
    await file('broken.zip', zipFile(entries).subarray(0, 200));
    assert.match((await run('report', 'broken.zip')).stderr, /Can't read .*broken\.zip/);
    await file('changed.zip', zipFile({ ...entries, 'results/failed0.csv': rowsText(failed.slice(1)) }));
    assert.equal((await run('report', 'changed.zip')).code, 2);
  });

  test('compare: what newly fails, what is fixed, what still fails', async () => {
    await writeReport('later/job-22222222', [
      ['succeeded', rowsText([row({ keyField: 'slip%2Fone' }), row({ keyField: 'a+b' })])],
      ['failed', rowsText([failedRow('slip%2ftwo', 'PermanentFailure', 'x'), failedRow('c', 'AccessDenied', 'Access Denied')])],
    ]);
    const { code, stdout } = await run('report', 'later', '--compare', jobFolder, '--format', 'json');
    assert.equal(code, 1);
    const { comparison } = JSON.parse(stdout) as { comparison: Record<string, unknown> & { newCauses: { code: string }[] } };
    assert.deepEqual(
      [comparison['newlyFailing'], comparison['newlyFixed'], comparison['stillFailing'], comparison['notInLater']],
      [1, 1, 1, 1],
    );
    assert.deepEqual(comparison['fixedKeys'], ['slip/one']);
    assert.deepEqual(
      comparison.newCauses.map((cause) => cause.code),
      ['AccessDenied'],
    );
    assert.match(
      (await run('report', 'later', '--compare', jobFolder)).stdout,
      /1 newly failing, 1 newly fixed, 1 still failing/,
    );
    // Nothing fails anew the other way but the one that was fixed.
    assert.equal((await run('report', jobFolder, '--compare', jobFolder)).code, 0);
    await file(`${jobFolder}/results/failed0.csv`, 'nonsense\n');
    assert.match((await run('report', 'later', '--compare', jobFolder)).stderr, /can't be compared/);
  });

  test('a big file is summed beside the reading, and a manifest.json that was changed is said', async () => {
    const many = Array.from({ length: 120_000 }, (_, index) =>
      row({ keyField: `${'folder/'.repeat(8)}object-${index}.parquet` }),
    );
    await writeReport('big/job-33333333', [
      ['succeeded', rowsText(many)],
      ['failed', rowsText(failed)],
    ]);
    const { code, stdout } = await run('report', 'big');
    assert.deepEqual([code, stdout.split('\n')[0]], [1, '120,003 tasks: 120,000 succeeded, 3 failed']);
    const changed = Buffer.from(rowsText(many));
    changed[changed.length - 10] = 0x78;
    await file('big/job-33333333/results/succeeded0.csv', changed);
    await file('big/job-33333333/manifest.json.md5', '0'.repeat(32));
    const again = await run('report', 'big');
    assert.equal(again.code, 2);
    assert.match(again.stdout, /MD5 of .*succeeded0\.csv/);
    assert.match(again.stdout, /MD5 of manifest\.json/);
  });

  test('what is no report', async () => {
    await file('other.json', '{}');
    assert.match((await run('report', 'other.json')).stderr, /not the manifest\.json of a completion report/);
    assert.match((await run('report', 'nowhere')).stderr, /there is no such file/);
    await mkdir(join(folder, 'empty'));
    assert.match((await run('report', 'empty')).stderr, /no completion report/);
    for (const args of [
      ['report'],
      ['report', 'a', '--only', 'x'],
      ['report', 'a', '--resume', 'x'],
      ['report', 'a', '--manifest', 'x'],
    ]) {
      assert.equal((await run(...args)).code, 2);
    }
  });

  test('the output never replaces an input', async () => {
    const { code } = await run('report', jobFolder, '--retry', `${jobFolder}/results/failed0.csv`);
    assert.equal(code, 2);
    assert.equal(await readFile(join(folder, jobFolder, 'results/failed0.csv'), 'utf8'), rowsText(failed));
  });
});
