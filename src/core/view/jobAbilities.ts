import { isSecondChaosRun } from '../job/chaosRun.js';
import { canChangePriority, requestStatus } from '../job/lifecycle.js';
import type { JobDescriptor, JobListItem } from '../job/jobTypes.js';
import { hasEnded, isKnownStatus } from './jobOutcome.js';

/** What can be done with a job as it stands; menus show exactly these. */
export type JobAbility =
  | 'confirmable'
  | 'cancellable'
  | 'prioritizable'
  | 'reported'
  | 'copyable'
  | 'pinnable'
  | 'unpinnable'
  | 'onAws'
  | 'logged'
  | 'chaosCompared';

/** Of a local job: has the engine begun to write down what its handler prints? */
export function hasHandlerLog({ Operation, Status }: JobListItem): boolean {
  return Operation === 'LambdaInvoke' && !['New', 'Preparing', 'Suspended', 'Ready'].includes(Status);
}

/** From the list entry alone a report can't be ruled out; the description of the job can. */
export function abilitiesOf(job: JobListItem, descriptor?: JobDescriptor): ReadonlySet<JobAbility> {
  const abilities = new Set<JobAbility>(['copyable']);
  if (!isKnownStatus(job.Status)) return abilities;
  if (requestStatus(job.Status, 'Ready') !== undefined) abilities.add('confirmable');
  if (requestStatus(job.Status, 'Cancelled') !== undefined) abilities.add('cancellable');
  if (canChangePriority(job.Status)) abilities.add('prioritizable');
  if (hasEnded(job.Status) && descriptor?.Report?.Enabled !== false) abilities.add('reported');
  if (hasEnded(job.Status) && isSecondChaosRun(job)) abilities.add('chaosCompared');
  return abilities;
}
