import type { EngineRequest } from '../contracts.js';
import type { StoredInfo } from '../objectStore.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { checkCustomerKey } from './encryptionHeaders.js';
import { readMaximum, readPartMarker } from './listCalls.js';
import { checksumElements } from './objectHeaders.js';
import { type S3Operation, s3Namespace, xmlAnswer } from './s3Call.js';
import { invalidArgument } from './s3Errors.js';
import { versionHeader, versionOf } from './versionIds.js';

type Reader = (info: StoredInfo, request: EngineRequest) => string;

/** In the order of the answer. */
const attributes: Readonly<Record<string, Reader>> = {
  ETag: ({ etag }) => xmlElement('ETag', etag),
  Checksum: ({ checksums, checksumType }) =>
    Object.keys(checksums).length === 0
      ? ''
      : xmlElement('Checksum', [...checksumElements(checksums), xmlElement('ChecksumType', checksumType)]),
  ObjectParts: objectParts,
  StorageClass: ({ storageClass }) => xmlElement('StorageClass', storageClass),
  ObjectSize: ({ sizeBytes }) => xmlElement('ObjectSize', sizeBytes),
};

/** Source: S3 API Reference, GetObjectAttributes. */
export const getObjectAttributes: S3Operation = async (call) => {
  const info = await call.store.head(call.bucket, call.key, versionOf(call));
  checkCustomerKey(call.request, info.encryption);
  const wanted = (call.request.headers['x-amz-object-attributes'] ?? '').split(',').map((name) => name.trim());
  if (wanted.some((name) => !Object.hasOwn(attributes, name)))
    throw invalidArgument('Invalid attribute name specified.', 'x-amz-object-attributes', wanted.join(','));
  const elements = Object.entries(attributes).flatMap(([name, read]) =>
    wanted.includes(name) ? [read(info, call.request)] : [],
  );
  return xmlAnswer(xmlDocument(xmlElement('GetObjectAttributesResponse', elements, s3Namespace)), {
    'last-modified': info.lastModified.toUTCString(),
    ...versionHeader(call, info),
  });
};

/**
 * Of an object that was uploaded in parts: how many, and a page of them when it has a checksum. Source: S3 API Reference,
 * GetObjectAttributesParts: of a general purpose bucket's object without one there are no parts in the answer. The number of parts is
 * `PartsCount` on the wire, `TotalPartsCount` in the SDKs.
 */
function objectParts({ partSizes, partChecksums = [], checksums }: StoredInfo, { headers }: EngineRequest): string {
  const maxParts = readMaximum(headers['x-amz-max-parts'] ?? null, 'x-amz-max-parts');
  const marker = readPartMarker(headers['x-amz-part-number-marker'] ?? null, 'x-amz-part-number-marker');
  if (partSizes.length === 0) return '';
  const count = xmlElement('PartsCount', partSizes.length);
  if (Object.keys(checksums).length === 0) return xmlElement('ObjectParts', [count]);
  const after = partSizes
    .map((sizeBytes, index) => ({ number: index + 1, sizeBytes, checksums: partChecksums[index] ?? {} }))
    .slice(marker);
  const page = after.slice(0, maxParts);
  return xmlElement('ObjectParts', [
    count,
    xmlElement('PartNumberMarker', marker),
    xmlElement('NextPartNumberMarker', page.at(-1)?.number ?? 0),
    xmlElement('MaxParts', maxParts),
    xmlElement('IsTruncated', page.length < after.length),
    ...page.map((part) =>
      xmlElement('Part', [
        xmlElement('PartNumber', part.number),
        xmlElement('Size', part.sizeBytes),
        ...checksumElements(part.checksums),
      ]),
    ),
  ]);
}
