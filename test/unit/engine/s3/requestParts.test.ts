import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EngineRequest } from '../../../../src/engine/contracts.js';
import { isBucketName, isExistingBucketName } from '../../../../src/engine/s3/bucketName.js';
import { readByteRange } from '../../../../src/engine/s3/byteRange.js';
import { readCopySource } from '../../../../src/engine/s3/copySource.js';
import { encodeListed } from '../../../../src/engine/s3/listCalls.js';
import { decodePath, readAddress } from '../../../../src/engine/s3/s3Call.js';
import { ServiceError } from '../../../../src/engine/serviceError.js';

const request = (parts: Partial<EngineRequest>): EngineRequest =>
  ({ headers: {}, rawPath: '/', hostBucket: undefined, ...parts }) as EngineRequest;
const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
  return 'no error';
};

test('bucket names', () => {
  for (const name of ['abc', 'a.b', 'a-b-1', '0ab', 'x'.repeat(63)]) assert.ok(isBucketName(name), name);
  for (const name of [
    'ab',
    'x'.repeat(64),
    'A',
    'Abc',
    'a_b',
    '.ab',
    'ab.',
    'a..b',
    '1.2.3.4',
    'sthree-x',
    'a--x-s3',
    '',
    '../x',
    'a/b',
  ]) {
    assert.ok(!isBucketName(name), name);
  }
  assert.ok(isExistingBucketName('My_Bucket'));
  for (const name of ['..', '...', '../x', 'a/b', 'a\0b', '']) assert.ok(!isExistingBucketName(name), name);
});

test('addresses: path style, virtual-hosted, nothing normalised', () => {
  assert.deepEqual(readAddress(request({ rawPath: '/' })), { bucket: '', key: '' });
  assert.deepEqual(readAddress(request({ rawPath: '/b' })), { bucket: 'b', key: '' });
  assert.deepEqual(readAddress(request({ rawPath: '/b/' })), { bucket: 'b', key: '' });
  assert.deepEqual(readAddress(request({ rawPath: '/b/../x//y%2F%2E+%20' })), { bucket: 'b', key: '../x//y/.+ ' });
  assert.deepEqual(readAddress(request({ rawPath: '//a', hostBucket: 'b' })), { bucket: 'b', key: '/a' });
});

test('paths decode as UTF-8 or not at all', () => {
  assert.equal(decodePath('%C3%A9%e6%bc%a2'), 'é漢');
  assert.equal(decodePath(Buffer.from('é').toString('latin1')), 'é');
  for (const raw of ['%', '%4', '%zz', '%ff', '%C3'])
    assert.equal(
      code(() => decodePath(raw)),
      'InvalidURI',
      raw,
    );
});

test('ranges', () => {
  assert.deepEqual(readByteRange('bytes=0-0', 5), { start: 0, end: 0 });
  assert.deepEqual(readByteRange('bytes=-2', 5), { start: 3, end: 4 });
  for (const header of [undefined, 'bytes=', 'bytes=-', 'bytes=a-b', 'lines=0-1', 'bytes=0-1,2-3', 'bytes=3-1']) {
    assert.equal(readByteRange(header, 5), undefined, header);
  }
  for (const header of ['bytes=5-', 'bytes=9-10', 'bytes=-0'])
    assert.equal(
      code(() => readByteRange(header, 5)),
      'InvalidRange',
      header,
    );
});

test('copy sources are form-decoded once', () => {
  const read = (header: string): unknown => readCopySource(request({ headers: { 'x-amz-copy-source': header } }));
  const copied = (bucket: string, key: string): unknown => ({ bucket, key });
  assert.deepEqual(read('b/a/c'), copied('b', 'a/c'));
  assert.deepEqual(read('/b/a'), copied('b', 'a'));
  assert.deepEqual(read('b%2Fa%2Fc'), copied('b', 'a/c'));
  assert.deepEqual(read('b/a+c%2Bd%20e'), copied('b', 'a c+d e'));
  assert.deepEqual(read('b/a%2520b'), copied('b', 'a%20b'));
  assert.deepEqual(read('b/a?versionId=null'), { bucket: 'b', key: 'a', versionId: 'null' });
  assert.deepEqual(read('b/a%3FversionId=x'), copied('b', 'a?versionId=x'));
  for (const header of ['', 'b', 'b/', '/b', '/', 'b/%', 'b/%ff'])
    assert.equal(
      code(() => read(header)),
      'InvalidArgument',
      header,
    );
  assert.deepEqual(read('b/a?versionId=x'), { bucket: 'b', key: 'a', versionId: 'x' });
  assert.equal(
    code(() => read('arn:aws:s3:us-east-1:000000000000:accesspoint/x/object/y')),
    'NotImplemented',
  );
});

test('encoding-type=url is undone by form decoding and leaves nothing that XML can not hold', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      const encoded = encodeListed(key);
      assert.match(encoded, /^[A-Za-z0-9\-_.*/+%]*$/);
      assert.equal(decodeURIComponent(encoded.replaceAll('+', ' ')), key);
    }),
  );
});
