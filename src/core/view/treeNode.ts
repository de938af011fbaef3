import type { JobDescriptor, JobListItem } from '../job/jobTypes.js';
import type { Target } from '../job/target.js';
import type { GroupKind } from './jobGroups.js';
import type { IconView } from './jobOutcome.js';
import type { Pace } from './progressHistory.js';

/** Everything that the Jobs tree can show. Ids are path-like and stable, so that a refresh keeps selection and expansion. */
export type TreeNode = TargetNode | GroupNode | JobNode | DetailNode | EmptyNode | ErrorNode | LoadMoreNode;

export interface TargetNode {
  readonly kind: 'target';
  readonly id: string;
  readonly target: Target;
  /** The last refresh failed; what is shown is older. */
  readonly isStale: boolean;
  /** ISO 8601: when what is shown was read. */
  readonly readAt?: string;
}

/** Jobs of all targets that have something in common. */
export interface GroupNode {
  readonly kind: 'group';
  readonly id: string;
  readonly group: GroupKind;
  readonly count: number;
}

/** Has the members of a job reference, so that it can be passed to every job command as it stands. */
export interface JobNode {
  readonly kind: 'job';
  readonly id: string;
  readonly targetId: string;
  readonly jobId: string;
  readonly job: JobListItem;
  /** Known once the job was expanded. */
  readonly descriptor?: JobDescriptor;
  /** Known while it runs and was looked at twice. */
  readonly pace?: Pace;
  /** Where jobs of several targets stand together. */
  readonly targetLabel?: string;
  readonly isPinned?: boolean;
  readonly isOnAws?: boolean;
}

export type DetailTopic =
  'operation' | 'manifest' | 'report' | 'role' | 'priority' | 'timeline' | 'failures' | 'tags' | 'jobId' | 'value';

/** One fact of a job, or a group of facts. */
export interface DetailNode {
  readonly kind: 'detail';
  readonly id: string;
  readonly targetId: string;
  readonly jobId: string;
  readonly topic: DetailTopic;
  readonly label: string;
  readonly value?: string;
  readonly tooltip?: string;
  readonly icon?: IconView;
  readonly children: readonly DetailNode[];
  readonly isExpanded?: boolean;
  /** What a click does. */
  readonly action?: 'openReport' | 'openManifest' | 'openRole';
}

export interface EmptyNode {
  readonly kind: 'empty';
  readonly id: string;
  readonly text: string;
  readonly action?: 'startEngine';
}

/** A failure in place of, or above, what could not be read. A click tries again. */
export interface ErrorNode {
  readonly kind: 'error';
  readonly id: string;
  readonly targetId: string;
  readonly message: string;
  readonly hint?: string;
}

export interface LoadMoreNode {
  readonly kind: 'loadMore';
  readonly id: string;
  /** Empty for a group of jobs of all targets. */
  readonly targetId: string;
  /** Jobs that were read and stand above this. */
  readonly shown: number;
}

export function groupNodeId(group: GroupKind): string {
  return `group:${group}`;
}

export function targetNodeId(targetId: string): string {
  return targetId;
}

export function jobNodeId(targetId: string, jobId: string): string {
  return `${targetId}/${jobId}`;
}
