import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ManifestField } from '../../../../src/core/job/jobTypes.js';
import { joinRow, splitRow } from '../../../../src/core/manifest/rowFields.js';
import { ReportScanner } from '../../../../src/core/report/readReport.js';
import { formatReportRow } from '../../../../src/core/report/reportRow.js';
import { ResumeManifestWriter } from '../../../../src/core/report/resumeManifest.js';
import { RetryManifestWriter } from '../../../../src/core/report/retryManifest.js';
import { proofRuns } from '../../../support/proofRuns.js';

const encoder = new TextEncoder();

class Output {
  readonly pieces: Uint8Array[] = [];
  readonly write = (piece: Uint8Array): void => void this.pieces.push(piece);
  get text(): string {
    return Buffer.concat(this.pieces).toString('utf8');
  }
}

type Fate = 'succeeded' | 'failed' | 'never';

interface Task {
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
  readonly fate: Fate;
}

const keyField = fc.oneof(
  fc.constantFrom('a', 'a%20b', 'a+b', 'a%2Bb', 'pct%2520literal.txt', '%7E', '~', 'x,y', 'quo"te'),
  fc.string({ unit: fc.constantFrom(...Array.from('ab%+,"2Fü/')), minLength: 1, maxLength: 6 }),
);

const tasks = (hasVersions: boolean): fc.Arbitrary<Task[]> =>
  fc.array(
    fc.record({
      bucket: fc.constantFrom('bucket-one', 'bucket-two'),
      key: keyField,
      version: hasVersions ? fc.constantFrom('null', 'v1', 'v2', '') : fc.constant(''),
      fate: fc.constantFrom<Fate>('succeeded', 'failed', 'never'),
    }),
    { maxLength: 30 },
  );

let lastChunk = Buffer.alloc(0);

/** A chunk as a reader of files hands it on: a Buffer, whose memory the next one overwrites. */
function reused(bytes: Uint8Array): Buffer {
  lastChunk.fill(0);
  lastChunk = Buffer.from(bytes);
  return lastChunk;
}

function read(report: string, size: number, onRow: ConstructorParameters<typeof ReportScanner>[0]): void {
  const scanner = new ReportScanner(onRow);
  const data = encoder.encode(report);
  for (let start = 0; start < data.length; start += size) scanner.push(reused(data.subarray(start, start + size)));
  scanner.end();
  assert.equal(scanner.unreadableCount, 0);
}

interface ReportStyle {
  /** ErrorCode before HTTPStatusCode, as ReportSchema has it and real reports have not. */
  readonly isSwapped: boolean;
  readonly hasReturn: boolean;
  /** The order of rows is not that of the manifest. */
  readonly turned: number;
}

const reportStyle = fc.record({ isSwapped: fc.boolean(), hasReturn: fc.boolean(), turned: fc.nat(30) });

/** A message that has to be quoted. */
const message = 'a, "b"';

function reportOf(rows: readonly Task[], hasVersions: boolean, style: ReportStyle): string {
  const lines = rows
    .filter(({ fate }) => fate !== 'never')
    .map(({ bucket, key, version, fate }) => {
      const line = formatReportRow({
        bucketField: bucket,
        keyField: key,
        versionField: hasVersions && version === '' ? '\\N' : version,
        status: fate === 'failed' ? 'failed' : 'succeeded',
        httpStatus: 200,
        errorCode: '',
        message,
      });
      const ordered = style.isSwapped ? line.replace(/,200,,("a, ""b""")\r\n$/, ',,200,$1\r\n') : line;
      return style.hasReturn ? ordered : ordered.replace(/\r\n$/, '\n');
    });
  const at = lines.length === 0 ? 0 : style.turned % lines.length;
  return [...lines.slice(at).toReversed(), ...lines.slice(0, at)].join('');
}

/** Without versions two rows are the same when bucket and decoded key are; keys that form the same object are one. */
function identity(bucket: string, key: string, version: string): string {
  const decoded = Buffer.from(key, 'utf8')
    .toString('latin1')
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return `${bucket}\u0000${decoded}\u0000${version === 'null' ? '' : version}`;
}

function sorted(lines: readonly string[]): string[] {
  return lines.toSorted();
}

for (const hasVersions of [false, true]) {
  test(`retry and resume, ${hasVersions ? 'with' : 'without'} versions: every failed row once, bytes of keys the same, all together the manifest`, () => {
    fc.assert(
      fc.property(
        tasks(hasVersions),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        reportStyle,
        (rows, size, hasReturn, style) => {
          const line = ({ bucket, key, version }: Task): string => joinRow(hasVersions ? [bucket, key, version] : [bucket, key]);
          const manifest = rows.map((task) => line(task) + (hasReturn ? '\r\n' : '\n')).join('');
          const report = reportOf(rows, hasVersions, style);

          const retryOut = new Output();
          const retry = new RetryManifestWriter(retryOut.write);
          const resumeOut = new Output();
          const fields: ManifestField[] = hasVersions ? ['Bucket', 'Key', 'VersionId'] : ['Bucket', 'Key'];
          const resume = new ResumeManifestWriter(resumeOut.write, fields);
          read(report, size, (row) => {
            if (row.isFailed) retry.add(row);
            resume.reported(row);
          });
          retry.end();
          const data = encoder.encode(manifest);
          for (let start = 0; start < data.length; start += size) resume.push(reused(data.subarray(start, start + size)));
          resume.end();

          const failed = rows.filter(({ fate }) => fate === 'failed');
          const repaired = failed.map((task) => line({ ...task, version: task.version === '' ? 'null' : task.version }));
          assert.deepEqual(sorted(retryOut.text.split('\n').slice(0, -1)), sorted(hasVersions ? repaired : failed.map(line)));
          assert.equal(retry.rows, failed.length);
          assert.equal(retry.isUneven, false);
          if (failed.length > 0) assert.deepEqual(retry.fields, fields);

          // Rows of one object are interchangeable; the others keep their bytes.
          const resumed = resumeOut.text.split(/\r?\n/).slice(0, -1);
          const identities = (list: readonly Task[]): string[] =>
            sorted(list.map((task) => identity(task.bucket, task.key, task.version)));
          assert.equal(resume.manifestRows, rows.length);
          assert.equal(resumed.length, rows.filter(({ fate }) => fate === 'never').length);
          const byLine = new Map(rows.map((task) => [line(task), task]));
          assert.deepEqual(
            identities(resumed.map((text) => byLine.get(text) ?? assert.fail(`not a row of the manifest: ${text}`))),
            identities(rows.filter(({ fate }) => fate === 'never')),
          );

          // Nothing is lost and nothing is there twice: retried, succeeded and resumed are the manifest.
          const made = [...retryOut.text.split('\n').slice(0, -1), ...resumed].map((text) => {
            const [bucket = '', key = '', version = ''] = splitRow(text).fields.map((field) => field.value);
            return identity(bucket, key, version);
          });
          const succeeded = identities(rows.filter(({ fate }) => fate === 'succeeded'));
          assert.deepEqual(sorted([...made, ...succeeded]), identities(rows));
        },
      ),
      { numRuns: proofRuns(300, 100_000) },
    );
  });
}

test('a version that comes up late asks for another pass', () => {
  const report = 'b,one,,failed,200,E,\r\nb,two,v1,failed,200,E,\r\n';
  const first = new RetryManifestWriter(() => undefined);
  read(report, 1000, (row) => first.add(row));
  assert.equal(first.isUneven, true);
  const out = new Output();
  const second = new RetryManifestWriter(out.write, true);
  read(report, 1000, (row) => second.add(row));
  second.end();
  assert.equal(second.isUneven, false);
  assert.equal(out.text, 'b,one,null\nb,two,v1\n');
});

test('other columns, a byte order mark and a missing last line end', () => {
  const out = new Output();
  const resume = new ResumeManifestWriter(out.write, ['Ignore', 'Key', 'Bucket']);
  read('b,done,,succeeded,200,,\r\n', 1000, (row) => resume.reported(row));
  for (const byte of encoder.encode('\uFEFF1,done,b\r\n\n2,left,b')) resume.push(new Uint8Array([byte]));
  resume.end();
  assert.equal(out.text, '2,left,b\n');
});

test('a manifest that can not be read names the row', () => {
  const resume = new ResumeManifestWriter(() => undefined);
  assert.throws(() => resume.push(encoder.encode('b,k\nb\n')), { code: 'BadManifest', message: /Row 2/ });
  assert.throws(() => new ResumeManifestWriter(() => undefined, ['Key']), { code: 'BadFields' });
});

test('many rows, few bytes: all of 200,000 rows are found again', () => {
  const out = new Output();
  const resume = new ResumeManifestWriter(out.write);
  const line = (index: number): string => `bucket,folder/object-${index}.parquet`;
  const report = Array.from({ length: 200_000 }, (_, index) => `${line(index)},,succeeded,200,,\r\n`).join('');
  read(report, 65_536, (row) => resume.reported(row));
  resume.push(encoder.encode(`${Array.from({ length: 200_010 }, (_, index) => line(index)).join('\n')}\n`));
  resume.end();
  assert.equal(resume.rows, 10);
});
