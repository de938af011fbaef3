import type { Tag as RequestTag } from '../../core/job/jobTypes.js';
import { checkGroup } from '../s3/accessControl.js';
import { invalidArgument } from '../s3/s3Errors.js';
import type { Grant, Grantee, Permission, Retention, RetentionMode, Tag } from '../objectStore.js';

/** Values of the job API in the forms of the store. */

export function objectTags(tags: readonly RequestTag[]): Tag[] {
  return tags.map(({ Key: key, Value: value }) => ({ key, value }));
}

/** undefined unless both are given. */
export function retentionOf(mode: RetentionMode | undefined, retainUntil: string | undefined): Retention | undefined {
  return mode === undefined || retainUntil === undefined ? undefined : { mode, retainUntilMs: Date.parse(retainUntil) };
}

/** S3Grant of the job API. */
export interface RequestGrant {
  readonly Grantee?: {
    readonly TypeIdentifier?: 'id' | 'emailAddress' | 'uri';
    readonly Identifier?: string;
    readonly DisplayName?: string;
  };
  readonly Permission?: Permission;
}

/** Throws as S3 does for what names nobody. */
export function grantOf({ Grantee: grantee, Permission: permission = 'READ' }: RequestGrant): Grant {
  return { grantee: granteeOf(grantee), permission };
}

function granteeOf(grantee: RequestGrant['Grantee']): Grantee {
  const { TypeIdentifier: type = 'id', Identifier: identifier = '', DisplayName: displayName } = grantee ?? {};
  if (identifier === '') throw invalidArgument('Invalid id', 'CanonicalUser/ID', identifier);
  switch (type) {
    case 'uri':
      checkGroup(identifier);
      return { type, uri: identifier };
    case 'emailAddress':
      return { type, emailAddress: identifier };
    case 'id':
      return { type, id: identifier, ...(displayName === undefined ? {} : { displayName }) };
  }
}
