import type { JobListItem } from '../job/jobTypes.js';
import type { Localizer } from './localizer.js';
import { type JobOutcome, outcomeIcon, outcomeOf, type IconView } from './jobOutcome.js';

/** Groups by what somebody would do about their jobs; in this order. */
export const statusGroups = ['attention', 'running', 'failed', 'complete', 'cancelled', 'unknown'] as const;
export type StatusGroup = (typeof statusGroups)[number];

/** `pinned` and `away` stand before everything, however the rest is grouped. */
export type GroupKind = 'pinned' | 'away' | StatusGroup;

const groupOfOutcome: Readonly<Record<JobOutcome, StatusGroup>> = {
  preparing: 'running',
  awaitingConfirmation: 'attention',
  waiting: 'running',
  running: 'running',
  ending: 'running',
  succeeded: 'complete',
  completeWithFailures: 'failed',
  completeUnknown: 'complete',
  failed: 'failed',
  cancelled: 'cancelled',
  unknown: 'unknown',
};

export function statusGroupOf(job: JobListItem): StatusGroup {
  return groupOfOutcome[outcomeOf(job.Status, job.ProgressSummary)];
}

export function groupLabel(kind: GroupKind, l10n: Localizer): string {
  switch (kind) {
    case 'pinned':
      return l10n.t('Pinned');
    case 'away':
      return l10n.t('Ended while you were away');
    case 'attention':
      return l10n.t('Waits for confirmation');
    case 'running':
      return l10n.t('Running');
    case 'failed':
      return l10n.t('Failed, or complete with failures');
    case 'complete':
      return l10n.t('Complete');
    case 'cancelled':
      return l10n.t('Cancelled');
    case 'unknown':
      return l10n.t('Unknown status');
  }
}

export function groupIcon(kind: GroupKind): IconView {
  switch (kind) {
    case 'pinned':
      return { id: 'pinned' };
    case 'away':
      return { id: 'bell-dot' };
    case 'attention':
      return outcomeIcon('awaitingConfirmation');
    case 'running':
      return { id: 'sync' };
    case 'failed':
      return outcomeIcon('completeWithFailures');
    case 'complete':
      return outcomeIcon('succeeded');
    case 'cancelled':
      return outcomeIcon('cancelled');
    case 'unknown':
      return outcomeIcon('unknown');
  }
}
