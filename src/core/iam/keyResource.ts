import { parseArn } from '../job/arn.js';
import type { PolicyCondition } from './policyDocument.js';

export interface KeyResource {
  readonly resource: string;
  readonly accountId: string;
  /** Of an alias: IAM knows keys by their id only, so the alias stands in a condition. */
  readonly condition?: PolicyCondition;
}

/**
 * The resource of a policy for a KMS key that a job names by ARN, id or alias. Undefined when the Region is needed and unknown.
 * Source: KMS Developer Guide, alias-authorization: `kms:ResourceAliases` in place of an alias ARN, which permits nothing as resource.
 */
export function keyResource(
  key: string,
  place: { readonly partition: string; readonly region: string | undefined; readonly accountId: string },
): KeyResource | undefined {
  const arn = parseArn(key);
  const partition = arn?.partition ?? place.partition;
  const region = arn?.region ?? place.region;
  const accountId = arn?.accountId ?? place.accountId;
  if (region === undefined) return undefined;
  const name = arn?.resource ?? key;
  const at = `arn:${partition}:kms:${region}:${accountId}:key/`;
  if (name.startsWith('alias/')) {
    return { resource: `${at}*`, accountId, condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': name } } };
  }
  return { resource: `${at}${name.replace(/^key\//, '')}`, accountId };
}
