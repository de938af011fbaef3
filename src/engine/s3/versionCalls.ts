import { type DeleteMarkerInfo, isDeleteMarker, type StoredInfo } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { malformedXml, parseXml } from '../xml/parseXml.js';
import { childText } from '../xml/readElement.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { ownerId } from './accessControl.js';
import { readCheckedText } from './integrity.js';
import { commonPrefixElement, objectElements, readListing } from './listCalls.js';
import { xmlTime } from './objectHeaders.js';
import { type S3Operation, s3Namespace, xmlAnswer } from './s3Call.js';
import { invalidArgument, notImplemented } from './s3Errors.js';

const maxVersioningBytes = 64 * 1024;

/** A bucket that was never versioned has an empty configuration. */
export const getBucketVersioning: S3Operation = async ({ store, bucket }) => {
  const { versioning } = await store.bucketInfo(bucket);
  const children = versioning === undefined ? [] : [xmlElement('Status', versioning)];
  return xmlAnswer(xmlDocument(xmlElement('VersioningConfiguration', children, s3Namespace)));
};

export const putBucketVersioning: S3Operation = async ({ request, store, bucket }) => {
  await store.requireBucket(bucket);
  const { text } = await readCheckedText(request, maxVersioningBytes);
  const root = parseXml(text);
  if (root.name !== 'VersioningConfiguration') throw malformedXml();
  if (childText(root, 'MfaDelete') === 'Enabled') throw notImplemented('MfaDelete');
  const status = childText(root, 'Status');
  if (status === undefined) {
    throw new ServiceError(400, 'IllegalVersioningConfigurationException', 'The Versioning element must be specified');
  }
  if (status !== 'Enabled' && status !== 'Suspended') throw malformedXml();
  await store.changeBucket(bucket, (settings) => {
    if (status === 'Suspended') {
      if (settings.objectLock !== undefined)
        throw invalidState('An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.');
      if (settings.replication !== undefined)
        throw invalidState(
          'A replication configuration is present on this bucket, so you cannot change the versioning state. To change the versioning state, first delete the replication configuration.',
        );
    }
    return { ...settings, versioning: status };
  });
  return { status: 200 };
};

function invalidState(message: string): ServiceError {
  return new ServiceError(409, 'InvalidBucketState', message);
}

/** Source: S3 API Reference, ListObjectVersions. */
export const listObjectVersions: S3Operation = async (call) => {
  const { query } = call.request;
  const keyMarker = query.get('key-marker') ?? '';
  const versionIdMarker = query.get('version-id-marker');
  if (versionIdMarker !== null && keyMarker === '') {
    throw invalidArgument('A version-id marker cannot be specified without a key marker.', 'version-id-marker', versionIdMarker);
  }
  if (versionIdMarker === '') {
    throw invalidArgument('A version-id marker cannot be empty.', 'version-id-marker', versionIdMarker);
  }
  const listing = readListing(call);
  const { encode } = listing;
  const page = await call.store.listVersions(call.bucket, {
    ...listing,
    keyMarker,
    versionIdMarker: versionIdMarker ?? '',
  });
  return xmlAnswer(
    xmlDocument(
      xmlElement(
        'ListVersionsResult',
        [
          xmlElement('Name', call.bucket),
          xmlElement('Prefix', encode(listing.prefix)),
          xmlElement('KeyMarker', encode(keyMarker)),
          xmlElement('VersionIdMarker', versionIdMarker ?? ''),
          ...(page.isTruncated ? [xmlElement('NextKeyMarker', encode(page.nextKeyMarker))] : []),
          ...(page.isTruncated && page.nextVersionIdMarker !== ''
            ? [xmlElement('NextVersionIdMarker', page.nextVersionIdMarker)]
            : []),
          xmlElement('MaxKeys', listing.maxKeys),
          ...(listing.delimiter === '' ? [] : [xmlElement('Delimiter', encode(listing.delimiter))]),
          ...(query.get('encoding-type') === null ? [] : [xmlElement('EncodingType', 'url')]),
          xmlElement('IsTruncated', page.isTruncated),
          ...page.versions.map((version) =>
            isDeleteMarker(version) ? markerElement(version, encode) : versionElement(version, encode),
          ),
          ...page.commonPrefixes.map((prefix) => commonPrefixElement(prefix, encode)),
        ],
        s3Namespace,
      ),
    ),
  );
};

function versionElement(info: StoredInfo, encode: (text: string) => string): string {
  const [key = '', ...rest] = objectElements(info, encode, true);
  const ids = [xmlElement('VersionId', info.versionId), xmlElement('IsLatest', info.isLatest)];
  return xmlElement('Version', [key, ...ids, ...rest]);
}

function markerElement(marker: DeleteMarkerInfo, encode: (text: string) => string): string {
  return xmlElement('DeleteMarker', [
    xmlElement('Key', encode(marker.key)),
    xmlElement('VersionId', marker.versionId),
    xmlElement('IsLatest', marker.isLatest),
    xmlElement('LastModified', xmlTime(marker.lastModified)),
    xmlElement('Owner', [xmlElement('ID', ownerId)]),
  ]);
}
