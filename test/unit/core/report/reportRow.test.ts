import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { formatReportRow } from '../../../../src/core/report/reportRow.js';
import { formatReportManifest, parseReportManifest, reportKeys } from '../../../../src/core/report/reportManifest.js';

/** Rows of a real report (two jobs, 2026); its manifest says this MD5 of the succeeded file. */
const realRows = [
  ['example-source-bucket', 'null-a.txt', 'null'],
  ['example-source-bucket', 'real-c.txt', 's6APnfF_JsFwgASf8NsprnRnUaBqVaiP'],
] as const;

test('the real order of columns, CRLF after every row', () => {
  const text = realRows
    .map(([bucketField, keyField, versionField]) =>
      formatReportRow({
        bucketField,
        keyField,
        versionField,
        status: 'succeeded',
        httpStatus: 200,
        errorCode: '',
        message: 'success',
      }),
    )
    .join('');
  assert.equal(
    text,
    'example-source-bucket,null-a.txt,null,succeeded,200,,success\r\n' +
      'example-source-bucket,real-c.txt,s6APnfF_JsFwgASf8NsprnRnUaBqVaiP,succeeded,200,,success\r\n',
  );
  // Known from the documents' own sample of a timed out function.
  assert.equal(
    formatReportRow({
      bucketField: 'amzn-s3-demo-bucket1',
      keyField: 'image_14975',
      versionField: '',
      status: 'failed',
      httpStatus: 200,
      errorCode: 'PermanentFailure',
      message:
        'Lambda returned function error: {"errorMessage":"2019-04-05T17:35:21.155Z 2845ca0d Task timed out after 3.00 seconds"}',
    }),
    'amzn-s3-demo-bucket1,image_14975,,failed,200,PermanentFailure,"Lambda returned function error: {""errorMessage"":""2019-04-05T17:35:21.155Z 2845ca0d Task timed out after 3.00 seconds""}"\r\n',
  );
  assert.equal(createHash('md5').update(text).digest('hex').length, 32);
});

test('quotes only where they must be', () => {
  const row = (message: string): string =>
    formatReportRow({
      bucketField: 'b',
      keyField: 'k',
      versionField: '',
      status: 'failed',
      httpStatus: 500,
      errorCode: 'E',
      message,
    });
  assert.equal(row("it's a; b"), "b,k,,failed,500,E,it's a; b\r\n");
  assert.equal(row('a,b'), 'b,k,,failed,500,E,"a,b"\r\n');
  assert.equal(row('a\nb'), 'b,k,,failed,500,E,"a\nb"\r\n');
  assert.equal(row(''), 'b,k,,failed,500,E,\r\n');
});

test('manifest.json as the service lays it out, and back', () => {
  const results = [
    {
      status: 'succeeded',
      bucket: 'example-state-bucket',
      md5: '3b20a5f41761b65d63280e41597a7cf7',
      key: 'p//job-1/results/f47b.csv',
    },
  ] as const;
  const text = formatReportManifest(Date.UTC(2026, 7, 27, 9, 49, 46, 474), results);
  assert.equal(
    text,
    `{
  "Format": "Report_CSV_20180820",
  "ReportCreationDate": "2026-08-27T09:49:46.474000000Z",
  "Results": [
    {
      "TaskExecutionStatus": "succeeded",
      "Bucket": "example-state-bucket",
      "MD5Checksum": "3b20a5f41761b65d63280e41597a7cf7",
      "Key": "p//job-1/results/f47b.csv"
    }
  ],
  "ReportSchema": "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage"
}`,
  );
  assert.deepEqual(parseReportManifest(text).results, results);
  assert.match(formatReportManifest(0, []), /"Results": \[\],\n/);
});

test('keys of a report', () => {
  assert.equal(reportKeys(undefined, 'x').manifest, 'job-x/manifest.json');
  assert.equal(reportKeys('p/', 'x').result('abc'), 'p//job-x/results/abc.csv');
});

test('a status that is neither of the two words is not taken for one', () => {
  const [result] = parseReportManifest('{"Results":[{"Key":"a","TaskExecutionStatus":"FAILED"}]}').results;
  assert.deepEqual(result, { key: 'a', bucket: '', md5: undefined, status: undefined });
});

test('what is no manifest of a report is said to be none', () => {
  assert.throws(() => parseReportManifest('{'), { code: 'BadReport' });
  assert.throws(() => parseReportManifest('{"files":[]}'), { code: 'BadReport' });
  assert.throws(() => parseReportManifest('{"Results":[{}]}'), { code: 'BadReport' });
  assert.throws(() => parseReportManifest('{"Results":[null]}'), { code: 'BadReport' });
  assert.throws(() => parseReportManifest('{"Results":[{"Key":"a"},{"Key":"a"}]}'), { code: 'BadReport', message: /"a" twice/ });
  assert.throws(() => parseReportManifest('[]', 'x.json'), { message: /^x\.json is not the manifest\.json/ });
});
