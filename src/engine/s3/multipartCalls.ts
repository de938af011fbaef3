import type { ObjectEncryption } from '../objectStore.js';
import { malformedXml, parseXml } from '../xml/parseXml.js';
import { childrenNamed, childText } from '../xml/readElement.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { ownerId } from './accessControl.js';
import { readByteRange } from './byteRange.js';
import { checksumAlgorithms, checksumHeader } from './checksum.js';
import { checkCopySource, writeCondition } from './conditions.js';
import { readCopySource } from './copySource.js';
import { checkCustomerKey, encryptionHeaders } from './encryptionHeaders.js';
import { readHandle } from './store/openFile.js';
import { readIntegrity } from './integrity.js';
import { compareUtf8 } from './keyOrder.js';
import { encodeListed, readEncoding, readMaximum, readPartMarker } from './listCalls.js';
import { maxPartNumber, readChecksumChoice, type StatedPart, type Upload } from './multipartUploads.js';
import { checkLength } from './objectCalls.js';
import { checksumElements, checksumHeaders, readAttributes, xmlTime } from './objectHeaders.js';
import { type S3Call, type S3Operation, s3Namespace, xmlAnswer } from './s3Call.js';
import { invalidArgument } from './s3Errors.js';
import { newVersionHeader, versionHeader } from './versionIds.js';

/** 10,000 parts with two checksums each. */
const maxCompleteBytes = 4 * 1024 * 1024;

export const createMultipartUpload: S3Operation = async ({ request, store, uploads, bucket, key, context }) => {
  const choice = readChecksumChoice(request.headers['x-amz-checksum-algorithm'], request.headers['x-amz-checksum-type']);
  await store.requireBucket(bucket);
  const attributes = readAttributes(request);
  const settings = store.buckets.settings(bucket);
  store.checkAttributes(settings, attributes);
  const { uploadId } = await uploads.create(bucket, { key, attributes, ...choice });
  const body = xmlElement(
    'InitiateMultipartUploadResult',
    [xmlElement('Bucket', bucket), xmlElement('Key', key), xmlElement('UploadId', uploadId)],
    s3Namespace,
  );
  return xmlAnswer(xmlDocument(body), {
    ...encryptionHeaders(attributes.encryption ?? settings.encryption ?? { algorithm: 'AES256' }, context),
    ...(choice.algorithm === undefined
      ? {}
      : { 'x-amz-checksum-algorithm': choice.algorithm, 'x-amz-checksum-type': choice.checksumType }),
  });
};

export const uploadPart: S3Operation = async (call) => {
  const { request, uploads, bucket, context } = call;
  checkLength(call);
  const number = readPartNumber(call);
  const upload = await uploads.get(bucket, call.key, uploadIdOf(call));
  const encryption = encryptionOf(call, upload);
  if (encryption.algorithm === 'customer') checkCustomerKey(request, encryption);
  const integrity = readIntegrity(request);
  const part = await uploads.putPart(bucket, upload, number, request.body as AsyncIterable<Uint8Array>, {
    algorithm: integrity.algorithm,
    verify: (received) => integrity.verify(received),
  });
  const checksums = Object.entries(part.checksums).map(([algorithm, value]) => [checksumHeader(algorithm), value]);
  return {
    status: 200,
    headers: {
      etag: `"${part.etag}"`,
      ...encryptionHeaders(encryption, context),
      ...(Object.fromEntries(checksums) as Record<string, string>),
    },
  };
};

export const uploadPartCopy: S3Operation = async (call) => {
  const { request, store, uploads, bucket, key } = call;
  const number = readPartNumber(call);
  const upload = await uploads.get(bucket, key, uploadIdOf(call));
  const source = readCopySource(request);
  const { handle, info } = await store.open(source.bucket, source.key, source.versionId);
  try {
    checkCustomerKey(request, info.encryption, 'x-amz-copy-source-server-side-encryption-customer');
    checkCopySource(request, info);
    store.requireReadable(info);
    const range = copyRange(request.headers['x-amz-copy-source-range'], info.sizeBytes);
    const part = await uploads.putPart(bucket, upload, number, readHandle(handle, range));
    return xmlAnswer(
      xmlDocument(
        xmlElement(
          'CopyPartResult',
          [
            xmlElement('LastModified', xmlTime(new Date(part.modifiedMs))),
            xmlElement('ETag', `"${part.etag}"`),
            ...checksumElements(part.checksums),
          ],
          s3Namespace,
        ),
      ),
      {
        ...encryptionHeaders(encryptionOf(call, upload), call.context),
        ...versionHeader(call, info, 'x-amz-copy-source-version-id'),
      },
    );
  } finally {
    await handle.close();
  }
};

/** Source: S3 API Reference, UploadPartCopy: `bytes=first-last`, both given and inside the source. */
function copyRange(header: string | undefined, sizeBytes: number): { start: number; end: number } {
  if (header === undefined) return { start: 0, end: sizeBytes - 1 };
  const invalid = (): Error =>
    invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      header,
    );
  const last = /^bytes=\d+-(\d+)$/.exec(header)?.[1];
  const range = last === undefined ? undefined : readByteRange(header, sizeBytes);
  if (range === undefined) throw invalid();
  if (Number(last) >= sizeBytes) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${sizeBytes}`,
      'x-amz-copy-source-range',
      header,
    );
  }
  return range;
}

export const completeMultipartUpload: S3Operation = async (call) => {
  const { request, uploads, bucket, key, context } = call;
  const upload = await uploads.get(bucket, key, uploadIdOf(call));
  // Here a checksum header is that of the object, not of the body.
  const stated = parseParts(await request.text(maxCompleteBytes));
  const algorithm = checksumAlgorithms.find((name) => request.headers[checksumHeader(name)] !== undefined);
  const value = algorithm === undefined ? undefined : request.headers[checksumHeader(algorithm)];
  const size = request.headers['x-amz-mp-object-size'];
  const info = await uploads.complete(bucket, upload, stated, {
    precondition: writeCondition(request, key),
    checksum: algorithm === undefined || value === undefined ? undefined : { algorithm, value },
    sizeBytes: size === undefined ? undefined : Number(size),
  });
  const body = xmlElement(
    'CompleteMultipartUploadResult',
    [
      xmlElement('Location', `${context.endpoint()}/${bucket}/${encodeListed(key).replaceAll('+', '%20')}`),
      xmlElement('Bucket', bucket),
      xmlElement('Key', key),
      xmlElement('ETag', `"${info.etag}"`),
      ...Object.entries(info.checksums).map(([name, checksum]) => xmlElement(`Checksum${name}`, checksum)),
      ...(Object.keys(info.checksums).length === 0 ? [] : [xmlElement('ChecksumType', info.checksumType)]),
    ],
    s3Namespace,
  );
  const { 'x-amz-checksum-type': _type, ...headers } = checksumHeaders(info);
  return xmlAnswer(xmlDocument(body), {
    ...encryptionHeaders(info.encryption, context),
    ...newVersionHeader(call, info),
    ...headers,
  });
};

function parseParts(text: string): readonly StatedPart[] {
  const root = parseXml(text, { maxBytes: maxCompleteBytes });
  const parts = childrenNamed(root, 'Part');
  if (root.name !== 'CompleteMultipartUpload' || parts.length === 0 || parts.length > maxPartNumber) throw malformedXml();
  return parts.map((part) => {
    const number = childText(part, 'PartNumber') ?? '';
    const etag = childText(part, 'ETag');
    if (!/^\d{1,5}$/.test(number) || etag === undefined) throw malformedXml();
    const checksums: Record<string, string> = {};
    for (const algorithm of checksumAlgorithms) {
      const value = childText(part, `Checksum${algorithm}`);
      if (value !== undefined) checksums[algorithm] = value;
    }
    return { number: Number(number), etag: etag.replace(/^"(.*)"$/, '$1'), checksums };
  });
}

export const abortMultipartUpload: S3Operation = async (call) => {
  const upload = await call.uploads.get(call.bucket, call.key, uploadIdOf(call));
  await call.uploads.abort(call.bucket, upload);
  return { status: 204 };
};

export const listParts: S3Operation = async (call) => {
  const { request, uploads, bucket, key } = call;
  const upload = await uploads.get(bucket, key, uploadIdOf(call));
  const maxParts = readMaximum(request.query.get('max-parts'), 'max-parts');
  const marker = readPartMarker(request.query.get('part-number-marker'), 'part-number-marker');
  const all = (await uploads.parts(bucket, upload)).filter((part) => part.number > marker);
  const page = all.slice(0, maxParts);
  return xmlAnswer(
    xmlDocument(
      xmlElement(
        'ListPartsResult',
        [
          xmlElement('Bucket', bucket),
          xmlElement('Key', readEncoding(request.query.get('encoding-type'))(key)),
          xmlElement('UploadId', upload.uploadId),
          xmlElement('Initiator', [xmlElement('ID', ownerId)]),
          xmlElement('Owner', [xmlElement('ID', ownerId)]),
          xmlElement('StorageClass', upload.attributes.storageClass ?? 'STANDARD'),
          xmlElement('PartNumberMarker', marker),
          xmlElement('NextPartNumberMarker', page.at(-1)?.number ?? 0),
          xmlElement('MaxParts', maxParts),
          xmlElement('IsTruncated', page.length < all.length),
          ...(upload.algorithm === undefined
            ? []
            : [xmlElement('ChecksumAlgorithm', upload.algorithm), xmlElement('ChecksumType', upload.checksumType)]),
          ...page.map((part) =>
            xmlElement('Part', [
              xmlElement('PartNumber', part.number),
              xmlElement('LastModified', xmlTime(new Date(part.modifiedMs))),
              xmlElement('ETag', `"${part.etag}"`),
              xmlElement('Size', part.sizeBytes),
              ...checksumElements(part.checksums),
            ]),
          ),
        ],
        s3Namespace,
      ),
    ),
  );
};

export const listMultipartUploads: S3Operation = async ({ request, uploads, bucket }) => {
  const { query } = request;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const uploadIdMarker = query.get('upload-id-marker') ?? '';
  const maxUploads = readMaximum(query.get('max-uploads'), 'max-uploads');
  const encode = readEncoding(query.get('encoding-type'));
  const all = (await uploads.list(bucket)).filter(({ key }) => key.startsWith(prefix));
  const marked = all.findIndex(({ key, uploadId }) => key === keyMarker && uploadId === uploadIdMarker);
  const after =
    marked >= 0 ? all.slice(marked + 1) : all.filter(({ key }) => keyMarker === '' || compareUtf8(key, keyMarker) > 0);
  const shown: string[] = [];
  const prefixes: string[] = [];
  let next: { key: string; uploadId: string } | undefined;
  let isTruncated = false;
  for (const upload of maxUploads === 0 ? [] : after) {
    const at = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length);
    const rolled = at < 0 ? undefined : upload.key.slice(0, at + delimiter.length);
    if (rolled !== undefined && (prefixes.at(-1) === rolled || rolled === keyMarker)) continue;
    if (shown.length + prefixes.length >= maxUploads) {
      isTruncated = true;
      break;
    }
    if (rolled === undefined) {
      shown.push(
        xmlElement('Upload', [
          xmlElement('Key', encode(upload.key)),
          xmlElement('UploadId', upload.uploadId),
          xmlElement('Initiator', [xmlElement('ID', ownerId)]),
          xmlElement('Owner', [xmlElement('ID', ownerId)]),
          xmlElement('StorageClass', upload.attributes.storageClass ?? 'STANDARD'),
          xmlElement('Initiated', xmlTime(new Date(upload.initiatedMs))),
          ...(upload.algorithm === undefined
            ? []
            : [xmlElement('ChecksumAlgorithm', upload.algorithm), xmlElement('ChecksumType', upload.checksumType)]),
        ]),
      );
    } else prefixes.push(rolled);
    next = rolled === undefined ? { key: upload.key, uploadId: upload.uploadId } : { key: rolled, uploadId: '' };
  }
  return xmlAnswer(
    xmlDocument(
      xmlElement(
        'ListMultipartUploadsResult',
        [
          xmlElement('Bucket', bucket),
          xmlElement('KeyMarker', encode(keyMarker)),
          xmlElement('UploadIdMarker', uploadIdMarker),
          ...(isTruncated && next !== undefined
            ? [xmlElement('NextKeyMarker', encode(next.key)), xmlElement('NextUploadIdMarker', next.uploadId)]
            : []),
          xmlElement('Prefix', encode(prefix)),
          ...(delimiter === '' ? [] : [xmlElement('Delimiter', encode(delimiter))]),
          ...(query.get('encoding-type') === null ? [] : [xmlElement('EncodingType', 'url')]),
          xmlElement('MaxUploads', maxUploads),
          xmlElement('IsTruncated', isTruncated),
          ...shown,
          ...prefixes.map((rolled) => xmlElement('CommonPrefixes', [xmlElement('Prefix', encode(rolled))])),
        ],
        s3Namespace,
      ),
    ),
  );
};

/** How the object of an upload will be encrypted. */
function encryptionOf({ store, bucket }: S3Call, { attributes }: Upload): ObjectEncryption {
  return attributes.encryption ?? store.buckets.settings(bucket).encryption ?? { algorithm: 'AES256' };
}

function uploadIdOf({ request }: S3Call): string {
  return request.query.get('uploadId') ?? '';
}

function readPartNumber({ request }: S3Call): number {
  const text = request.query.get('partNumber') ?? '';
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number < 1 || number > maxPartNumber) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text);
  }
  return number;
}
