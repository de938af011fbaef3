import type { StoredInfo } from '../objectStore.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { checkCopySource, writeCondition } from './conditions.js';
import { readCopySource } from './copySource.js';
import { readAttributes, xmlTime } from './objectHeaders.js';
import { type S3Operation, s3Namespace, xmlAnswer } from './s3Call.js';
import { invalidArgument, notImplemented } from './s3Errors.js';

export const copyObject: S3Operation = async ({ request, store, bucket, key }) => {
  const source = readCopySource(request);
  const directive = request.headers['x-amz-metadata-directive']?.toUpperCase() ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE')
    throw invalidArgument('Unknown metadata directive.', 'x-amz-metadata-directive', directive);
  if ((request.headers['x-amz-tagging-directive']?.toUpperCase() ?? 'COPY') !== 'COPY')
    throw notImplemented('x-amz-tagging-directive');
  const asked = readAttributes(request);
  const { copy } = await store.copy({
    source,
    destination: { bucket, key },
    metadata: directive === 'REPLACE' ? asked : undefined,
    storageClass: asked.storageClass,
    redirectLocation: asked.systemMetadata['x-amz-website-redirect-location'],
    encryption: request.headers['x-amz-server-side-encryption'] === 'AES256' ? { algorithm: 'AES256' } : undefined,
    checksumAlgorithm: request.headers['x-amz-checksum-algorithm']?.toUpperCase(),
    checkSource: (info) => checkCopySource(request, info),
    precondition: writeCondition(request, key),
  });
  return xmlAnswer(xmlDocument(xmlElement('CopyObjectResult', copyResult(copy), s3Namespace)), {
    'x-amz-server-side-encryption': 'AES256',
  });
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
