import { ServiceError } from '../serviceError.js';
import { malformedXml, parseXml, type XmlElement } from '../xml/parseXml.js';
import { childrenNamed, childText } from '../xml/readElement.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { etagCondition } from './conditions.js';
import { readCheckedText } from './integrity.js';
import { bypassesGovernance } from './lockCalls.js';
import { type S3Call, type S3Operation, s3Namespace, xmlAnswer } from './s3Call.js';
import { invalidRequest, notImplemented } from './s3Errors.js';
import { readVersionId } from './versionIds.js';

/** Source: S3 API Reference, DeleteObjects: up to 1,000 keys. */
const maxKeys = 1000;
/** 1,000 keys of 1,024 bytes, with room for their escapes and elements. */
const maxBodyBytes = 2 * 1024 * 1024;

export const deleteObjects: S3Operation = async (call) => {
  const { text, isDigested } = await readCheckedText(call.request, maxBodyBytes);
  if (!isDigested) throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  const root = parseXml(text, { maxBytes: maxBodyBytes });
  const entries = childrenNamed(root, 'Object');
  if (root.name !== 'Delete' || entries.length === 0 || entries.length > maxKeys) throw malformedXml();
  const isQuiet = childText(root, 'Quiet') === 'true';
  await call.store.requireBucket(call.bucket);
  const results: string[] = [];
  for (const entry of entries) {
    const key = childText(entry, 'Key');
    if (key === undefined || key === '') throw malformedXml();
    const result = await deleteOne(call, key, entry);
    if (!isQuiet || result.isError) results.push(result.xml);
  }
  return xmlAnswer(xmlDocument(xmlElement('DeleteResult', results, s3Namespace)));
};

async function deleteOne(call: S3Call, key: string, entry: XmlElement): Promise<{ isError: boolean; xml: string }> {
  const { store, bucket } = call;
  const named = childText(entry, 'VersionId');
  const versionElement = named === undefined ? [] : [xmlElement('VersionId', named)];
  try {
    for (const name of ['LastModifiedTime', 'Size']) if (childText(entry, name) !== undefined) throw notImplemented(name);
    const etag = childText(entry, 'ETag');
    const { isDeleteMarker, versionId = '' } = await store.remove(bucket, key, {
      versionId: named === undefined ? undefined : readVersionId(named),
      bypassesGovernance: bypassesGovernance(call),
      precondition: etag === undefined ? undefined : etagCondition(etag),
    });
    const marker = isDeleteMarker ? [xmlElement('DeleteMarker', true), xmlElement('DeleteMarkerVersionId', versionId)] : [];
    return { isError: false, xml: xmlElement('Deleted', [xmlElement('Key', key), ...versionElement, ...marker]) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const parts = [
      xmlElement('Key', key),
      ...versionElement,
      xmlElement('Code', error.code),
      xmlElement('Message', error.message),
    ];
    return { isError: true, xml: xmlElement('Error', parts) };
  }
}
