import type { EngineResponse } from '../contracts.js';
import type { StoredInfo } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { type ByteRange, readByteRange } from './byteRange.js';
import { deleteCondition, holdsIfRange, isNotModified, writeCondition } from './conditions.js';
import { checkCustomerKey, encryptionHeaders } from './encryptionHeaders.js';
import { readHandle } from './store/openFile.js';
import { readIntegrity } from './integrity.js';
import { bypassesGovernance } from './lockCalls.js';
import { checksumHeaders, objectHeaders, readAttributes } from './objectHeaders.js';
import { type S3Call, type S3Operation } from './s3Call.js';
import { invalidArgument, invalidRequest } from './s3Errors.js';
import { newVersionHeader, versionHeader, versionOf } from './versionIds.js';

/** Source: S3 User Guide, upload-objects: 5 GB in one request. */
const maxPutBytes = 5 * 1024 ** 3;

export const putObject: S3Operation = async (call) => {
  const { request, store, bucket, key, context } = call;
  checkLength(call);
  const integrity = readIntegrity(request);
  const attributes = readAttributes(request);
  if (
    (attributes.retention !== undefined || attributes.hasLegalHold === true) &&
    !integrity.hasContentMd5 &&
    integrity.algorithm === undefined
  ) {
    throw invalidRequest(
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    );
  }
  const info = await store.put(bucket, key, request.body as AsyncIterable<Uint8Array>, {
    attributes,
    algorithms: integrity.algorithm === undefined ? [] : [integrity.algorithm],
    verify: (received) => integrity.verify(received),
    precondition: writeCondition(request, key),
    versionId: readFetchedVersion(request),
  });
  return {
    status: 200,
    headers: {
      etag: `"${info.etag}"`,
      ...encryptionHeaders(info.encryption, context),
      ...newVersionHeader(call, info),
      ...checksumHeaders(info),
    },
  };
};

/** Version id of an object that was fetched from a real bucket. It becomes the name of a file, so most characters are refused. */
function readFetchedVersion({ headers }: S3Call['request']): string | undefined {
  const versionId = headers['x-s3batch-version-id'];
  if (versionId !== undefined && !/^[\w.+~=-]{3,255}$/.test(versionId)) {
    throw invalidArgument('This version id can not be kept.', 'x-s3batch-version-id', versionId);
  }
  return versionId;
}

/** S3 wants to know a body's length before it takes it. */
export function checkLength({ request }: S3Call): void {
  const text = request.headers['x-amz-decoded-content-length'] ?? request.headers['content-length'];
  if (text === undefined) throw new ServiceError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  if (Number(text) > maxPutBytes) {
    throw new ServiceError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      ProposedSize: text,
      MaxSizeAllowed: String(maxPutBytes),
    });
  }
}

export const getObject: S3Operation = async (call) => {
  const { store, bucket, key } = call;
  const { handle, info } = await store.open(bucket, key, versionOf(call));
  try {
    checkCustomerKey(call.request, info.encryption);
    store.requireReadable(info);
    const answer = describe(call, info);
    if (answer.range === undefined) {
      await handle.close();
      return answer.response;
    }
    return { ...answer.response, body: readHandle(handle, answer.range) };
  } catch (error) {
    await handle.close();
    throw error;
  }
};

export const headObject: S3Operation = async (call) => {
  const info = await call.store.head(call.bucket, call.key, versionOf(call));
  checkCustomerKey(call.request, info.encryption);
  return describe(call, info).response;
};

/** Status and headers of a read, and the bytes that go with them; no bytes with 304. */
function describe(call: S3Call, info: StoredInfo): { response: EngineResponse; range?: ByteRange } {
  const { request, context } = call;
  const headers = { ...objectHeaders(info, request, context), ...versionHeader(call, info) };
  if (isNotModified(request, info)) {
    const { etag = '', 'last-modified': lastModified = '' } = headers;
    return { response: { status: 304, headers: { etag, 'last-modified': lastModified } } };
  }
  const partNumber = request.query.get('partNumber');
  const rangeHeader = holdsIfRange(request, info) ? request.headers['range'] : undefined;
  if (partNumber !== null && rangeHeader !== undefined)
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
  const range = partNumber === null ? readByteRange(rangeHeader, info.sizeBytes) : partRange(info, partNumber, headers);
  const taken = range ?? { start: 0, end: info.sizeBytes - 1 };
  headers['content-length'] = String(taken.end - taken.start + 1);
  if (range !== undefined) headers['content-range'] = `bytes ${taken.start}-${taken.end}/${info.sizeBytes}`;
  else if (request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED') Object.assign(headers, checksumHeaders(info));
  return { response: { status: range === undefined ? 200 : 206, headers }, range: taken };
}

/** Source: S3 API Reference, GetObject, partNumber. An object of one piece has one part. */
function partRange(info: StoredInfo, text: string, headers: Record<string, string>): ByteRange {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number < 1 || number > 10_000) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text);
  }
  const sizes = info.partSizes.length === 0 ? [info.sizeBytes] : info.partSizes;
  const size = sizes[number - 1];
  if (size === undefined) throw new ServiceError(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable');
  if (info.partSizes.length > 0) headers['x-amz-mp-parts-count'] = String(sizes.length);
  const start = sizes.slice(0, number - 1).reduce((sum, part) => sum + part, 0);
  return { start, end: start + size - 1 };
}

export const deleteObject: S3Operation = async (call) => {
  const { isDeleteMarker, versionId } = await call.store.remove(call.bucket, call.key, {
    versionId: versionOf(call),
    bypassesGovernance: bypassesGovernance(call),
    precondition: deleteCondition(call.request),
  });
  return {
    status: 204,
    headers: {
      ...(isDeleteMarker ? { 'x-amz-delete-marker': 'true' } : {}),
      ...(versionId === undefined ? {} : versionHeader(call, { bucket: call.bucket, versionId })),
    },
  };
};
