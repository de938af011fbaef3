import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CauseCounter } from '../../../../src/core/report/causes.js';
import { ReportScanner } from '../../../../src/core/report/readReport.js';
import { formatReportRow, type ReportRow } from '../../../../src/core/report/reportRow.js';
import { fieldText } from '../../../../src/core/report/rowBytes.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Reads a text in pieces of so many bytes. */
function scan(text: string, pieceBytes = Infinity): { rows: ReportRow[]; unreadable: string[]; lines: number[] } {
  const rows: ReportRow[] = [];
  const scanner = new ReportScanner((row) => {
    const field = (start: number, end: number): string => fieldText(row.bytes, start, end);
    rows.push({
      bucketField: field(row.bucketStart, row.bucketEnd),
      keyField: field(row.keyStart, row.keyEnd),
      versionField: field(row.versionStart, row.versionEnd),
      status: row.isFailed ? 'failed' : 'succeeded',
      httpStatus: row.httpStatus,
      errorCode: field(row.codeStart, row.codeEnd),
      message: field(row.messageStart, row.messageEnd),
    });
  });
  const data = bytes(text);
  const size = Math.min(pieceBytes, Math.max(data.length, 1));
  for (let start = 0; start < data.length; start += size) {
    const piece = Buffer.from(data.slice(start, start + size));
    scanner.push(piece);
    // A reader of files uses its buffer again.
    piece.fill(0);
  }
  scanner.end();
  return {
    rows,
    unreadable: scanner.unreadable.map(({ text: line }) => line),
    lines: scanner.unreadable.map(({ line }) => line),
  };
}

const row = (more: Partial<ReportRow> = {}): ReportRow => ({
  bucketField: 'b',
  keyField: 'k',
  versionField: '',
  status: 'failed',
  httpStatus: 200,
  errorCode: 'PermanentFailure',
  message: 'm',
  ...more,
});

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'a', 'b,k,,failed,200,E,') }),
);
const anyRow: fc.Arbitrary<ReportRow> = fc.record(
  {
    bucketField: fc.stringMatching(/^[a-z0-9.-]{3,10}$/),
    keyField: anyText,
    versionField: fc.constantFrom('', 'null', '\\N', 'v1'),
    status: fc.constantFrom('succeeded' as const, 'failed' as const),
    httpStatus: fc.integer({ min: 100, max: 599 }),
    errorCode: fc.constantFrom('', 'NoSuchKey', 'PermanentFailure'),
    message: anyText,
  },
  { noNullPrototype: true },
);

test('what is written is read back, in pieces of any size', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (rows, size) => {
      const { rows: read, unreadable } = scan(rows.map(formatReportRow).join(''), size);
      assert.deepEqual(read, rows);
      assert.deepEqual(unreadable, []);
    }),
    { numRuns: 400 },
  );
});

test('rows that succeeded may be counted only: all else is as it was', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          anyRow,
          fc.constantFrom(row({ status: 'succeeded', errorCode: '' }), row({ status: 'succeeded', keyField: 'x' })),
        ),
        {
          maxLength: 30,
        },
      ),
      fc.integer({ min: 1, max: 200 }),
      fc.constantFrom('\r\n', '\n'),
      (rows, size, lineEnd) => {
        const text = `${rows.map((each) => formatReportRow(each).replace(/\r\n$/, lineEnd)).join('')}nonsense${lineEnd}`;
        const failed: string[] = [];
        let succeeded = 0;
        const scanner = new ReportScanner(
          (scanned) => {
            if (scanned.isFailed) failed.push(fieldText(scanned.bytes, scanned.keyStart, scanned.keyEnd));
            else succeeded += 1;
          },
          (count) => (succeeded += count),
        );
        const data = Buffer.from(text);
        for (let start = 0; start < data.length; start += size) {
          const piece = Buffer.from(data.subarray(start, start + size));
          scanner.push(piece);
          piece.fill(0);
        }
        scanner.end();
        const all = scan(text);
        assert.deepEqual(
          failed,
          all.rows.filter(({ status }) => status === 'failed').map(({ keyField }) => keyField),
        );
        assert.equal(succeeded, all.rows.filter(({ status }) => status === 'succeeded').length);
        assert.deepEqual(
          scanner.unreadable.map(({ line }) => line),
          all.lines,
        );
      },
    ),
    { numRuns: 400 },
  );
});

test('LF, a missing last line end, blank lines', () => {
  assert.deepEqual(scan('b,k,,failed,200,PermanentFailure,m\n\r\n\nb,k,,failed,200,PermanentFailure,m').rows, [row(), row()]);
});

test('both orders of the columns: the number of three digits is the status', () => {
  assert.deepEqual(scan('b,k,,failed,PermanentFailure,200,m\n').rows, [row()]);
  assert.deepEqual(scan('b,k,,succeeded,,200,m\n').rows, [row({ status: 'succeeded', errorCode: '' })]);
});

test('rows of the documents, with their mistakes', () => {
  assert.deepEqual(scan('BUCKET_NAME,prefix/file_name,failed,400,InvalidRequest,Task failed due to missing VersionId\n').rows, [
    row({
      bucketField: 'BUCKET_NAME',
      keyField: 'prefix/file_name',
      httpStatus: 400,
      errorCode: 'InvalidRequest',
      message: 'Task failed due to missing VersionId',
    }),
  ]);
  const brokenRow =
    'b,k,,failed,400,400,"error details: {"failureMessage"":""Task 2845 SSE-C encryption type is not supported for this operation"", ""errorCode"": "400"}"';
  const { rows, unreadable } = scan(
    `b,first,,failed,404,NoSuchKey,x\r\n${brokenRow}\r\n${brokenRow}\r\nb,last,,failed,404,NoSuchKey,y\r\n`,
  );
  assert.deepEqual(unreadable, []);
  assert.deepEqual(
    rows.map(({ keyField, httpStatus }) => `${keyField} ${httpStatus}`),
    ['first 404', 'k 400', 'k 400', 'last 404'],
  );
  assert.match(rows[1]?.message ?? '', /SSE-C encryption type is not supported/);
});

test('a quote that never closes costs one row, not the file', () => {
  const good = 'b,good,v1,failed,500,InternalError,x\r\n';
  const { rows } = scan(`b,bad,v1,failed,500,E,"never closed\r\n${good.repeat(50)}`, 100);
  assert.equal(rows.length, 51);
  assert.deepEqual(rows[0]?.message, 'never closed');
});

test('a message with commas that nobody quoted', () => {
  assert.deepEqual(
    scan('b,k,,failed,403,AccessDenied,User: a, not allowed, sorry\n').rows[0]?.message,
    'User: a, not allowed, sorry',
  );
});

test('lines that are no rows are counted with their numbers', () => {
  const { rows, unreadable, lines } = scan(
    'Bucket,Key,VersionId,TaskStatus\r\nb,k,,failed,200,E,"a\nb"\r\nnonsense\r\nb,k,,failed,200,E,\r\n',
  );
  assert.equal(rows.length, 2);
  assert.deepEqual(unreadable, ['Bucket,Key,VersionId,TaskStatus', 'nonsense']);
  assert.deepEqual(lines, [1, 4]);
});

test('any bytes at all are read without throwing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (data, size) => {
      const scanner = new ReportScanner(() => undefined);
      for (let start = 0; start < data.length; start += size) scanner.push(data.slice(start, start + size));
      scanner.end();
    }),
  );
});

function causesOf(rows: readonly ReportRow[]): ReturnType<CauseCounter['causes']> {
  const counter = new CauseCounter();
  const scanner = new ReportScanner((scanned) => {
    if (scanned.isFailed) counter.add(scanned);
  });
  scanner.push(bytes(rows.map(formatReportRow).join('')));
  scanner.end();
  return counter.causes();
}

test('failures with another id, time, session or key are one cause', () => {
  const denied = (index: number): string =>
    `User: arn:aws:sts::111122223333:assumed-role/batch/s3-batch-operations_${index} is not authorized to perform: s3:GetObject on resource: "folder/object-${index}" (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: QWER${index}TZ; S3 Extended Request ID: abc/${index}+d=; Proxy: null)`;
  const timedOut = (index: number): string =>
    `Lambda returned function error: {"errorMessage":"2019-04-05T17:35:2${index}.155Z 2845ca0d-38d9-4c4b-abcf-379dc749c45${index} Task timed out after 3.00 seconds"}`;
  const rows = [
    ...[1, 2, 3].map((index) =>
      row({ keyField: `folder%2Fobject-${index}`, httpStatus: 403, errorCode: 'AccessDenied', message: denied(index) }),
    ),
    ...[1, 2].map((index) => row({ message: timedOut(index) })),
    row({ message: 'name "sourec" is not defined' }),
    row({ status: 'succeeded', errorCode: '', message: 'fine' }),
  ];
  const causes = causesOf(rows);
  assert.deepEqual(
    causes.map(({ code, count, share, known }) => [code, count, share, known?.id]),
    [
      ['AccessDenied', 3, 0.5, 'access-denied'],
      ['PermanentFailure', 2, 2 / 6, 'task-timed-out'],
      ['PermanentFailure', 1, 1 / 6, 'permanent-failure'],
    ],
  );
  assert.deepEqual(causes[0]?.sampleKeys, ['folder/object-1', 'folder/object-2', 'folder/object-3']);
  assert.equal(causes[1]?.message, 'Lambda returned function error: <time> <id> Task timed out after 3.00 seconds');
  assert.match(
    causes[0]?.message ?? '',
    /assumed-role\/batch\/<session>.*"<key>".*Request ID: <id>; S3 Extended Request ID: <id>; Proxy/,
  );
});

test('a message that names its own key is a cause of its own only by that key', () => {
  const message = 'Object first-key can not be read';
  const causes = causesOf([
    row({ keyField: 'first-key', message }),
    row({ keyField: 'other-key', message }),
    row({ keyField: 'other-key', message }),
  ]);
  assert.deepEqual(
    causes.map((cause) => [cause.message, cause.count]),
    [
      ['Object first-key can not be read', 2],
      ['Object <key> can not be read', 1],
    ],
  );
});

test('the same message with another status or code is another cause', () => {
  const rows = [row({}), row({}), row({ httpStatus: 500 }), row({ errorCode: 'E' }), row({})];
  assert.deepEqual(
    causesOf(rows).map(({ code, httpStatus, count }) => [code, httpStatus, count]),
    [
      ['PermanentFailure', 200, 3],
      ['E', 200, 1],
      ['PermanentFailure', 500, 1],
    ],
  );
});

test('different causes stay different', () => {
  const causes = causesOf(['name "a" is not defined', 'name "b" is not defined', ''].map((message) => row({ message })));
  assert.equal(causes.length, 3);
});

const countOf = (causes: ReturnType<typeof causesOf>): number => causes.reduce((sum, cause) => sum + cause.count, 0);

test('100,000 messages that all differ do not fill the memory, and no failure is lost', () => {
  const word = (index: number): string => index.toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
  const rows = Array.from({ length: 100_000 }, (_, index) => row({ message: `failure ${word(index)} of ${index % 7}` }));
  const causes = causesOf(rows);
  assert.ok(causes.length <= 2001, String(causes.length));
  assert.equal(countOf(causes), 100_000);
  assert.equal(causes[0]?.message, '(various messages)');
});

test('nor do codes and statuses that all differ', () => {
  const rows = Array.from({ length: 20_000 }, (_, index) =>
    row({ errorCode: `Code${index}`, httpStatus: 100 + (index % 500), message: `m${index}` }),
  );
  const causes = causesOf([...rows, ...rows]);
  assert.ok(causes.length <= 2401, String(causes.length));
  assert.equal(countOf(causes), 40_000);
  assert.deepEqual([causes[0]?.code, causes[0]?.httpStatus], ['(various codes)', 0]);
});

test('of a message that is far too long only the beginning is kept', () => {
  const long = `failure ${'x'.repeat(200_000)}`;
  const [cause, ...others] = causesOf([row({ message: `${long}a` }), row({ message: `${long}b` })]);
  assert.deepEqual([cause?.count, others.length], [2, 0]);
  assert.ok((cause?.message.length ?? 0) < 5000);
});
