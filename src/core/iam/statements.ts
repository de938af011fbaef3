import type { PermissionNeed } from './permissionNeed.js';
import type { PolicyStatement } from './policyDocument.js';
import { covers } from './resourcePattern.js';

/** The needs that no other need takes in, so that no part of a policy is there twice. In their order. */
function withoutCovered(needs: readonly PermissionNeed[]): PermissionNeed[] {
  const kept: PermissionNeed[] = [];
  for (const [index, need] of needs.entries()) {
    const isCovered = needs.some((other, at) => {
      if (at === index || other.action !== need.action || conditionText(other) !== conditionText(need)) return false;
      if (!covers(other.resource, need.resource)) return false;
      // Of two that take in each other the first stays.
      return !covers(need.resource, other.resource) || at < index;
    });
    if (!isCovered) kept.push(need);
  }
  return kept;
}

/** The fewest plain statements for these needs: one for each purpose and set of actions, with all resources that share them. */
export function statementsFor(needs: readonly PermissionNeed[]): PolicyStatement[] {
  const byResource = new Map<string, { readonly need: PermissionNeed; readonly actions: string[] }>();
  for (const need of withoutCovered(needs)) {
    const key = JSON.stringify([need.purpose, need.resource, conditionText(need)]);
    const entry = byResource.get(key);
    if (entry === undefined) byResource.set(key, { need, actions: [need.action] });
    else entry.actions.push(need.action);
  }
  const byActions = new Map<
    string,
    { readonly need: PermissionNeed; readonly actions: readonly string[]; readonly resources: string[] }
  >();
  for (const { need, actions } of byResource.values()) {
    const sorted = actions.toSorted();
    const key = JSON.stringify([need.purpose, sorted, conditionText(need)]);
    const entry = byActions.get(key);
    if (entry === undefined) byActions.set(key, { need, actions: sorted, resources: [need.resource] });
    else entry.resources.push(need.resource);
  }
  const used = new Map<string, number>();
  return [...byActions.values()].map(({ need, actions, resources }) => {
    const nth = (used.get(need.purpose) ?? 0) + 1;
    used.set(need.purpose, nth);
    return {
      Sid: nth === 1 ? need.purpose : `${need.purpose}${nth}`,
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(need.condition === undefined ? {} : { Condition: need.condition }),
    };
  });
}

function conditionText(need: PermissionNeed): string {
  return JSON.stringify(need.condition ?? null);
}
