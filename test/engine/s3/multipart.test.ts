import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { engineFor, errorCodeOf } from '../../support/engineHarness.js';
import { sdkChecksums } from '../../support/sdkChecksums.js';

const mebibyte = 1024 * 1024;
const at = { Bucket: 'test', Key: 'big file' };

function etagOf(parts: readonly Buffer[]): string {
  const whole = createHash('md5');
  for (const part of parts) whole.update(createHash('md5').update(part).digest());
  return `"${whole.digest('hex')}-${parts.length}"`;
}

async function upload(s3: S3Client, parts: readonly Buffer[], create: object = {}) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...at, ...create }));
  const Parts = [];
  for (const [index, Body] of parts.entries()) {
    const {
      $metadata: _metadata,
      ServerSideEncryption: _encryption,
      ...part
    } = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: index + 1, Body, ...create }));
    Parts.push({ ...part, PartNumber: index + 1 });
  }
  return { UploadId, Parts };
}

test('parts become one object with the ETag of S3, and leave nothing behind', async (t) => {
  const { client, dataDirectory } = await engineFor(t);
  const s3 = client({ checksumAlgorithms: sdkChecksums });
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const parts = [Buffer.alloc(5 * mebibyte, 1), Buffer.alloc(5 * mebibyte, 2), Buffer.from('end')];
  const whole = Buffer.concat(parts);
  const expectedTypes = {
    CRC32: 'COMPOSITE',
    CRC32C: 'COMPOSITE',
    CRC64NVME: 'FULL_OBJECT',
    SHA256: 'COMPOSITE',
    XXHASH3: 'COMPOSITE',
  } as const;
  for (const algorithm of ['CRC32', 'SHA256', 'XXHASH3'] as const) {
    const { UploadId, Parts } = await upload(s3, parts, {
      ChecksumAlgorithm: algorithm,
      ContentType: 'x/y',
      Metadata: { a: 'b' },
    });
    const listed = await s3.send(new ListPartsCommand({ ...at, UploadId, MaxParts: 2 }));
    assert.deepEqual(
      [listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]), listed.IsTruncated, listed.NextPartNumberMarker],
      [
        [
          [1, 5 * mebibyte],
          [2, 5 * mebibyte],
        ],
        true,
        '2',
      ],
    );
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
    assert.equal(done.ETag, etagOf(parts));
    assert.match(done[`Checksum${algorithm}`] ?? '', /-3$/);
    const got = await s3.send(new GetObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
    assert.ok(whole.equals(Buffer.from((await got.Body?.transformToByteArray()) ?? '')));
    assert.deepEqual(
      [got.ContentType, got.Metadata, got.ETag, got.ChecksumType],
      ['x/y', { a: 'b' }, done.ETag, expectedTypes[algorithm]],
    );
  }
  const second = await s3.send(new HeadObjectCommand({ ...at, PartNumber: 2 }));
  assert.deepEqual(
    [second.ContentLength, second.PartsCount, second.ContentRange],
    [5 * mebibyte, 3, `bytes ${5 * mebibyte}-${10 * mebibyte - 1}/${whole.length}`],
  );
  const copied = await s3.send(new CopyObjectCommand({ Bucket: 'test', Key: 'copy', CopySource: 'test/big%20file' }));
  assert.equal(copied.CopyObjectResult?.ETag, `"${createHash('md5').update(whole).digest('hex')}"`);
  assert.deepEqual(await readdir(join(dataDirectory, 'uploads/test')), []);
  assert.deepEqual(await readdir(join(dataDirectory, 'tmp')), []);
});

test('a full-object checksum is that of the whole object', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const create = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const;
  const { UploadId, Parts } = await upload(s3, [Buffer.from('hello')], create);
  const complete = { ...at, UploadId, MultipartUpload: { Parts } };
  assert.equal(
    await errorCodeOf(s3.send(new CompleteMultipartUploadCommand({ ...complete, ChecksumCRC32: 'AAAAAA==' }))),
    'BadDigest',
  );
  assert.equal(
    await errorCodeOf(s3.send(new CompleteMultipartUploadCommand({ ...complete, MpuObjectSize: 4 }))),
    'InvalidRequest',
  );
  const done = await s3.send(new CompleteMultipartUploadCommand({ ...complete, ChecksumCRC32: 'NhCmhg==', MpuObjectSize: 5 }));
  assert.deepEqual([done.ChecksumCRC32, done.ChecksumType], ['NhCmhg==', 'FULL_OBJECT']);
  assert.equal(
    await errorCodeOf(
      s3.send(new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' })),
    ),
    'InvalidRequest',
  );
});

test('mistakes with parts have their own errors', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const { UploadId, Parts } = await upload(s3, [Buffer.from('small'), Buffer.from('end')]);
  const complete = (parts: object[], id = UploadId): Promise<string> =>
    errorCodeOf(s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId: id, MultipartUpload: { Parts: parts } })));
  assert.equal(await complete(Parts), 'EntityTooSmall');
  assert.equal(await complete(Parts.toReversed()), 'InvalidPartOrder');
  assert.equal(await complete([{ PartNumber: 3, ETag: '"x"' }]), 'InvalidPart');
  assert.equal(await complete([{ PartNumber: 1, ETag: '"x"' }]), 'InvalidPart');
  assert.equal(await complete([]), 'MalformedXML');
  for (const id of ['none', '../../x', 'f'.repeat(48)]) assert.equal(await complete(Parts, id), 'NoSuchUpload', id);
  assert.equal(
    await errorCodeOf(s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 0, Body: 'x' }))),
    'InvalidArgument',
  );
  assert.equal(
    await errorCodeOf(s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 10_001, Body: 'x' }))),
    'InvalidArgument',
  );
  assert.equal(
    await errorCodeOf(s3.send(new UploadPartCommand({ ...at, Key: 'other', UploadId, PartNumber: 1, Body: 'x' }))),
    'NoSuchUpload',
  );
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: 'test' }));
  assert.deepEqual(
    Uploads.map((item) => [item.Key, item.UploadId]),
    [['big file', UploadId]],
  );
  // A part sent again replaces the one before.
  const { ETag } = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'again' }));
  assert.equal(await complete([{ ...Parts[0], PartNumber: 1 }]), 'InvalidPart');
  await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }));
  assert.equal(await complete([{ PartNumber: 1, ETag }]), 'NoSuchUpload');
  const aborted = await upload(s3, [Buffer.from('x')]);
  await s3.send(new AbortMultipartUploadCommand({ ...at, UploadId: aborted.UploadId }));
  assert.equal(await complete(aborted.Parts, aborted.UploadId), 'NoSuchUpload');
  const got = await s3.send(new GetObjectCommand(at));
  assert.equal(await got.Body?.transformToString(), 'again');
});

test('parts copied from another object, whole and by range', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const source = Buffer.alloc(6 * mebibyte, 'source');
  await s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'from', Body: source }));
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at));
  const copy = (PartNumber: number, CopySourceRange?: string) =>
    s3.send(new UploadPartCopyCommand({ ...at, UploadId, PartNumber, CopySource: 'test/from', CopySourceRange }));
  const first = await copy(1);
  const second = await copy(2, 'bytes=0-5');
  assert.equal(await errorCodeOf(copy(3, `bytes=0-${source.length}`)), 'InvalidArgument');
  assert.equal(await errorCodeOf(copy(3, 'bytes=0-')), 'InvalidArgument');
  await s3.send(
    new CompleteMultipartUploadCommand({
      ...at,
      UploadId,
      MultipartUpload: {
        Parts: [first, second].map(({ CopyPartResult }, index) => ({ PartNumber: index + 1, ETag: CopyPartResult?.ETag })),
      },
    }),
  );
  const got = await s3.send(new GetObjectCommand(at));
  assert.ok(Buffer.concat([source, Buffer.from('source')]).equals(Buffer.from((await got.Body?.transformToByteArray()) ?? '')));
});

test('copies: metadata kept or replaced, no copy of an object onto itself unchanged', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  await s3.send(new CreateBucketCommand({ Bucket: 'dest' }));
  const key = 'report/date=2023-01-01/a+b c%20é.txt';
  const { ETag } = await s3.send(
    new PutObjectCommand({ Bucket: 'test', Key: key, Body: 'hello', ContentType: 'text/x', Metadata: { a: 'b' } }),
  );
  const CopySource = `test/${encodeURIComponent(key)}`;
  const copy = (extra: object): Promise<string> =>
    errorCodeOf(s3.send(new CopyObjectCommand({ Bucket: 'dest', Key: 'copy', CopySource, ...extra })));
  const head = async () => {
    const { ContentType, Metadata, ETag: etag } = await s3.send(new HeadObjectCommand({ Bucket: 'dest', Key: 'copy' }));
    return [ContentType, Metadata, etag];
  };
  assert.equal(await copy({}), 'no error');
  assert.deepEqual(await head(), ['text/x', { a: 'b' }, ETag]);
  assert.equal(await copy({ MetadataDirective: 'REPLACE', ContentType: 'text/y', Metadata: { c: 'd' } }), 'no error');
  assert.deepEqual(await head(), ['text/y', { c: 'd' }, ETag]);
  const self = { Bucket: 'test', Key: key };
  assert.equal(await copy(self), 'InvalidRequest');
  assert.equal(await copy({ ...self, MetadataDirective: 'REPLACE', Metadata: { e: 'f' } }), 'no error');
  assert.equal(await copy({ ...self, StorageClass: 'STANDARD_IA' }), 'no error');
  assert.equal(await copy({ CopySource: 'test/none' }), 'NoSuchKey');
  assert.equal(await copy({ CopySource: 'none/a' }), 'NoSuchBucket');
  assert.equal(await copy({ Bucket: 'none' }), 'NoSuchBucket');
  assert.equal(await copy({ CopySource: 'nonsense' }), 'InvalidArgument');
  assert.equal(await copy({ CopySourceIfMatch: '"x"' }), 'PreconditionFailed');
  assert.equal(await copy({ CopySourceIfNoneMatch: ETag }), 'PreconditionFailed');
  assert.equal(await copy({ CopySourceIfModifiedSince: new Date(Date.now() + 1000) }), 'PreconditionFailed');
  assert.equal(await copy({ TaggingDirective: 'OTHER' as 'REPLACE' }), 'InvalidArgument');
});

test('GetObjectAttributes lists the parts of an object that has a checksum, a page at a time', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client({ checksumAlgorithms: sdkChecksums });
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const bodies = [Buffer.alloc(5 * mebibyte, 1), Buffer.alloc(5 * mebibyte, 2), Buffer.from('end')];
  const objectParts = async (page: object = {}) =>
    (await s3.send(new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['ObjectParts'], ...page }))).ObjectParts;
  for (const [ChecksumAlgorithm, ChecksumType] of [
    ['SHA256', 'COMPOSITE'],
    ['CRC64NVME', 'FULL_OBJECT'],
  ] as const) {
    const { UploadId, Parts } = await upload(s3, bodies, { ChecksumAlgorithm, ChecksumType });
    await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, ChecksumType, MultipartUpload: { Parts } }));
    const expected = Parts.map((part, index) => ({
      PartNumber: index + 1,
      Size: bodies[index]?.length,
      [`Checksum${ChecksumAlgorithm}`]: part[`Checksum${ChecksumAlgorithm}`],
    }));
    assert.ok(expected.every((part) => typeof part[`Checksum${ChecksumAlgorithm}`] === 'string'));
    const all = { TotalPartsCount: 3, PartNumberMarker: '0', NextPartNumberMarker: '3', MaxParts: 1000, IsTruncated: false };
    assert.deepEqual(await objectParts(), { ...all, Parts: expected });
    assert.deepEqual(await objectParts({ MaxParts: 2 }), {
      ...all,
      MaxParts: 2,
      NextPartNumberMarker: '2',
      IsTruncated: true,
      Parts: expected.slice(0, 2),
    });
    assert.deepEqual(await objectParts({ MaxParts: 2, PartNumberMarker: '2' }), {
      ...all,
      MaxParts: 2,
      PartNumberMarker: '2',
      Parts: expected.slice(2),
    });
  }
  assert.equal(await errorCodeOf(objectParts({ PartNumberMarker: 'x' })), 'InvalidRequest');
  // Copied in one go, it has no parts any more.
  await s3.send(new CopyObjectCommand({ ...at, CopySource: 'test/big%20file', MetadataDirective: 'REPLACE' }));
  assert.equal(await objectParts(), undefined);
});

test('GetObjectAttributes counts the parts of an object without a checksum', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const { UploadId, Parts } = await upload(s3, [Buffer.alloc(5 * mebibyte, 1), Buffer.from('end')]);
  await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
  const { ObjectParts, Checksum } = await s3.send(
    new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['ObjectParts', 'Checksum'] }),
  );
  assert.deepEqual([ObjectParts, Checksum], [{ TotalPartsCount: 2 }, undefined]);
});
