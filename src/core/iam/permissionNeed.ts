import type { PolicyCondition } from './policyDocument.js';

/** What a permission is for; in policies it is the statement's Sid. */
export type NeedPurpose =
  | 'ReadManifest'
  | 'GenerateManifest'
  | 'StoreManifest'
  | 'WriteReport'
  | 'ActOnObjects'
  | 'ReadBucket'
  | 'WriteCopies'
  | 'InvokeFunction'
  | 'UseKey'
  | 'UploadManifest'
  | 'CreateJob'
  | 'PassRole'
  | 'TagJob'
  | 'FollowJobs'
  | 'FollowJob'
  | 'ChangeJob'
  | 'ReadReport';

/** One action that must be possible on everything that a resource pattern matches. */
export interface PermissionNeed {
  readonly purpose: NeedPurpose;
  /** `s3:GetObject`; never a pattern. */
  readonly action: string;
  /** An ARN; `*`, `?` and `${*}` as in IAM. */
  readonly resource: string;
  /** A sentence: what fails without it. */
  readonly why: string;
  readonly condition?: PolicyCondition;
  /** The account that owns the resource, when it is known to be another than the job's: its own policy must allow it too. */
  readonly owner?: string;
}
