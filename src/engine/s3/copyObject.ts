import type { EngineRequest } from '../contracts.js';
import type { StoredInfo } from '../objectStore.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { checkCopySource, writeCondition } from './conditions.js';
import { readCopySource } from './copySource.js';
import { checkCustomerKey, encryptionHeaders } from './encryptionHeaders.js';
import { readAttributes, xmlTime } from './objectHeaders.js';
import { type S3Operation, s3Namespace, xmlAnswer } from './s3Call.js';
import { invalidArgument } from './s3Errors.js';
import { newVersionHeader, versionHeader } from './versionIds.js';

export const copyObject: S3Operation = async (call) => {
  const { request, store, bucket, key, context } = call;
  const source = readCopySource(request);
  const replacesMetadata = isReplaced(request, 'x-amz-metadata-directive', 'Unknown metadata directive.');
  const replacesTags = isReplaced(request, 'x-amz-tagging-directive', 'Unknown tagging directive.');
  const asked = readAttributes(request);
  const result = await store.copy({
    source,
    destination: { bucket, key },
    metadata: replacesMetadata ? asked : undefined,
    tags: replacesTags ? (asked.tags ?? []) : undefined,
    storageClass: asked.storageClass,
    redirectLocation: asked.systemMetadata['x-amz-website-redirect-location'],
    encryption: asked.encryption,
    acl: asked.acl,
    retention: asked.retention,
    hasLegalHold: asked.hasLegalHold,
    checksumAlgorithm: request.headers['x-amz-checksum-algorithm']?.toUpperCase(),
    checkSource: (info) => {
      checkCustomerKey(request, info.encryption, 'x-amz-copy-source-server-side-encryption-customer');
      checkCopySource(request, info);
    },
    precondition: writeCondition(request, key),
  });
  return xmlAnswer(xmlDocument(xmlElement('CopyObjectResult', copyResult(result.copy), s3Namespace)), {
    ...encryptionHeaders(result.copy.encryption, context),
    ...newVersionHeader(call, result.copy),
    ...versionHeader(call, result.source, 'x-amz-copy-source-version-id'),
  });
};

function isReplaced(request: EngineRequest, header: string, message: string): boolean {
  const directive = request.headers[header]?.toUpperCase() ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE') throw invalidArgument(message, header, directive);
  return directive === 'REPLACE';
}

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
