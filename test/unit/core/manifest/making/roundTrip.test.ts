import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { errorCode, isBatchError } from '../../../../../src/base/errors.js';
import { utf8Length } from '../../../../../src/core/manifest/keyEncoding.js';
import { InventoryConverter } from '../../../../../src/core/manifest/making/inventory.js';
import { KeyListEncoder } from '../../../../../src/core/manifest/making/keyListEncoder.js';
import { bucketOfRow, keyOfRow, type ManifestRow, ManifestRows } from '../../../../../src/core/manifest/making/manifestRows.js';
import { ManifestByteLinter } from '../../../../../src/core/manifest/lintManifest.js';
import { formatManifestRow } from '../../../../../src/core/manifest/writeManifest.js';
import { fieldText } from '../../../../../src/core/report/rowBytes.js';
import { proofRuns } from '../../../../support/proofRuns.js';

/** Any Unicode key that an object may have: 1 to 1,024 bytes of UTF-8, short ones and ones at the limit. */
const anyKey = fc
  .oneof(
    { weight: 8, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }) },
    {
      weight: 2,
      arbitrary: fc.string({ unit: fc.constantFrom(' ', '+', '%', '"', ',', '\n', '\r', '\0', '/', '😀', 'é'), minLength: 1 }),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 1024 })).map(fill),
    },
  )
  .filter((key) => utf8Length(key) <= 1024);

/** The text again and again up to so many bytes. */
function fill([text, bytes]: [string, number]): string {
  const repeated = Array.from(text.repeat(Math.ceil(bytes / utf8Length(text))));
  let key = '';
  let length = 0;
  for (const character of repeated) {
    length += utf8Length(character);
    if (length > bytes) break;
    key += character;
  }
  return key === '' ? 'x' : key;
}

const anyVersion = fc.constantFrom('null', 'UIORUnfndfhnw89493jJFJ', '3sL4kqtJlcpXrof3vjVBH40Nr8X8gdRQ');

/** None is called `bucket`: the row `bucket,key` would be a header row. */
const anyManifest = fc.record({
  hasVersions: fc.boolean(),
  rows: fc.array(
    fc.record({
      bucket: fc.constantFrom('my-bucket', 'my.other-bucket-1'),
      key: anyKey,
      version: anyVersion,
      isQuoted: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  ),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  hasMark: fc.boolean(),
  chunk: fc.integer({ min: 1, max: 200 }),
});

describe('reader and writer', () => {
  test('every manifest that is written is read as it was meant, however it is quoted, ended and cut into chunks', () => {
    fc.assert(
      fc.property(anyManifest, ({ hasVersions, rows, lineEnd, hasMark, chunk }) => {
        const text = rows
          .map(({ bucket, key, version, isQuoted }) => {
            const row = formatManifestRow({ bucket, key, ...(hasVersions ? { versionId: version } : {}) }).slice(0, -1);
            return (
              (isQuoted
                ? row
                    .split(',')
                    .map((field) => `"${field}"`)
                    .join(',')
                : row) + lineEnd
            );
          })
          .join('');
        const read: string[][] = [];
        const reader = new ManifestRows((row) => read.push(fieldsOf(row)), { name: 'test' });
        push(reader, new TextEncoder().encode((hasMark ? '\uFEFF' : '') + text), chunk);
        reader.end();
        const expected = rows.map(({ bucket, key, version }) => [bucket, key, hasVersions ? version : '']);
        assert.deepEqual(read, expected);
      }),
      { numRuns: proofRuns(1000, 100_000) },
    );
  });

  test('what is written has no error of any rule but those of the rows themselves', () => {
    fc.assert(
      fc.property(fc.array(anyKey, { minLength: 1, maxLength: 5 }), (keys) => {
        const linter = new ManifestByteLinter({});
        for (const key of keys) linter.push(new TextEncoder().encode(formatManifestRow({ bucket: 'my-bucket', key })));
        const { errors, counts } = linter.end();
        assert.equal(errors, 0, JSON.stringify(counts));
      }),
      { numRuns: proofRuns(500, 20_000) },
    );
  });
});

describe('encoding keys', () => {
  test('gives back every key, from lines and from JSON', () => {
    fc.assert(
      fc.property(fc.array(anyKey, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 100 }), (keys, chunk) => {
        const json = JSON.stringify({ Contents: keys.map((Key) => ({ Key })) });
        assert.deepEqual(keysOf(encode(new TextEncoder().encode(json), 'json', chunk)), keys);
        // A line can't hold a line break, and a blank one is none.
        const lines = keys.filter((key) => !/[\r\n\uFEFF]/.test(key));
        assert.deepEqual(keysOf(encode(new TextEncoder().encode(lines.join('\n')), 'lines', chunk)), lines);
      }),
      { numRuns: proofRuns(500, 20_000) },
    );
  });

  test('never writes half of a surrogate pair, nor a replacement for one', () => {
    const halves = [0xed, 0xa0, 0x80, 0x0a];
    for (const kind of ['lines', 'uris', 'csv'] as const) {
      const before = { lines: '', uris: 's3://bucket/', csv: 'Key,Size\nk' }[kind];
      const after = kind === 'csv' ? ',1' : '';
      const bytes = new Uint8Array([
        ...new TextEncoder().encode(before),
        ...halves.slice(0, 3),
        ...new TextEncoder().encode(`${after}\n`),
      ]);
      assert.throws(
        () => encode(bytes, kind, 3),
        (error) => errorCode(error) === 'InvalidKey',
        kind,
      );
    }
    for (const json of ['["a\\ud800"]', '{"Contents":[{"Key":"\\udc00b"}]}']) {
      assert.throws(
        () => encode(new TextEncoder().encode(json), 'json', 3),
        (error) => errorCode(error) === 'InvalidKey',
      );
    }
  });
});

describe('hostile bytes', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom(
        '"',
        '""',
        ',',
        '\r',
        '\n',
        '\r\n',
        '\0',
        '\uFEFF',
        'b,k\n',
        '"b","k"\n',
        's3://b/k\n',
        'Bucket,Key\n',
        '{"Contents":[',
        '%',
        '%C3',
        '+',
        '\t',
        ';',
      )
      .map((text) => new TextEncoder().encode(text)),
  );
  const anyBytes = fc.array(piece, { maxLength: 40 }).map((pieces) => new Uint8Array(Buffer.concat(pieces)));

  test('end in rows or in an error that says what is wrong, within a second', () => {
    fc.assert(
      fc.property(anyBytes, fc.integer({ min: 1, max: 64 }), (bytes, chunk) => {
        const startedAt = performance.now();
        for (const run of [
          () => encode(bytes, undefined, chunk),
          () => encode(bytes, 'csv', chunk),
          () => encode(bytes, 'uris', chunk),
          () => finish(new ManifestRows(() => undefined, { name: 'test' }), bytes, chunk),
          () => finish(new ManifestByteLinter({}), bytes, chunk),
          () => finish(new InventoryConverter(() => undefined, { columns: ['Bucket', 'Key'] }).part('test'), bytes, chunk),
        ]) {
          try {
            run();
          } catch (error) {
            if (!isBatchError(error)) throw error;
          }
        }
        assert.ok(performance.now() - startedAt < 1000);
      }),
      { numRuns: proofRuns(400, 20_000) },
    );
  });

  test('a line of 100 MB is refused when little of it was read', () => {
    const chunk = new Uint8Array(256 * 1024).fill(0x61);
    for (const start of ['', '"', 'b,"']) {
      for (const reader of [
        new ManifestRows(() => undefined, { name: 'test' }),
        new KeyListEncoder(() => undefined, { name: 'test', kind: 'lines', bucket: 'bucket' }),
        new KeyListEncoder(() => undefined, { name: 'test', kind: 'csv', bucket: 'bucket' }),
        new InventoryConverter(() => undefined, { columns: ['Bucket', 'Key'] }).part('test'),
      ]) {
        let pushed = 0;
        const pushAll = (): void => {
          reader.push(new TextEncoder().encode(start));
          for (; pushed < 400; pushed += 1) reader.push(chunk);
        };
        assert.throws(pushAll, isBatchError);
        assert.ok(pushed <= 40, `${pushed} chunks of ${start}`);
      }
    }
  });
});

function fieldsOf(row: ManifestRow): string[] {
  return [bucketOfRow(row), keyOfRow(row), fieldText(row.bytes, row.versionStart, row.versionEnd)];
}

function push(reader: { push(chunk: Uint8Array): void }, bytes: Uint8Array, chunk: number): void {
  // One buffer for all chunks, as a file is read.
  const buffer = new Uint8Array(chunk);
  for (let at = 0; at < bytes.length; at += chunk) {
    const part = bytes.subarray(at, at + chunk);
    buffer.set(part);
    reader.push(buffer.subarray(0, part.length));
  }
}

function finish(reader: { push(chunk: Uint8Array): void; end(): unknown }, bytes: Uint8Array, chunk: number): void {
  push(reader, bytes, chunk);
  reader.end();
}

function encode(bytes: Uint8Array, kind: 'lines' | 'uris' | 'csv' | 'json' | undefined, chunk: number): string[] {
  const rows: string[] = [];
  const bucket = kind === 'uris' ? undefined : 'my-bucket';
  finish(new KeyListEncoder((row) => rows.push(row), { name: 'test', kind, bucket }), bytes, chunk);
  return rows;
}

function keysOf(rows: readonly string[]): string[] {
  const keys: string[] = [];
  const reader = new ManifestRows((row) => keys.push(keyOfRow(row)), { name: 'test' });
  reader.push(new TextEncoder().encode(rows.join('')));
  reader.end();
  return keys;
}
