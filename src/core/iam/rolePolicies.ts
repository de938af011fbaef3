import type { RoleArn } from '../job/arn.js';
import type { JobNeeds } from './jobNeeds.js';
import type { PermissionNeed } from './permissionNeed.js';
import { batchOperationsPrincipal, type PolicyDocument, policyDocument, type PolicyStatement } from './policyDocument.js';
import { statementsFor } from './statements.js';

/** A policy that the owner of a resource in another account must have on it, beside what it has. */
export interface ResourcePolicy {
  readonly kind: 'bucket' | 'function' | 'key' | 'directoryBucket';
  /** Name of the bucket, or ARN of the function or key. */
  readonly resource: string;
  /** The account, 12 digits. */
  readonly owner: string;
  readonly policy: PolicyDocument;
}

/** Everything that has to be written for the role of one job. */
export interface RolePolicies {
  readonly role: RoleArn;
  readonly trust: PolicyDocument;
  readonly permissions: PolicyDocument;
  readonly resourcePolicies: readonly ResourcePolicy[];
  readonly notes: readonly string[];
}

export interface RolePolicyOptions {
  /**
   * Let only jobs of the role's account assume it (`aws:SourceAccount`). Off by default: no page says that the service sets this key for
   * its principal, and if it does not, no job can assume the role.
   */
  readonly isSourceAccountRequired?: boolean;
}

/** Characters of an inline policy of a role, without white space. Source: IAM User Guide, reference_iam-quotas. */
const maxInlinePolicyLength = 10_240;

/** The policies for a job. The needs must be without gaps and with a role. */
export function rolePolicies(jobNeeds: JobNeeds & { readonly role: RoleArn }, options: RolePolicyOptions = {}): RolePolicies {
  const { role, needs } = jobNeeds;
  const permissions = policyDocument(statementsFor(needs));
  const notes = [...jobNeeds.notes];
  const length = JSON.stringify(permissions).length;
  if (length > maxInlinePolicyLength) {
    notes.push(
      `The permission policy has ${length} characters; an inline policy may have ${maxInlinePolicyLength}. Split the job by bucket.`,
    );
  }
  return { role, trust: trustPolicy(role, options), permissions, resourcePolicies: resourcePolicies(role, needs), notes };
}

/** Lets the service assume the role. Source: S3 User Guide, batch-ops-iam-role-policies. */
function trustPolicy(role: RoleArn, options: RolePolicyOptions = {}): PolicyDocument {
  const condition = { StringEquals: { 'aws:SourceAccount': role.accountId } };
  return policyDocument([
    {
      Sid: 'BatchOperations',
      Effect: 'Allow',
      Principal: { Service: batchOperationsPrincipal },
      Action: ['sts:AssumeRole'],
      ...(options.isSourceAccountRequired === true ? { Condition: condition } : {}),
    },
  ]);
}

/** `arn:aws:iam::111122223333:role/path/name` of a role. */
function arnOfRole(role: RoleArn): string {
  return `arn:${role.partition}:iam::${role.accountId}:role${role.path}${role.name}`;
}

function resourcePolicies(role: RoleArn, needs: readonly PermissionNeed[]): ResourcePolicy[] {
  const groups = new Map<
    string,
    { readonly place: ReturnType<typeof ownerOf>; readonly owner: string; readonly needs: PermissionNeed[] }
  >();
  for (const need of needs) {
    if (need.owner === undefined) continue;
    const place = ownerOf(need.resource);
    const key = `${place.kind} ${place.resource}`;
    const group = groups.get(key) ?? { place, owner: need.owner, needs: [] };
    group.needs.push(need);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ place, owner, needs: ofPlace }) => ({
    ...place,
    owner,
    policy: policyDocument(statementsFor(ofPlace).map((statement) => forPrincipal(statement, role, place.kind))),
  }));
}

function forPrincipal({ Sid, ...rest }: PolicyStatement, role: RoleArn, kind: ResourcePolicy['kind']): PolicyStatement {
  const statement = { Sid: `S3Batch${Sid}`, Effect: rest.Effect, Principal: { AWS: arnOfRole(role) }, Action: rest.Action };
  // A key policy is about its own key only, and says so by a star.
  if (kind === 'key') return { ...statement, Resource: ['*'] };
  return { ...statement, ...(rest.Resource === undefined ? {} : { Resource: rest.Resource }) };
}

function ownerOf(resource: string): { readonly kind: ResourcePolicy['kind']; readonly resource: string } {
  const [, , service = '', , , ...rest] = resource.split(':');
  const name = rest.join(':');
  if (service === 'lambda') return { kind: 'function', resource };
  if (service === 'kms') return { kind: 'key', resource };
  if (service === 's3express') return { kind: 'directoryBucket', resource: name.replace(/^bucket\//, '') };
  return { kind: 'bucket', resource: name.split('/')[0] ?? '' };
}
