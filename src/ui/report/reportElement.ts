import type { Cause } from '../../core/report/causes.js';
import type { FailedTask } from '../../core/report/failedTask.js';
import type { OpenReport } from './openReports.js';

export interface ReportNode {
  readonly kind: 'report';
  readonly open: OpenReport;
}

export interface CauseNode {
  readonly kind: 'cause';
  readonly open: OpenReport;
  readonly cause: Cause;
  readonly parent: ReportNode;
  /** Rows that are shown: more are read when somebody asks. */
  shown: number;
}

export interface RowNode {
  readonly kind: 'row';
  readonly open: OpenReport;
  readonly row: FailedTask;
  readonly parent: CauseNode;
}

export interface AdviceNode {
  readonly kind: 'advice';
  readonly cause: Cause;
  readonly parent: CauseNode;
}

export interface MoreNode {
  readonly kind: 'more';
  readonly parent: CauseNode;
}

export type ReportElement = ReportNode | CauseNode | RowNode | AdviceNode | MoreNode;
