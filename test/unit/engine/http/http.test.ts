import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readClaim, verifySignature } from '../../../../src/engine/http/authenticate.js';
import {
  canonicalHeaderValue,
  canonicalPath,
  canonicalQuery,
  doubleEncodedPath,
} from '../../../../src/engine/http/canonicalRequest.js';
import { decodeChunks } from '../../../../src/engine/http/decodeChunks.js';
import { isAllowedHost, readHostLabels } from '../../../../src/engine/http/hosts.js';
import { readRequestTarget } from '../../../../src/engine/http/requestTarget.js';
import { hmac, sha256Hex, signingKey } from '../../../../src/engine/http/signature.js';
import { ServiceError } from '../../../../src/engine/serviceError.js';

test('request targets in origin and absolute form', () => {
  assert.deepEqual(readRequestTarget('/a/../b?x=1?y', 'LocalHost:80'), {
    host: 'localhost',
    rawPath: '/a/../b',
    rawQuery: 'x=1?y',
  });
  assert.deepEqual(readRequestTarget('http://000000000000.s3-control.local.test/v20180820/jobs?a', '127.0.0.1:1'), {
    host: '000000000000.s3-control.local.test',
    rawPath: '/v20180820/jobs',
    rawQuery: 'a',
  });
  assert.deepEqual(readRequestTarget('HTTP://s3.local.test:80', 'x'), { host: 's3.local.test', rawPath: '/', rawQuery: '' });
  for (const target of ['https://s3.local.test/', '*', 'ftp://x/', 'http:///x', 'evil']) {
    assert.throws(() => readRequestTarget(target, 'localhost'), ServiceError, target);
  }
});

test('hosts that the engine answers to', () => {
  for (const host of ['127.0.0.1', 'localhost', 'bucket.localhost', 'a.b.s3.local.test', '000000000000.localhost'])
    assert.ok(isAllowedHost(host), host);
  for (const host of [
    '',
    'example.com',
    'localhost.example.com',
    '127.0.0.1.example.com',
    '127.0.0.2',
    '[::1]',
    'local.test.example',
    '.localhost',
    'a b.localhost',
    '0.0.0.0',
  ]) {
    assert.ok(!isAllowedHost(host), host);
  }
});

test('labels in front of the host', () => {
  const labels = (host: string, path = '/'): unknown[] => Object.values(readHostLabels(host, path));
  assert.deepEqual(labels('127.0.0.1'), [undefined, undefined]);
  assert.deepEqual(labels('localhost'), [undefined, undefined]);
  assert.deepEqual(labels('s3.local.test'), [undefined, undefined]);
  assert.deepEqual(labels('lambda.us-east-1.local.test'), [undefined, undefined]);
  assert.deepEqual(labels('000000000000.localhost', '/v20180820/jobs'), ['000000000000', undefined]);
  assert.deepEqual(labels('000000000000.localhost', '/key'), [undefined, '000000000000']);
  assert.deepEqual(labels('000000000000.s3-control.local.test'), ['000000000000', undefined]);
  assert.deepEqual(labels('my.bucket.s3.local.test'), [undefined, 'my.bucket']);
  assert.deepEqual(labels('bucket.s3.eu-west-1.local.test'), [undefined, 'bucket']);
  assert.deepEqual(labels('bucket.localhost'), [undefined, 'bucket']);
});

test('canonical forms', () => {
  assert.equal(canonicalPath('/a b/%e9~(+)'), '/a%20b/%E9~%28%2B%29');
  assert.equal(doubleEncodedPath('/functions/arn%3Aaws'), '/functions/arn%253Aaws');
  assert.equal(canonicalQuery('b=2&a=1&a=0&c&X-Amz-Signature=x', 'asSent'), 'a=0&a=1&b=2&c=');
  assert.equal(canonicalQuery('k=a+b%2fc', 'encoded'), 'k=a%20b%2Fc');
  assert.equal(canonicalHeaderValue(['  a   b ', 'c']), 'a b,c');
});

const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const now = Date.parse('2013-05-24T00:00:00Z');

/** The examples of the S3 API Reference, sig-v4-header-based-auth and sigv4-query-string-auth. */
test('the signatures of the published examples verify, and nothing next to them', () => {
  const host = 'examplebucket.s3.amazonaws.com';
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const scope = `${keys.accessKeyId}/20130524/us-east-1/s3/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41`;
  const request = {
    method: 'GET',
    target: { host, rawPath: '/test.txt', rawQuery: '' },
    headers: new Map([
      ['host', [host]],
      ['range', ['bytes=0-9']],
      ['x-amz-content-sha256', [empty]],
      ['x-amz-date', ['20130524T000000Z']],
      ['authorization', [authorization]],
    ]),
  };
  verifySignature(request, readClaim(request, keys, now), empty, keys);
  const changed = { ...request, headers: new Map([...request.headers, ['range', ['bytes=0-8']]]) };
  assert.throws(() => verifySignature(changed, readClaim(changed, keys, now), empty, keys), { code: 'SignatureDoesNotMatch' });
  const post = { ...request, method: 'PUT' };
  assert.throws(() => verifySignature(post, readClaim(post, keys, now), empty, keys), { code: 'SignatureDoesNotMatch' });
  assert.throws(() => readClaim(request, keys, now + 15 * 60_000 + 1), { code: 'RequestTimeTooSkewed' });
  assert.throws(() => readClaim(request, keys, now - 15 * 60_000 - 1), { code: 'RequestTimeTooSkewed' });
  readClaim(request, keys, now + 15 * 60_000);
  assert.throws(() => readClaim(request, { ...keys, accessKeyId: 'OTHER' }, now), { code: 'InvalidAccessKeyId' });
  const added = { ...request, headers: new Map([...request.headers, ['x-amz-acl', ['public-read']]]) };
  assert.throws(() => readClaim(added, keys, now), { code: 'AccessDenied' });

  const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(scope)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`;
  const presigned = {
    method: 'GET',
    target: { host, rawPath: '/test.txt', rawQuery: query },
    headers: new Map([['host', [host]]]),
  };
  verifySignature(presigned, readClaim(presigned, keys, now + 86_400_000), 'UNSIGNED-PAYLOAD', keys);
  assert.throws(() => readClaim(presigned, keys, now + 86_400_001), { code: 'AccessDenied', message: 'Request has expired' });
  assert.throws(() => readClaim(presigned, keys, now - 16 * 60_000), { code: 'AccessDenied' });
});

test('malformed authorizations are refused by name', () => {
  const claim = (headers: Record<string, string>, rawQuery = ''): string => {
    try {
      readClaim(
        {
          method: 'GET',
          target: { host: 'localhost', rawPath: '/', rawQuery },
          headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
        },
        keys,
        now,
      );
    } catch (error) {
      return (error as ServiceError).code;
    }
    return 'no error';
  };
  const scope = `${keys.accessKeyId}/20130524/us-east-1/s3/aws4_request`;
  assert.equal(claim({}), 'AccessDenied');
  assert.equal(claim({ authorization: 'Bearer x' }), 'InvalidArgument');
  assert.equal(claim({ authorization: 'AWS AKIA:sig' }), 'InvalidRequest');
  assert.equal(claim({}, 'AWSAccessKeyId=x&Signature=y&Expires=1'), 'InvalidRequest');
  assert.equal(claim({ authorization: 'AWS4-HMAC-SHA256 nonsense' }), 'AuthorizationHeaderMalformed');
  assert.equal(claim({ authorization: `AWS4-HMAC-SHA256 Credential=${scope}` }), 'AuthorizationHeaderMalformed');
  assert.equal(claim({ authorization: `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host,Signature=x` }), 'AccessDenied');
  assert.equal(
    claim({
      authorization: `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=host,Signature=x`,
      'x-amz-date': '20130525T000000Z',
    }),
    'AuthorizationHeaderMalformed',
  );
  assert.equal(claim({}, 'X-Amz-Algorithm=AWS4-HMAC-SHA256'), 'AuthorizationQueryParametersError');
  assert.equal(claim({ authorization: 'AWS4-HMAC-SHA256 x' }, 'X-Amz-Algorithm=AWS4-HMAC-SHA256'), 'InvalidArgument');
});

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % Math.max(1, sizes.length)] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function decode(
  framed: string | Buffer,
  options: Partial<Parameters<typeof decodeChunks>[1]> = {},
  sizes: readonly number[] = [],
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const payload = { decodedLength: 5, signing: undefined, trailerNames: [], trailers: {}, ...options };
  for await (const chunk of decodeChunks(cut(Buffer.from(framed), sizes), payload)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('aws-chunked payloads arrive whole however the network cuts them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      async (chunks, sizes) => {
        const whole = Buffer.concat(chunks);
        const framed = Buffer.concat([
          ...chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
          Buffer.from('0\r\nx-amz-checksum-crc32: NhCmhg==\r\n\r\n'),
        ]);
        const trailers = {};
        const decoded = await decode(
          framed,
          { decodedLength: whole.length, trailerNames: ['x-amz-checksum-crc32'], trailers },
          sizes,
        );
        assert.deepEqual(decoded, whole);
        assert.deepEqual(trailers, { 'x-amz-checksum-crc32': 'NhCmhg==' });
      },
    ),
  );
});

test('malformed aws-chunked payloads are refused', async () => {
  const codes: Record<string, string> = {};
  const cases: Record<string, [string, object?]> = {
    good: ['5\r\nhello\r\n0\r\n\r\n'],
    'good without the last line': ['5\r\nhello\r\n0\r\n'],
    'no size': ['hello'],
    'bad size': ['zz\r\nhello\r\n0\r\n\r\n'],
    'negative size': ['-5\r\nhello\r\n0\r\n\r\n'],
    'too short': ['4\r\nhell\r\n0\r\n\r\n'],
    'too long': ['6\r\nhello!\r\n0\r\n\r\n'],
    'cut in a chunk': ['5\r\nhel'],
    'cut before the end': ['5\r\nhello\r\n'],
    'wrong chunk end': ['5\r\nhelloXX0\r\n\r\n'],
    'data after the end': ['5\r\nhello\r\n0\r\n\r\nmore'],
    'trailer not announced': ['5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n'],
    'trailer missing': ['5\r\nhello\r\n0\r\n\r\n', { trailerNames: ['x-amz-checksum-crc32'] }],
    'trailer twice': ['5\r\nhello\r\n0\r\na:1\r\na:2\r\n\r\n', { trailerNames: ['a'] }],
    'endless line': [`5${'x'.repeat(100_000)}`],
  };
  for (const [name, [framed, options]] of Object.entries(cases)) {
    try {
      await decode(framed, options);
      codes[name] = 'no error';
    } catch (error) {
      codes[name] = (error as ServiceError).code;
    }
  }
  assert.deepEqual(codes, {
    good: 'no error',
    'good without the last line': 'no error',
    'no size': 'IncompleteBody',
    'bad size': 'InvalidRequest',
    'negative size': 'InvalidRequest',
    'too short': 'IncompleteBody',
    'too long': 'IncompleteBody',
    'cut in a chunk': 'IncompleteBody',
    'cut before the end': 'IncompleteBody',
    'wrong chunk end': 'InvalidRequest',
    'data after the end': 'InvalidRequest',
    'trailer not announced': 'MalformedTrailerError',
    'trailer missing': 'MalformedTrailerError',
    'trailer twice': 'MalformedTrailerError',
    'endless line': 'InvalidRequest',
  });
});

/** The example of the S3 API Reference, sigv4-streaming: 65 KiB of "a" in chunks of 64 KiB. */
test('the chunk signatures of the published example verify; a changed byte does not', async () => {
  const scope = { accessKeyId: keys.accessKeyId, date: '20130524', region: 'us-east-1', service: 's3' };
  const signing = {
    key: signingKey(keys.secretAccessKey, scope),
    timestamp: '20130524T000000Z',
    scope: '20130524/us-east-1/s3/aws4_request',
    seedSignature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  };
  const framed = (first: string): string =>
    [
      `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n${first}${'a'.repeat(65_535)}\r\n`,
      `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n${'a'.repeat(1024)}\r\n`,
      '0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
    ].join('');
  assert.equal((await decode(framed('a'), { decodedLength: 66_560, signing })).length, 66_560);
  await assert.rejects(decode(framed('b'), { decodedLength: 66_560, signing }), { code: 'SignatureDoesNotMatch' });
});

test('a signed trailer verifies with its signature only', async () => {
  const scope = { accessKeyId: keys.accessKeyId, date: '20130524', region: 'us-east-1', service: 's3' };
  const signing = {
    key: signingKey(keys.secretAccessKey, scope),
    timestamp: '20130524T000000Z',
    scope: '20130524/us-east-1/s3/aws4_request',
    seedSignature: 'seed',
  };
  const chunk = (before: string, data: string): string =>
    hmac(
      signing.key,
      ['AWS4-HMAC-SHA256-PAYLOAD', signing.timestamp, signing.scope, before, sha256Hex(''), sha256Hex(data)].join('\n'),
    ).toString('hex');
  const first = chunk('seed', 'hello');
  const last = chunk(first, '');
  const trailer = 'x-amz-checksum-crc32:NhCmhg==';
  const signature = hmac(
    signing.key,
    ['AWS4-HMAC-SHA256-TRAILER', signing.timestamp, signing.scope, last, sha256Hex(`${trailer}\n`)].join('\n'),
  ).toString('hex');
  const framed = (end: string): string =>
    `5;chunk-signature=${first}\r\nhello\r\n0;chunk-signature=${last}\r\n${trailer}\r\n${end}\r\n`;
  const options = (): object => ({ signing, trailerNames: ['x-amz-checksum-crc32'], trailers: {} });
  assert.equal((await decode(framed(`x-amz-trailer-signature:${signature}\r\n`), options())).toString(), 'hello');
  await assert.rejects(decode(framed(''), options()), { code: 'SignatureDoesNotMatch' });
  await assert.rejects(decode(framed(`x-amz-trailer-signature:${last}\r\n`), options()), { code: 'SignatureDoesNotMatch' });
});
