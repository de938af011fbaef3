import { BatchError } from '../../base/errors.js';
import type { JobFile } from '../job/jobFile.js';
import type { RoleArn } from '../job/arn.js';
import { formatPolicyWriter } from './formats/formatPolicyWriter.js';
import type { PolicyFormat } from './formats/policyFormat.js';
import type { JobFacts } from './jobFacts.js';
import { type JobNeeds, needsOfJob } from './jobNeeds.js';
import { policyDocument } from './policyDocument.js';
import { rolePolicies, type RolePolicies, type RolePolicyOptions } from './rolePolicies.js';
import { statementsFor } from './statements.js';
import { needsOfSubmitter } from './submitterNeeds.js';

/** The needs of a job, all of them. Throws `PolicyGap` that says what must be known first. */
export function completeNeeds(job: JobFile, facts: JobFacts): JobNeeds & { readonly role: RoleArn } {
  const needs = needsOfJob(job, facts);
  const { role, gaps } = needs;
  const [first] = gaps;
  if (first !== undefined || role === undefined) {
    throw new BatchError('PolicyGap', first?.message ?? 'RoleArn is not the ARN of a role.', { cause: gaps });
  }
  return { ...needs, role };
}

/** The policies of the role of a job. Throws `PolicyGap`. */
export function policiesOfJob(job: JobFile, facts: JobFacts, options: RolePolicyOptions = {}): RolePolicies {
  return rolePolicies(completeNeeds(job, facts), options);
}

/** The role of a job, or what whoever submits it needs, in a format. Throws `PolicyGap`. */
export function policyText(
  job: JobFile,
  facts: JobFacts,
  wanted: { readonly format: PolicyFormat; readonly isSubmitter: boolean } & RolePolicyOptions,
): string {
  const writer = formatPolicyWriter(wanted.format);
  if (!wanted.isSubmitter) return writer.role(policiesOfJob(job, facts, wanted));
  const { needs, notes } = needsOfSubmitter(job, facts);
  return writer.submitter({ name: submitterPolicyName, policy: policyDocument(statementsFor(needs)), notes });
}

const submitterPolicyName = 'S3BatchSubmitter';
