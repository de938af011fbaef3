import type { AccessControlList, BucketSettings, Grant } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { invalidArgument } from './s3Errors.js';

/** The account's canonical user id, made up: 64 hex digits. */
export const ownerId = '75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a';

/** Source: S3 User Guide, acl-overview, Amazon S3 predefined groups. */
const groupUris = {
  allUsers: 'http://acs.amazonaws.com/groups/global/AllUsers',
  authenticatedUsers: 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
  logDelivery: 'http://acs.amazonaws.com/groups/s3/LogDelivery',
} as const;

/** Throws `InvalidArgument` for what is none of the predefined groups. */
export function checkGroup(uri: string): void {
  if (!(Object.values(groupUris) as string[]).includes(uri)) throw invalidArgument('Invalid group uri', 'uri', uri);
}

/** Who reads Amazon machine images. Source: S3 User Guide, acl-overview, canned ACL `aws-exec-read`. */
const ec2UserId = '6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c';

const ownerHasAll: Grant = { grantee: { type: 'id', id: ownerId }, permission: 'FULL_CONTROL' };

/** What `private` means, and what an object has that was given nothing. */
export const privateAcl: AccessControlList = [ownerHasAll];

const group = (uri: string, permission: Grant['permission']): Grant => ({ grantee: { type: 'uri', uri }, permission });

/** Source: S3 User Guide, acl-overview, canned ACL. The engine has one account, so the bucket owner is the object's owner. */
const cannedAcls: Readonly<Record<string, AccessControlList>> = {
  private: privateAcl,
  'public-read': [ownerHasAll, group(groupUris.allUsers, 'READ')],
  'public-read-write': [ownerHasAll, group(groupUris.allUsers, 'READ'), group(groupUris.allUsers, 'WRITE')],
  'aws-exec-read': [ownerHasAll, { grantee: { type: 'id', id: ec2UserId }, permission: 'READ' }],
  'authenticated-read': [ownerHasAll, group(groupUris.authenticatedUsers, 'READ')],
  'bucket-owner-read': privateAcl,
  'bucket-owner-full-control': privateAcl,
  'log-delivery-write': [ownerHasAll, group(groupUris.logDelivery, 'WRITE'), group(groupUris.logDelivery, 'READ_ACP')],
};

/** The grants of a canned ACL. Throws `InvalidArgument` for a name that is none. */
export function cannedAcl(name: string): AccessControlList {
  const acl = Object.hasOwn(cannedAcls, name) ? cannedAcls[name] : undefined;
  if (acl === undefined) throw invalidArgument('', 'x-amz-acl', name);
  return acl;
}

export function isOwnersOnly(acl: AccessControlList): boolean {
  return (
    acl.length > 0 &&
    acl.every(({ grantee, permission }) => grantee.type === 'id' && grantee.id === ownerId && permission === 'FULL_CONTROL')
  );
}

/**
 * Source: S3 User Guide, about-object-ownership: with the bucket owner enforced, only ACLs that give the owner full control and nobody
 * anything else are taken.
 */
export function checkAclAllowed(settings: BucketSettings, acl: AccessControlList): void {
  if (!isOwnerEnforced(settings) || isOwnersOnly(acl)) return;
  throw new ServiceError(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
}

export function isOwnerEnforced({ ownership = 'BucketOwnerEnforced' }: BucketSettings): boolean {
  return ownership === 'BucketOwnerEnforced';
}
