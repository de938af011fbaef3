import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateBucketCommand,
  GetObjectAttributesCommand,
  PutObjectCommand,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { checksumAlgorithms, checksumHeader, createChecksum } from '../../../src/engine/s3/checksum.js';
import { engineFor } from '../../support/engineHarness.js';

interface Trailer {
  /** What `x-amz-trailer` says. */
  readonly announced: string;
  /** The line after the last chunk; absent: none. */
  readonly line?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends what a client sends that streams a body with a trailer, which the SDK itself does not for every checksum. */
async function putWithTrailer(s3: S3Client, body: string, { announced, line = '', headers = {} }: Trailer): Promise<string> {
  const command = new PutObjectCommand({ Bucket: 'test', Key: 'k', Body: '' });
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: string; headers: Record<string, string> };
      request.body = `${body.length.toString(16)}\r\n${body}\r\n0\r\n${line}\r\n\r\n`;
      request.headers = {
        ...request.headers,
        ...headers,
        'content-encoding': 'aws-chunked',
        'content-length': String(request.body.length),
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': String(body.length),
        'x-amz-trailer': announced,
      };
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  try {
    await s3.send(command);
    return 'no error';
  } catch (error) {
    const { name, message } = error as S3ServiceException;
    return `${name}: ${message}`;
  }
}

async function checksumOf(algorithm: (typeof checksumAlgorithms)[number], text: string): Promise<string> {
  const checksum = await createChecksum(algorithm);
  checksum.update(Buffer.from(text));
  return checksum.digest().toString('base64');
}

test('every checksum may come as a trailer, MD5 too, and is verified and kept', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  for (const algorithm of checksumAlgorithms) {
    const announced = checksumHeader(algorithm);
    const value = await checksumOf(algorithm, 'hello');
    const headers = { 'x-amz-sdk-checksum-algorithm': algorithm };
    assert.equal(await putWithTrailer(s3, 'hello', { announced, line: `${announced}:${value}`, headers }), 'no error', algorithm);
    const { Checksum } = await s3.send(
      new GetObjectAttributesCommand({ Bucket: 'test', Key: 'k', ObjectAttributes: ['Checksum'] }),
    );
    assert.deepEqual(Checksum, { [`Checksum${algorithm}`]: value, ChecksumType: 'FULL_OBJECT' });
    assert.equal(
      await putWithTrailer(s3, 'other', { announced, line: `${announced}:${value}` }),
      `BadDigest: The ${algorithm} you specified did not match the calculated checksum.`,
    );
  }
});

test('a trailer that is no checksum, is another one or is missing is refused as the service refuses it', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const line = `x-amz-checksum-crc32:${await checksumOf('CRC32', 'hello')}`;
  const unsupported = 'InvalidRequest: The value specified in the x-amz-trailer header is not supported';
  for (const announced of ['x-amz-checksum-sha3', 'x-amz-meta-a', 'x-amz-checksum-crc32,x-amz-meta-a', 'x-amz-checksum-type']) {
    assert.equal(await putWithTrailer(s3, 'hello', { announced, line }), unsupported, announced);
  }
  assert.match(await putWithTrailer(s3, 'hello', { announced: 'x-amz-checksum-sha1', line }), /^MalformedTrailerError: /);
  assert.match(await putWithTrailer(s3, 'hello', { announced: 'x-amz-checksum-crc32' }), /^MalformedTrailerError: /);
  assert.match(
    await putWithTrailer(s3, 'hello', {
      announced: 'x-amz-checksum-crc32',
      line,
      headers: { 'x-amz-sdk-checksum-algorithm': 'SHA1' },
    }),
    /^InvalidRequest: Value for x-amz-sdk-checksum-algorithm header is invalid\.$/,
  );
});
