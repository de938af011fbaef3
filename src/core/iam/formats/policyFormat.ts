import type { PolicyDocument } from '../policyDocument.js';
import type { RolePolicies } from '../rolePolicies.js';

export const policyFormats = ['json', 'cloudformation', 'terraform', 'cdk'] as const;
export type PolicyFormat = (typeof policyFormats)[number];

/** The policy of whoever submits a job, to be written in one of the formats. */
export interface SubmitterPolicy {
  /** Of the managed policy. */
  readonly name: string;
  readonly policy: PolicyDocument;
  readonly notes: readonly string[];
}

/** What a format writes: texts with a newline at their end. */
export interface PolicyWriter {
  role(policies: RolePolicies): string;
  submitter(policy: SubmitterPolicy): string;
}

/** Name of the inline policy that we write. */
export const inlinePolicyName = 'S3BatchJob';

/** The sentences above a policy, with the policies that belong to others, for formats that have comments. */
export function commentLines(policies: RolePolicies): string[] {
  const lines = [...policies.notes];
  for (const { kind, resource, owner, policy } of policies.resourcePolicies) {
    lines.push(
      '',
      `Account ${owner} must add this to the ${resourceKinds[kind]} of ${resource}:`,
      ...JSON.stringify(policy.Statement, undefined, 2).split('\n'),
    );
  }
  return lines;
}

const resourceKinds = {
  bucket: 'bucket policy',
  directoryBucket: 'bucket policy',
  function: 'resource-based policy',
  key: 'key policy',
} as const;

/** Comment lines with a sign in front, and a blank line after them; nothing when there are none. */
export function commented(lines: readonly string[], sign: string): string {
  return lines.length === 0 ? '' : `${lines.map((line) => `${sign} ${line}`.trimEnd()).join('\n')}\n\n`;
}

/** `batch-operations` as `BatchOperations`, for names of resources and classes; never empty, never begins with a digit. */
export function pascalCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^[A-Za-z]/.test(joined) ? joined : `Role${joined}`;
}
