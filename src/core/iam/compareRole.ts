import { isRecord } from '../operations/validateShape.js';
import { judgeNeed, type NeedVerdict, place, statementsOf, textsOf } from './evaluateNeed.js';
import type { ExistingRole, ForeignPolicy, ForeignStatement } from './existingRole.js';
import type { PermissionNeed } from './permissionNeed.js';
import { batchOperationsPrincipal } from './policyDocument.js';
import { covers, matchesAction, overlaps } from './resourcePattern.js';

export interface RoleFinding {
  /**
   * `missing`: the job needs it and the role surely lacks it. `undecidable`: the job needs it, and the files don't tell. `unneeded`: the
   * role may do it and this job never does.
   */
  readonly kind: 'missing' | 'unneeded' | 'undecidable';
  readonly action: string;
  readonly resource: string;
  /** Sentences. */
  readonly why: string;
}

export interface RoleComparison {
  /** Missing first, then undecidable, then unneeded. */
  readonly findings: readonly RoleFinding[];
  /** How many of the job's needs are surely allowed, and how many there are (trust included, when it was given). */
  readonly allowed: number;
  readonly needed: number;
}

/** Compares what a job needs with what its role has. `isTrustJudged` is false for a submitter, whom nothing has to assume. */
export function compareRole(needs: readonly PermissionNeed[], role: ExistingRole, isTrustJudged = true): RoleComparison {
  const findings: RoleFinding[] = [];
  let allowed = 0;
  let needed = needs.length;
  const note = (verdict: NeedVerdict, action: string, resource: string, why: string): void => {
    if (verdict.state === 'allowed') allowed += 1;
    else findings.push({ kind: verdict.state, action, resource, why: `${why} ${verdict.reason ?? ''}`.trim() });
  };
  if (isTrustJudged) {
    needed += 1;
    note(judgeTrust(role.trust), 'sts:AssumeRole', batchOperationsPrincipal, 'Let the service assume the role.');
  }
  for (const need of needs) note(judge(need, role), need.action, need.resource, need.why);
  findings.push(...unneeded(needs, role.policies));
  const order = ['missing', 'undecidable', 'unneeded'];
  findings.sort((left, right) => order.indexOf(left.kind) - order.indexOf(right.kind));
  return { findings, allowed, needed };
}

function judge(need: PermissionNeed, role: ExistingRole): NeedVerdict {
  const own = judgeNeed(need, role.policies);
  const [unread] = role.unread;
  if (role.boundary !== undefined) {
    const bounded = judgeNeed(need, [role.boundary]);
    if (bounded.state === 'missing') return { state: 'missing', reason: 'The permissions boundary does not allow it.' };
    if (bounded.state === 'undecidable' && own.state === 'allowed') return bounded;
  }
  // An unread policy may deny what the others allow as well; but that is rare, and would make everything undecidable.
  if (own.state === 'missing' && own.isDenied !== true && unread !== undefined) return { state: 'undecidable', reason: unread };
  return own;
}

function judgeTrust(trust: ForeignPolicy | undefined): NeedVerdict {
  if (trust === undefined) return { state: 'undecidable', reason: 'The trust policy is in none of the files.' };
  let doubt: string | undefined;
  let isAllowed = false;
  for (const { source, statement } of statementsOf([trust])) {
    if (!isAboutService(statement)) continue;
    if (statement['Effect'] === 'Deny') {
      if (statement['Condition'] === undefined) return { state: 'missing', reason: `${place(statement, source)} denies it.` };
      doubt = `${place(statement, source)} denies it under conditions.`;
    } else if (statement['Condition'] === undefined) isAllowed = true;
    else {
      const keys = isRecord(statement['Condition'])
        ? Object.values(statement['Condition']).filter(isRecord).flatMap(Object.keys)
        : [];
      doubt ??= `${place(statement, source)} allows it under conditions on ${keys.join(', ')}, and no page says that the service sets them.`;
    }
  }
  if (isAllowed && doubt?.includes(' denies ') !== true) return { state: 'allowed' };
  if (doubt !== undefined) return { state: 'undecidable', reason: doubt };
  return { state: 'missing', reason: `The trust policy does not name ${batchOperationsPrincipal}.` };
}

function isAboutService(statement: ForeignStatement): boolean {
  const principal = statement['Principal'];
  const isNamed =
    principal === '*' ||
    (isRecord(principal) &&
      (textsOf(principal['Service']).includes(batchOperationsPrincipal) || textsOf(principal['AWS']).includes('*')));
  return isNamed && textsOf(statement['Action']).some((action) => matchesAction(action, 'sts:AssumeRole'));
}

/** What Allow statements give beyond the needs: whole actions and resources that serve nothing, and patterns that are wider. */
function unneeded(needs: readonly PermissionNeed[], policies: readonly ForeignPolicy[]): RoleFinding[] {
  const findings: RoleFinding[] = [];
  for (const { source, statement } of statementsOf(policies)) {
    if (statement['Effect'] !== 'Allow') continue;
    const at = place(statement, source);
    const resources = textsOf(statement['Resource']);
    if (statement['NotAction'] !== undefined || statement['NotResource'] !== undefined) {
      const what = statement['NotAction'] === undefined ? 'NotResource' : 'NotAction';
      findings.push(finding('unneeded', actionText(statement), resourceText(statement), `${at} allows all but ${what} names.`));
      continue;
    }
    const served = (action: string, resource: string): readonly PermissionNeed[] =>
      needs.filter((need) => matchesAction(action, need.action) && overlaps(resource, need.resource));
    for (const action of textsOf(statement['Action'])) {
      const used = resources.flatMap((resource) => served(action, resource));
      if (used.length === 0)
        findings.push(finding('unneeded', action, resourceText(statement), `${at} allows it; this job never does it.`));
      else if (/[*?]/.test(action)) {
        const wanted = [...new Set(used.map((need) => need.action))].join(', ');
        findings.push(
          finding('unneeded', action, resourceText(statement), `${at} allows more than ${wanted}, which is what this job does.`),
        );
      }
    }
    for (const resource of resources) {
      const used = textsOf(statement['Action']).flatMap((action) => served(action, resource));
      // When nothing of the statement is needed, its actions have said so already.
      if (used.length === 0) {
        if (resources.length > 1)
          findings.push(finding('unneeded', actionText(statement), resource, `${at} names it; this job never touches it.`));
      } else if (!used.some((need) => covers(need.resource, resource))) {
        const wanted = [...new Set(used.map((need) => need.resource))].join(', ');
        findings.push(
          finding(
            'unneeded',
            actionText(statement),
            resource,
            `${at} reaches more than ${wanted}, which is what this job touches.`,
          ),
        );
      }
    }
  }
  return findings;
}

function finding(kind: RoleFinding['kind'], action: string, resource: string, why: string): RoleFinding {
  return { kind, action, resource, why };
}

function actionText(statement: ForeignStatement): string {
  const not = statement['NotAction'];
  return not === undefined ? textsOf(statement['Action']).join(', ') : `all but ${textsOf(not).join(', ')}`;
}

function resourceText(statement: ForeignStatement): string {
  const not = statement['NotResource'];
  return not === undefined ? textsOf(statement['Resource']).join(', ') : `all but ${textsOf(not).join(', ')}`;
}
