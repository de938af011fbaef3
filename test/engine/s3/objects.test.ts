import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTorrentCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { checksumAlgorithms } from '../../../src/engine/s3/checksum.js';
import { engineFor, errorCodeOf } from '../../support/engineHarness.js';
import { sdkChecksums } from '../../support/sdkChecksums.js';

const md5 = (data: string | Uint8Array): string => createHash('md5').update(data).digest('hex');

test('buckets: create, head, list, location, delete and their errors', async (t) => {
  const { client } = await engineFor(t, { region: 'eu-central-1' });
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'second' }));
  await s3.send(new CreateBucketCommand({ Bucket: 'first', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  await s3.send(new HeadBucketCommand({ Bucket: 'first' }));
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  assert.deepEqual(
    Buckets.map(({ Name, BucketRegion }) => [Name, BucketRegion]),
    [
      ['first', 'eu-west-1'],
      ['second', 'eu-central-1'],
    ],
  );
  assert.equal((await s3.send(new GetBucketLocationCommand({ Bucket: 'first' }))).LocationConstraint, 'eu-west-1');
  assert.equal(await errorCodeOf(s3.send(new CreateBucketCommand({ Bucket: 'first' }))), 'BucketAlreadyOwnedByYou');
  for (const name of ['ab', 'Upper', 'a..b', '192.168.0.1', 'with_underscore', '-a-', 'xn--a']) {
    assert.equal(await errorCodeOf(s3.send(new CreateBucketCommand({ Bucket: name }))), 'InvalidBucketName', name);
  }
  await s3.send(new PutObjectCommand({ Bucket: 'first', Key: 'a/b', Body: 'x' }));
  assert.equal(await errorCodeOf(s3.send(new DeleteBucketCommand({ Bucket: 'first' }))), 'BucketNotEmpty');
  await s3.send(new DeleteObjectCommand({ Bucket: 'first', Key: 'a/b' }));
  await s3.send(new DeleteBucketCommand({ Bucket: 'first' }));
  assert.equal(await errorCodeOf(s3.send(new HeadBucketCommand({ Bucket: 'first' }))), 'NotFound');
  assert.equal(await errorCodeOf(s3.send(new ListObjectsV2Command({ Bucket: 'first' }))), 'NoSuchBucket');
  assert.equal(await errorCodeOf(s3.send(new PutObjectCommand({ Bucket: 'first', Key: 'a', Body: 'x' }))), 'NoSuchBucket');
});

test('metadata that is no ASCII comes back as RFC 2047 has it, and a redirect leads somewhere', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  await s3.send(
    new PutObjectCommand({
      Bucket: 'test',
      Key: 'k',
      Body: 'x',
      Metadata: { city: 'Zürich' },
    }),
  );
  const { Metadata } = await s3.send(new HeadObjectCommand({ Bucket: 'test', Key: 'k' }));
  assert.deepEqual(Metadata, { city: `=?UTF-8?B?${Buffer.from('Zürich').toString('base64')}?=` });
  for (const location of ['/there', 'https://example.com']) {
    await s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'k', Body: 'x', WebsiteRedirectLocation: location }));
  }
  const nowhere = s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'k', Body: 'x', WebsiteRedirectLocation: 'nowhere' }));
  assert.equal(await errorCodeOf(nowhere), 'InvalidRedirectLocation');
});

test('an object comes back with its bytes, headers, metadata and checksum', async (t) => {
  const { client, dataDirectory } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const key = 'report/date=2023-01-01/id=XYZ/test_A1.snappy.parquet';
  const put = await s3.send(
    new PutObjectCommand({
      Bucket: 'test',
      Key: key,
      Body: 'hello',
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentEncoding: 'gzip',
      ContentDisposition: 'attachment',
      ContentLanguage: 'en',
      Metadata: { author: 'me', __proto: 'x' },
    }),
  );
  assert.equal(put.ETag, `"${md5('hello')}"`);
  assert.equal(put.ChecksumCRC32, 'NhCmhg==');
  // The file is where a person looks for it.
  assert.equal(await readFile(join(dataDirectory, 'buckets/test', key), 'utf8'), 'hello');
  const got = await s3.send(new GetObjectCommand({ Bucket: 'test', Key: key, ChecksumMode: 'ENABLED' }));
  assert.equal(await got.Body?.transformToString(), 'hello');
  assert.deepEqual(
    [got.ContentType, got.CacheControl, got.ContentEncoding, got.ContentDisposition, got.ContentLanguage, got.ContentLength],
    ['text/plain', 'no-cache', 'gzip', 'attachment', 'en', 5],
  );
  assert.deepEqual(got.Metadata, { author: 'me', __proto: 'x' });
  assert.equal(got.ChecksumCRC32, 'NhCmhg==');
  const head = await s3.send(new HeadObjectCommand({ Bucket: 'test', Key: key }));
  assert.equal(head.ETag, put.ETag);
  assert.equal(head.ContentLength, 5);
  assert.ok(head.$metadata.requestId !== undefined && head.$metadata.extendedRequestId !== undefined);
  const attributes = await s3.send(
    new GetObjectAttributesCommand({
      Bucket: 'test',
      Key: key,
      ObjectAttributes: ['ETag', 'Checksum', 'ObjectSize', 'StorageClass', 'ObjectParts'],
    }),
  );
  assert.deepEqual(
    [attributes.ETag, attributes.Checksum?.ChecksumCRC32, attributes.ObjectSize, attributes.StorageClass],
    [md5('hello'), 'NhCmhg==', 5, 'STANDARD'],
  );
  const shown = await s3.send(new GetObjectCommand({ Bucket: 'test', Key: key, ResponseContentType: 'x/y' }));
  assert.equal(shown.ContentType, 'x/y');
  await shown.Body?.transformToString();
});

test('streams arrive without their chunk framing and checked by their trailer', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client({ checksumAlgorithms: sdkChecksums });
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  await s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'hello', Body: 'hello' }));
  const bytes = Buffer.alloc(700_001, 'abcdefg');
  // The SDK has no trailer for MD5.
  for (const ChecksumAlgorithm of checksumAlgorithms.filter((name) => name !== 'MD5')) {
    const put = await s3.send(
      new PutObjectCommand({
        Bucket: 'test',
        Key: 'big',
        Body: Readable.from([bytes]),
        ContentLength: bytes.length,
        ChecksumAlgorithm,
      }),
    );
    assert.equal(put.ETag, `"${md5(bytes)}"`, ChecksumAlgorithm);
    const got = await s3.send(new GetObjectCommand({ Bucket: 'test', Key: 'big', ChecksumMode: 'ENABLED' }));
    assert.equal(got.ContentEncoding, undefined);
    assert.equal(md5((await got.Body?.transformToByteArray()) ?? ''), md5(bytes));
    assert.equal(got[`Checksum${ChecksumAlgorithm}`], put[`Checksum${ChecksumAlgorithm}`]);
    assert.notEqual(got[`Checksum${ChecksumAlgorithm}`], undefined);
    const attributes = { Bucket: 'test', Key: 'big', ObjectAttributes: ['Checksum' as const] };
    const { Checksum } = await s3.send(new GetObjectAttributesCommand(attributes));
    assert.deepEqual(Checksum, {
      [`Checksum${ChecksumAlgorithm}`]: put[`Checksum${ChecksumAlgorithm}`],
      ChecksumType: 'FULL_OBJECT',
    });
    const copied = await s3.send(
      new CopyObjectCommand({ Bucket: 'test', Key: 'copy', CopySource: 'test/hello', ChecksumAlgorithm }),
    );
    const hello = await s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'hello', Body: 'hello', ChecksumAlgorithm }));
    assert.equal(copied.CopyObjectResult?.[`Checksum${ChecksumAlgorithm}`], hello[`Checksum${ChecksumAlgorithm}`]);
    const wrong = new PutObjectCommand({
      Bucket: 'test',
      Key: 'hello',
      Body: 'other',
      [`Checksum${ChecksumAlgorithm}`]: put[`Checksum${ChecksumAlgorithm}`],
    });
    assert.equal(await errorCodeOf(s3.send(wrong)), 'BadDigest', ChecksumAlgorithm);
  }
});

test('MD5 as a checksum, and as the SDK says it', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const put = { Bucket: 'test', Key: 'k', Body: 'hello' };
  const ChecksumMD5 = createHash('md5').update('hello').digest('base64');
  assert.equal((await s3.send(new PutObjectCommand({ ...put, ChecksumMD5 }))).ChecksumMD5, ChecksumMD5);
  const { Checksum } = await s3.send(new GetObjectAttributesCommand({ ...put, ObjectAttributes: ['Checksum'] }));
  assert.deepEqual(Checksum, { ChecksumMD5, ChecksumType: 'FULL_OBJECT' });
  assert.equal(await errorCodeOf(s3.send(new PutObjectCommand({ ...put, Body: 'other', ChecksumMD5 }))), 'BadDigest');
  assert.equal(await errorCodeOf(s3.send(new PutObjectCommand({ ...put, ChecksumAlgorithm: 'MD5' }))), 'no error');
});

test('wrong digests are refused and leave the object before as it was', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  await s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'a', Body: 'before' }));
  const put = (extra: Partial<PutObjectCommandInput>): Promise<string> =>
    errorCodeOf(s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'a', Body: 'after', ...extra })));
  assert.equal(await put({ ContentMD5: Buffer.alloc(16).toString('base64') }), 'BadDigest');
  assert.equal(await put({ ContentMD5: 'nonsense' }), 'InvalidDigest');
  assert.equal(await put({ ChecksumCRC32: 'AAAAAA==' }), 'BadDigest');
  assert.equal(await put({ ChecksumSHA256: Buffer.alloc(32).toString('base64') }), 'BadDigest');
  assert.equal(await put({ ChecksumCRC64NVME: Buffer.alloc(8).toString('base64') }), 'BadDigest');
  assert.equal(await put({ ChecksumCRC32: 'AA==' }), 'InvalidRequest');
  const got = await s3.send(new GetObjectCommand({ Bucket: 'test', Key: 'a' }));
  assert.equal(await got.Body?.transformToString(), 'before');
});

test('ranges', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  await s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'a', Body: '0123456789' }));
  await s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'empty', Body: '' }));
  const read = async (Range: string, Key = 'a'): Promise<unknown[]> => {
    const got = await s3.send(new GetObjectCommand({ Bucket: 'test', Key, Range }));
    return [got.$metadata.httpStatusCode, got.ContentRange, await got.Body?.transformToString()];
  };
  assert.deepEqual(await read('bytes=2-4'), [206, 'bytes 2-4/10', '234']);
  assert.deepEqual(await read('bytes=7-'), [206, 'bytes 7-9/10', '789']);
  assert.deepEqual(await read('bytes=-3'), [206, 'bytes 7-9/10', '789']);
  assert.deepEqual(await read('bytes=-30'), [206, 'bytes 0-9/10', '0123456789']);
  assert.deepEqual(await read('bytes=5-500'), [206, 'bytes 5-9/10', '56789']);
  assert.deepEqual(await read('bytes=0-0,2-3'), [200, undefined, '0123456789']);
  assert.deepEqual(await read('bytes=4-2'), [200, undefined, '0123456789']);
  assert.equal(await errorCodeOf(read('bytes=10-')), 'InvalidRange');
  assert.equal(await errorCodeOf(read('bytes=0-', 'empty')), 'InvalidRange');
  const empty = await s3.send(new GetObjectCommand({ Bucket: 'test', Key: 'empty' }));
  assert.equal(await empty.Body?.transformToString(), '');
});

test('conditions of reads and writes', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const at = { Bucket: 'test', Key: 'a' };
  const { ETag = '' } = await s3.send(new PutObjectCommand({ ...at, Body: 'x' }));
  const past = new Date(Date.now() - 3_600_000);
  const get = async (extra: object): Promise<string> => {
    try {
      await s3.send(new GetObjectCommand({ ...at, ...extra }));
    } catch (error) {
      const { name, $metadata } = error as S3ServiceException;
      return $metadata.httpStatusCode === 304 ? '304' : name;
    }
    return 'no error';
  };
  assert.equal(await get({ IfMatch: ETag }), 'no error');
  assert.equal(await get({ IfMatch: '"other"' }), 'PreconditionFailed');
  assert.equal(await get({ IfNoneMatch: ETag }), '304');
  assert.equal(await get({ IfNoneMatch: '"other"' }), 'no error');
  assert.equal(await get({ IfModifiedSince: past }), 'no error');
  assert.equal(await get({ IfModifiedSince: new Date() }), '304');
  assert.equal(await get({ IfUnmodifiedSince: past }), 'PreconditionFailed');
  assert.equal(await get({ IfUnmodifiedSince: past, IfMatch: ETag }), 'no error');
  const put = (extra: object, Key = 'a'): Promise<string> =>
    errorCodeOf(s3.send(new PutObjectCommand({ ...at, Key, Body: 'y', ...extra })));
  assert.equal(await put({ IfNoneMatch: '*' }), 'PreconditionFailed');
  assert.equal(await put({ IfNoneMatch: '*' }, 'new'), 'no error');
  assert.equal(await put({ IfNoneMatch: '"x"' }), 'NotImplemented');
  assert.equal(await put({ IfMatch: '"other"' }), 'PreconditionFailed');
  assert.equal(await put({ IfMatch: ETag }), 'no error');
  assert.equal(await put({ IfMatch: ETag }, 'none'), 'NoSuchKey');
  assert.equal(await errorCodeOf(s3.send(new DeleteObjectCommand({ ...at, IfMatch: ETag }))), 'PreconditionFailed');
  const racers = await Promise.all(Array.from({ length: 10 }, () => put({ IfNoneMatch: '*' }, 'race')));
  assert.equal(racers.filter((code) => code === 'no error').length, 1);
});

test('deleting: one key, many keys, and keys that are not there', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  for (const Key of ['a', 'b/c', 'b/d', 'é <&>\n']) await s3.send(new PutObjectCommand({ Bucket: 'test', Key, Body: Key }));
  await s3.send(new DeleteObjectCommand({ Bucket: 'test', Key: 'a' }));
  await s3.send(new DeleteObjectCommand({ Bucket: 'test', Key: 'a' }));
  assert.equal(await errorCodeOf(s3.send(new GetObjectCommand({ Bucket: 'test', Key: 'a' }))), 'NoSuchKey');
  assert.equal(await errorCodeOf(s3.send(new HeadObjectCommand({ Bucket: 'test', Key: 'a' }))), 'NotFound');
  const { Deleted = [], Errors = [] } = await s3.send(
    new DeleteObjectsCommand({
      Bucket: 'test',
      Delete: { Objects: [{ Key: 'b/c' }, { Key: 'missing' }, { Key: 'é <&>\n' }, { Key: 'b/d', VersionId: '?' }] },
    }),
  );
  assert.deepEqual(
    Deleted.map(({ Key }) => Key),
    ['b/c', 'missing', 'é <&>\n'],
  );
  assert.deepEqual(
    Errors.map(({ Key, Code }) => [Key, Code]),
    [['b/d', 'InvalidArgument']],
  );
  const left = await s3.send(new ListObjectsV2Command({ Bucket: 'test' }));
  assert.deepEqual(
    left.Contents?.map(({ Key }) => Key),
    ['b/d'],
  );
});

test('listing: order of bytes, prefixes, delimiters, pages, both versions', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const keys = ['a', 'a-b', 'a/', 'a/b', 'a/c/d', 'a0', 'b b+%', 'é', '\uff00', '\u{1f600}'];
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: 'test', Key, Body: '' }));
  const list = async (extra: object): Promise<unknown> => {
    const {
      Contents = [],
      CommonPrefixes = [],
      IsTruncated,
    } = await s3.send(new ListObjectsV2Command({ Bucket: 'test', ...extra }));
    return [Contents.map(({ Key }) => Key), CommonPrefixes.map(({ Prefix }) => Prefix), IsTruncated];
  };
  assert.deepEqual(await list({}), [keys, [], false]);
  assert.deepEqual(await list({ Delimiter: '/' }), [['a', 'a-b', 'a0', 'b b+%', 'é', '\uff00', '\u{1f600}'], ['a/'], false]);
  assert.deepEqual(await list({ Prefix: 'a/', Delimiter: '/' }), [['a/', 'a/b'], ['a/c/'], false]);
  assert.deepEqual(await list({ Prefix: 'a/c/d' }), [['a/c/d'], [], false]);
  assert.deepEqual(await list({ StartAfter: 'a/b', MaxKeys: 2 }), [['a/c/d', 'a0'], [], true]);
  assert.deepEqual(await list({ MaxKeys: 0 }), [[], [], false]);
  assert.deepEqual(await list({ Prefix: 'b', EncodingType: 'url' }), [['b+b%2B%25'], [], false]);
  for (const Delimiter of [undefined, '/', '-']) {
    const paged: unknown[] = [];
    let token: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket: 'test', MaxKeys: 2, Delimiter, ContinuationToken: token }));
      paged.push(...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    const [contents, prefixes] = (await list({ Delimiter })) as [string[], string[]];
    assert.deepEqual(new Set(paged), new Set([...contents, ...prefixes]));
    assert.equal(paged.length, contents.length + prefixes.length);
  }
  const old = await s3.send(new ListObjectsCommand({ Bucket: 'test', Delimiter: '/', MaxKeys: 2 }));
  assert.deepEqual([old.Contents?.map(({ Key }) => Key), old.NextMarker], [['a', 'a-b'], 'a-b']);
  const next = await s3.send(new ListObjectsCommand({ Bucket: 'test', Delimiter: '/', MaxKeys: 1, Marker: 'a-b' }));
  assert.deepEqual([next.CommonPrefixes?.map(({ Prefix }) => Prefix), next.NextMarker], [['a/'], 'a/']);
  const rest = await s3.send(new ListObjectsCommand({ Bucket: 'test', Delimiter: '/', MaxKeys: 1, Marker: 'a/' }));
  assert.deepEqual(
    rest.Contents?.map(({ Key }) => Key),
    ['a0'],
  );
  assert.equal(await errorCodeOf(s3.send(new ListObjectsV2Command({ Bucket: 'test', MaxKeys: -1 }))), 'InvalidArgument');
  assert.equal(
    await errorCodeOf(s3.send(new ListObjectsV2Command({ Bucket: 'test', ContinuationToken: 'x' }))),
    'InvalidArgument',
  );
});

test('keys that no file system likes stay apart, inside their bucket, and come back', async (t) => {
  const { client, dataDirectory } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const keys = [
    '../../outside',
    '../x',
    '..',
    '.',
    './x',
    '/',
    '//',
    '/leading',
    'a//b',
    'a',
    'a/',
    'a/b',
    'a/b/c',
    'A',
    'CON',
    'nul.txt',
    'trailing.',
    'trailing ',
    'new\nline',
    'nul\u0000byte',
    'back\\slash',
    'c:d',
    'q?*"<>|',
    '100%',
    'a%20b',
    'a b',
    'a+b',
    'é',
    'e\u0301',
    '%_',
    'x%@',
    'x%+',
    'k'.repeat(1024),
    '漢'.repeat(341),
    `${'d'.repeat(300)}/${'e'.repeat(300)}`,
    '\u0001'.repeat(900),
  ];
  const around = async (): Promise<string[]> => [
    ...(await readdir(dataDirectory)),
    ...(await readdir(join(dataDirectory, '..'))),
  ];
  const before = await around();
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: 'test', Key, Body: `body of ${Key}` }));
  for (const Key of keys) {
    const got = await s3.send(new GetObjectCommand({ Bucket: 'test', Key }));
    assert.equal(await got.Body?.transformToString(), `body of ${Key}`, JSON.stringify(Key));
  }
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'test', EncodingType: 'url' }));
  const listed = Contents.map(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', ' ')));
  assert.deepEqual(
    listed,
    keys.toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y))),
  );
  assert.deepEqual(await around(), before);
  assert.deepEqual(await readdir(join(dataDirectory, 'buckets')), ['test']);
  assert.equal(
    await errorCodeOf(s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'k'.repeat(1025), Body: '' }))),
    'KeyTooLongError',
  );
  for (const Key of keys) await s3.send(new DeleteObjectCommand({ Bucket: 'test', Key }));
  await s3.send(new DeleteBucketCommand({ Bucket: 'test' }));
});

test('a file that a person drops in, edits or removes counts', async (t) => {
  const { client, dataDirectory } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const folder = join(dataDirectory, 'buckets/test');
  await mkdir(join(folder, 'in/here'), { recursive: true });
  await writeFile(join(folder, 'in/here/dropped%20 100%.txt'), 'dropped');
  await writeFile(join(folder, 'in/.DS_Store'), 'desktop');
  const Key = 'in/here/dropped%20 100%.txt';
  const got = await s3.send(new GetObjectCommand({ Bucket: 'test', Key }));
  assert.deepEqual(
    [await got.Body?.transformToString(), got.ETag, got.ContentType],
    ['dropped', `"${md5('dropped')}"`, 'binary/octet-stream'],
  );
  await s3.send(
    new PutObjectCommand({ Bucket: 'test', Key: 'edited', Body: 'one', ContentType: 'text/x', Metadata: { a: 'b' } }),
  );
  await writeFile(join(folder, 'edited'), 'two more');
  const edited = await s3.send(new GetObjectCommand({ Bucket: 'test', Key: 'edited', ChecksumMode: 'ENABLED' }));
  assert.deepEqual(
    [await edited.Body?.transformToString(), edited.ETag, edited.ContentType, edited.Metadata, edited.ChecksumCRC32],
    ['two more', `"${md5('two more')}"`, 'text/x', { a: 'b' }, undefined],
  );
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'test' }));
  assert.deepEqual(
    Contents.map((item) => [item.Key, item.ETag]),
    [
      ['edited', `"${md5('two more')}"`],
      [Key, `"${md5('dropped')}"`],
    ],
  );
  await mkdir(join(dataDirectory, 'buckets/by-hand'));
  await s3.send(new PutObjectCommand({ Bucket: 'by-hand', Key: 'x', Body: 'y' }));
});

test('what the engine does not have is refused, never ignored', async (t) => {
  const { client } = await engineFor(t);
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const at = { Bucket: 'test', Key: 'a' };
  const put = (extra: Partial<PutObjectCommandInput>): Promise<string> =>
    errorCodeOf(s3.send(new PutObjectCommand({ ...at, Body: 'x', ...extra })));
  assert.equal(await put({ WriteOffsetBytes: 5 }), 'NotImplemented');
  assert.equal(await put({ ExpectedBucketOwner: '111111111111' }), 'AccessDenied');
  assert.equal(
    await put({ ServerSideEncryption: 'AES256', StorageClass: 'STANDARD_IA', ExpectedBucketOwner: '000000000000' }),
    'no error',
  );
  assert.equal((await s3.send(new HeadObjectCommand(at))).StorageClass, 'STANDARD_IA');
  assert.equal(await errorCodeOf(s3.send(new GetBucketPolicyCommand({ Bucket: 'test' }))), 'NotImplemented');
  assert.equal(await errorCodeOf(s3.send(new GetObjectTorrentCommand(at))), 'NotImplemented');
  assert.equal(await errorCodeOf(s3.send(new GetObjectCommand({ ...at, VersionId: 'abc' }))), 'NoSuchVersion');
  assert.equal(await errorCodeOf(s3.send(new GetObjectCommand({ ...at, VersionId: 'null' }))), 'no error');
});
