import type { JobDescriptor, JobListItem } from '../job/jobTypes.js';
import type { Target } from '../job/target.js';
import type { IconView } from './jobOutcome.js';

/** Everything that the Jobs tree can show. Ids are path-like and stable, so that a refresh keeps selection and expansion. */
export type TreeNode = TargetNode | JobNode | DetailNode | EmptyNode | ErrorNode | LoadMoreNode;

export interface TargetNode {
  readonly kind: 'target';
  readonly id: string;
  readonly target: Target;
  /** The last refresh failed; what is shown is older. */
  readonly isStale: boolean;
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
  readonly action?: 'openReport' | 'openManifest';
}

export interface EmptyNode {
  readonly kind: 'empty';
  readonly id: string;
  readonly text: string;
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
  readonly targetId: string;
}

export function targetNodeId(targetId: string): string {
  return targetId;
}

export function jobNodeId(targetId: string, jobId: string): string {
  return `${targetId}/${jobId}`;
}
