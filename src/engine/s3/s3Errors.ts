import type { VersionInfo } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';

/** Errors of S3 that more than one place raises, in S3's words. Source: S3 API Reference, ErrorResponses. */

export function noSuchBucket(bucket: string): ServiceError {
  return new ServiceError(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: bucket });
}

export function noSuchKey(key: string): ServiceError {
  return new ServiceError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
}

export function preconditionFailed(condition: string): ServiceError {
  return new ServiceError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  });
}

export function invalidArgument(message: string, name: string, value: string): ServiceError {
  return new ServiceError(400, 'InvalidArgument', message, { ArgumentName: name, ArgumentValue: value });
}

export function invalidRequest(message: string): ServiceError {
  return new ServiceError(400, 'InvalidRequest', message);
}

/** S3's answer to what it does not implement; here, to what the local engine does not. Never ignored silently. */
export function notImplemented(what: string): ServiceError {
  return new ServiceError(
    501,
    'NotImplemented',
    `A header, query parameter or call you provided implies functionality that the local engine does not have: ${what}`,
  );
}

export function noSuchVersion(key: string, versionId: string): ServiceError {
  return new ServiceError(404, 'NoSuchVersion', 'The specified version does not exist.', { Key: key, VersionId: versionId });
}

/** The current version is a delete marker. Source: S3 User Guide, DeleteMarker. */
export function deletedKey(key: string, versionId: string): ServiceError {
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': versionId };
  return new ServiceError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key }, headers);
}

/** The version named is a delete marker, which can only be deleted. Source: S3 User Guide, DeleteMarker. */
export function markerNotAllowed({ versionId, lastModified }: Pick<VersionInfo, 'versionId' | 'lastModified'>): ServiceError {
  return new ServiceError(
    405,
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
    { ResourceType: 'DeleteMarker' },
    {
      allow: 'DELETE',
      'x-amz-delete-marker': 'true',
      'x-amz-version-id': versionId,
      'last-modified': lastModified.toUTCString(),
    },
  );
}
