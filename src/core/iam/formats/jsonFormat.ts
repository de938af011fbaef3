import type { PolicyWriter } from './policyFormat.js';

/** The bare documents, named as the members of one object. JSON has no comments, so notes are a member. */
export const jsonFormat: PolicyWriter = {
  role: ({ role, trust, permissions, resourcePolicies, notes }) =>
    jsonText({
      RoleName: role.name,
      TrustPolicy: trust,
      PermissionPolicy: permissions,
      ...(resourcePolicies.length === 0
        ? {}
        : {
            ResourcePolicies: resourcePolicies.map(({ kind, resource, owner, policy }) => ({
              Kind: kind,
              Resource: resource,
              Owner: owner,
              Policy: policy,
            })),
          }),
      ...(notes.length === 0 ? {} : { Notes: notes }),
    }),
  submitter: ({ name, policy, notes }) =>
    jsonText({ PolicyName: name, Policy: policy, ...(notes.length === 0 ? {} : { Notes: notes }) }),
};

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
