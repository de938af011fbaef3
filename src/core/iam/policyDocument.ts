/** The JSON of an IAM policy as we write it. Source: IAM User Guide, reference_policies_elements. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  /** Only in trust policies and in policies of resources. */
  readonly Principal?: { readonly Service: string } | { readonly AWS: string };
  readonly Action: readonly string[];
  /** Not in trust policies. */
  readonly Resource?: readonly string[];
  readonly Condition?: PolicyCondition;
}

/** Operator, then condition key, then value. */
export type PolicyCondition = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The principal that assumes the role of a job, in every partition. Source: S3 User Guide, batch-ops-iam-role-policies. */
export const batchOperationsPrincipal = 'batchoperations.s3.amazonaws.com';

export function policyDocument(statements: readonly PolicyStatement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}
