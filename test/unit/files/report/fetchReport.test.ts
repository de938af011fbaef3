import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { BatchError } from '../../../../src/base/errors.js';
import type { JobDescriptor } from '../../../../src/core/job/jobTypes.js';
import { formatReportManifest } from '../../../../src/core/report/reportManifest.js';
import { formatReportRow, type ReportRow } from '../../../../src/core/report/reportRow.js';
import { untranslated } from '../../../../src/core/view/localizer.js';
import { jobSubject, reportText } from '../../../../src/core/view/reportText.js';
import { readReportFiles } from '../../../../src/files/report/readReportFiles.js';
import { fetchJobReport, streamJobReport, withOriginalNames } from '../../../../src/files/report/fetchReport.js';
import { FakeTargetClient } from '../../../support/fakeTargetClient.js';

const job: JobDescriptor = {
  JobId: 'j-12345',
  Description: 'Rename',
  Status: 'Complete',
  Priority: 1,
  ProgressSummary: { TotalNumberOfTasks: 4, NumberOfTasksSucceeded: 1, NumberOfTasksFailed: 3 },
  Operation: { LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:rename' } },
  Report: { Enabled: true, Bucket: 'arn:aws:s3:::reports', Prefix: 'p', ReportScope: 'AllTasks' },
};

function row(keyField: string, status: 'succeeded' | 'failed', message: string): ReportRow {
  const errorCode = status === 'failed' ? 'PermanentFailure' : '';
  return { bucketField: 'b', keyField, versionField: '', status, httpStatus: 200, errorCode, message };
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function setUp(): FakeTargetClient {
  const client = new FakeTargetClient('local', ['reports']);
  const failed = [row('a%20b', 'failed', 'no name'), row('c', 'failed', 'no name'), row('d', 'failed', 'other')].map(
    formatReportRow,
  );
  const succeeded = formatReportRow(row('e', 'succeeded', 'fine'));
  const objects = client.buckets.get('reports');
  const folder = 'p/job-j-12345';
  objects?.set(`${folder}/results/s.csv`, bytes(succeeded));
  objects?.set(`${folder}/results/f.csv`, bytes(failed.join('')));
  const manifest = formatReportManifest(0, [
    { status: 'succeeded', bucket: 'reports', md5: md5('something else'), key: `${folder}/results/s.csv` },
    { status: 'failed', bucket: 'reports', md5: md5(failed.join('')), key: `${folder}/results/f.csv` },
  ]);
  objects?.set(`${folder}/manifest.json`, bytes(manifest));
  return client;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-fetch-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('fetchJobReport', () => {
  it('copies every file, so that it reads as where it came from', async () => {
    const fetched = await fetchJobReport(setUp(), job, folder);
    const report = await readReportFiles(fetched.path);
    assert.deepEqual([report.failed, report.succeeded, report.jobId], [3, 1, 'j-12345']);
    assert.deepEqual(
      report.files.map((file) => [file.status, file.rows, file.isAltered]),
      [
        ['succeeded', 1, true],
        ['failed', 3, false],
      ],
    );
    assert.deepEqual(fetched.places.get('f.csv'), { bucket: 'reports', key: 'p/job-j-12345/results/f.csv' });
    assert.deepEqual(
      report.causes.map((cause) => [cause.message, cause.count, cause.sampleKeys]),
      [
        ['no name', 2, ['a b', 'c']],
        ['other', 1, ['d']],
      ],
    );
  });

  it('says when there is no report, and why', async () => {
    const none = { ...job, Report: { Enabled: false } };
    await assert.rejects(fetchJobReport(setUp(), none, folder), (error: BatchError) => error.code === 'NoReport');
    const unwritten = { ...job, JobId: 'j-other' };
    await assert.rejects(fetchJobReport(setUp(), unwritten, folder), (error: BatchError) => {
      assert.equal(error.code, 'NoReport');
      assert.match(error.message, /s3:\/\/reports\/p\/job-j-other\/manifest\.json/);
      return true;
    });
  });

  it('reads result files below the folder of manifest.json, whatever bucket and key it names', async () => {
    const client = setUp();
    const objects = client.buckets.get('reports');
    client.buckets.set('secrets', new Map([['f.csv', bytes('secret')]]));
    for (const [bucket, key] of [
      ['secrets', 'f.csv'],
      ['reports', '../f.csv'],
      ['reports', '/f.csv'],
      ['elsewhere', 'old/job-j-12345/results/f.csv'],
    ] as const) {
      const manifest = formatReportManifest(0, [{ status: 'failed', bucket, md5: '', key }]);
      objects?.set('p/job-j-12345/manifest.json', bytes(manifest));
      const fetched = await fetchJobReport(client, job, folder);
      assert.deepEqual(fetched.places.get('f.csv'), { bucket: 'reports', key: 'p/job-j-12345/results/f.csv' });
      assert.equal((await readReportFiles(fetched.path)).failed, 3);
    }
  });

  it('goes on without a result file that is not there, and says so', async () => {
    const client = setUp();
    client.buckets.get('reports')?.delete('p/job-j-12345/results/s.csv');
    const { failed, problems } = await readReportFiles((await fetchJobReport(client, job, folder)).path);
    assert.deepEqual([failed, problems], [3, ['The result file p/job-j-12345/results/s.csv is not here.']]);
  });

  it('writes no file under a name that leads elsewhere', async () => {
    for (const key of ['p/results/..', 'p/results/', 'p/results/a\\b.csv', 'p/results/.csv', 'p/results/a:b.csv']) {
      const client = setUp();
      const objects = client.buckets.get('reports');
      objects?.set(
        'p/job-j-12345/manifest.json',
        bytes(formatReportManifest(0, [{ status: 'failed', bucket: 'reports', md5: '', key }])),
      );
      await assert.rejects(fetchJobReport(client, job, folder), { code: 'BadReport' }, key);
      assert.deepEqual(await readdir(folder), []);
    }
  });
});

describe('withOriginalNames', () => {
  it('names what the copies are copies of', async () => {
    const fetched = await fetchJobReport(setUp(), job, folder);
    const { problems } = await readReportFiles(fetched.path);
    assert.equal(problems.length, 1);
    const [problem = ''] = problems.map((text) => withOriginalNames(fetched, text));
    assert.ok(problem.includes('s3://reports/p/job-j-12345/results/s.csv') && !problem.includes(folder), problem);
    assert.equal(withOriginalNames(fetched, `in ${fetched.path}`), 'in s3://reports/p/job-j-12345/manifest.json');
  });
});

describe('streamJobReport', () => {
  it('gives the rows of the files that are wanted, and opens no other', async () => {
    const client = setUp();
    client.buckets.get('reports')?.delete('p/job-j-12345/results/s.csv');
    let failed = 0;
    await streamJobReport(client, job, (row) => (failed += Number(row.isFailed)), {
      isWanted: ({ status }) => status === 'failed',
    });
    assert.equal(failed, 3);
  });

  it('says when there is no report, and stops when it is told to', async () => {
    const ignore = (): void => undefined;
    await assert.rejects(streamJobReport(setUp(), { ...job, JobId: 'j-other' }, ignore), { code: 'NoReport' });
    await assert.rejects(streamJobReport(setUp(), job, ignore, { signal: AbortSignal.abort() }), { code: 'Cancelled' });
  });
});

describe('reportText', () => {
  const formats = { l10n: untranslated, locale: 'en', timeZone: 'UTC' };

  it('tells what failed and why, biggest cause first, and links every file', async () => {
    const client = setUp();
    const fetched = await fetchJobReport(client, job, folder);
    const report = await readReportFiles(fetched.path);
    const files = [...fetched.places].map(([name, place]) => ({
      status: name === 'f.csv' ? ('failed' as const) : ('succeeded' as const),
      name: `s3://${place.bucket}/${place.key}`,
      place,
      rows: 1,
    }));
    const { text, links } = reportText(jobSubject(client.target, job, formats), { ...report, files }, formats);
    const lines = text.split('\n');
    assert.equal(lines[0], '# Report of "Rename"');
    assert.equal(lines[2], '**Complete, 3 failed · 1 succeeded**');
    assert.ok(lines.includes('### 1. PermanentFailure (HTTP 200): 2 rows, 66.7%'));
    assert.ok(lines.includes('    no name'));
    assert.ok(lines.includes('Keys: `a b`, `c`'));
    assert.ok(lines.some((line) => line.includes('MD5')));
    assert.deepEqual(
      links.map((link) => lines[link.line]?.slice(link.start, link.end)),
      ['s3://reports/p/job-j-12345/results/s.csv', 's3://reports/p/job-j-12345/results/f.csv'],
    );
  });

  it('says so when nothing failed', () => {
    const report = { createdAt: '2026-01-02T03:04:05Z', succeeded: 0, failed: 0, causes: [], files: [], problems: [] };
    const { text } = reportText(jobSubject(new FakeTargetClient().target, job, formats), report, formats);
    assert.match(text, /No task in this report failed\./);
    assert.match(text, /no result files/);
  });
});
