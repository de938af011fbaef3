import type { AccessControlList, BucketSettings } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { checkAclAllowed, isOwnerEnforced, isOwnersOnly, privateAcl } from './accessControl.js';
import { readAcl, readAclHeaders, writeAcl } from './aclText.js';
import { readCheckedText } from './integrity.js';
import { type S3Call, type S3Operation, xmlAnswer } from './s3Call.js';
import { invalidRequest } from './s3Errors.js';
import { versionHeader, versionOf } from './versionIds.js';

const maxAclBytes = 256 * 1024;

export const getObjectAcl: S3Operation = async (call) => {
  const info = await call.store.head(call.bucket, call.key, versionOf(call));
  return xmlAnswer(writeAcl(effectiveAcl(call.store.buckets.settings(call.bucket), info.acl)), versionHeader(call, info));
};

export const putObjectAcl: S3Operation = async (call) => {
  const { store, bucket, key } = call;
  const info = await store.putAcl({ bucket, key, versionId: versionOf(call) }, await readRequest(call));
  return { status: 200, headers: versionHeader(call, info) };
};

export const getBucketAcl: S3Operation = async ({ store, bucket }) => {
  const settings = await store.bucketInfo(bucket);
  return xmlAnswer(writeAcl(effectiveAcl(settings, settings.acl ?? privateAcl)));
};

export const putBucketAcl: S3Operation = async (call) => {
  await call.store.requireBucket(call.bucket);
  const acl = await readRequest(call);
  await call.store.changeBucket(call.bucket, (settings) => {
    checkAclAllowed(settings, acl);
    return { ...settings, acl };
  });
  return { status: 200 };
};

/** Source: S3 User Guide, about-object-ownership: ACLs no longer count when the bucket owner is enforced. */
function effectiveAcl(settings: BucketSettings, acl: AccessControlList): AccessControlList {
  return isOwnerEnforced(settings) ? privateAcl : acl;
}

/** A canned ACL, grants in headers, or a body: one of them. */
async function readRequest({ request }: S3Call): Promise<AccessControlList> {
  const fromHeaders = readAclHeaders(request);
  const { text } = await readCheckedText(request, maxAclBytes);
  if (text.trim() === '') {
    if (fromHeaders === undefined) {
      throw new ServiceError(400, 'MissingSecurityHeader', 'Your request was missing a required header', {
        MissingHeaderName: 'x-amz-acl',
      });
    }
    return fromHeaders;
  }
  if (fromHeaders !== undefined) throw new ServiceError(400, 'UnexpectedContent', 'This request does not support content');
  return readAcl(text);
}

/** Throws when a bucket can't be given to its owner alone. */
export function checkBucketAcl(settings: BucketSettings): void {
  if (!isOwnerEnforced(settings) || settings.acl === undefined || isOwnersOnly(settings.acl)) return;
  throw new ServiceError(
    400,
    'InvalidBucketAclWithObjectOwnership',
    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
  );
}

/** Grants of a request that makes a bucket or an object, where there is no body for them. */
export function readNewAcl(call: S3Call): { acl?: AccessControlList } {
  const acl = readAclHeaders(call.request);
  if (acl?.length === 0) throw invalidRequest('The ACL has no grants.');
  return acl === undefined ? {} : { acl };
}
