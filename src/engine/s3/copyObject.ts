import type { EngineRequest } from '../contracts.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { type ChecksumAlgorithm, isChecksumAlgorithm } from './checksum.js';
import { checkCopySource, writeCondition } from './conditions.js';
import { readCopySource } from './copySource.js';
import { type ObjectAttributes, readHandle, type StoredInfo } from './fileObjectStore.js';
import { readAttributes, xmlTime } from './objectHeaders.js';
import { type S3Operation, s3Namespace, xmlAnswer } from './s3Call.js';
import { invalidArgument, invalidRequest, notImplemented } from './s3Errors.js';

/** Source: S3 API Reference, CopyObject: 5 GB in one call. */
const maxCopyBytes = 5 * 1024 ** 3;

export const copyObject: S3Operation = async ({ request, store, bucket, key }) => {
  const source = readCopySource(request);
  const directive = request.headers['x-amz-metadata-directive']?.toUpperCase() ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE')
    throw invalidArgument('Unknown metadata directive.', 'x-amz-metadata-directive', directive);
  if ((request.headers['x-amz-tagging-directive']?.toUpperCase() ?? 'COPY') !== 'COPY')
    throw notImplemented('x-amz-tagging-directive');
  await store.requireBucket(bucket);
  const { handle, info } = await store.open(source.bucket, source.key);
  try {
    checkCopySource(request, info);
    if (info.sizeBytes > maxCopyBytes) {
      throw invalidRequest(
        `The specified copy source is larger than the maximum allowable size for a copy source: ${maxCopyBytes}`,
      );
    }
    const isSelf = source.bucket === bucket && source.key === key;
    if (isSelf && directive === 'COPY' && !changesSomething(request, info)) {
      throw invalidRequest(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    const algorithms = checksumsOfCopy(request, info);
    const copy = await store.put(bucket, key, readHandle(handle, { start: 0, end: info.sizeBytes - 1 }), {
      attributes: directive === 'REPLACE' ? readAttributes(request) : keptAttributes(request, info),
      algorithms,
      precondition: writeCondition(request, key),
    });
    return xmlAnswer(xmlDocument(xmlElement('CopyObjectResult', copyResult(copy), s3Namespace)), {
      'x-amz-server-side-encryption': 'AES256',
    });
  } finally {
    await handle.close();
  }
};

/** ETag, time and checksums of a copy, as CopyObject writes them. */
function copyResult(copy: StoredInfo): string[] {
  const checksums = Object.entries(copy.checksums);
  return [
    xmlElement('LastModified', xmlTime(copy.lastModified)),
    xmlElement('ETag', `"${copy.etag}"`),
    ...checksums.map(([algorithm, value]) => xmlElement(`Checksum${algorithm}`, value)),
    ...(checksums.length === 0 ? [] : [xmlElement('ChecksumType', copy.checksumType)]),
  ];
}

function changesSomething(request: EngineRequest, info: StoredInfo): boolean {
  const { headers } = request;
  const storageClass = headers['x-amz-storage-class'];
  return (
    (storageClass !== undefined && storageClass !== (info.systemMetadata['x-amz-storage-class'] ?? 'STANDARD')) ||
    headers['x-amz-website-redirect-location'] !== undefined ||
    headers['x-amz-server-side-encryption'] !== undefined ||
    headers['x-amz-checksum-algorithm'] !== undefined
  );
}

/** Metadata goes along; storage class and redirect are those of the request. Source: S3 API Reference, CopyObject. */
function keptAttributes(request: EngineRequest, info: StoredInfo): ObjectAttributes {
  const { 'x-amz-storage-class': _class, 'x-amz-website-redirect-location': _redirect, ...kept } = info.systemMetadata;
  const asked = readAttributes(request).systemMetadata;
  const own: Record<string, string> = { ...kept };
  for (const name of ['x-amz-storage-class', 'x-amz-website-redirect-location']) {
    const value = asked[name];
    if (value !== undefined) own[name] = value;
  }
  return { contentType: info.contentType, systemMetadata: own, userMetadata: info.userMetadata };
}

/** A copy has the source's kind of checksum, or the one asked for, of the whole object. */
function checksumsOfCopy(request: EngineRequest, info: StoredInfo): readonly ChecksumAlgorithm[] {
  const asked = request.headers['x-amz-checksum-algorithm']?.toUpperCase();
  if (asked === undefined) return Object.keys(info.checksums).filter(isChecksumAlgorithm);
  if (!isChecksumAlgorithm(asked)) throw notImplemented(`x-amz-checksum-algorithm: ${asked}`);
  return [asked];
}
