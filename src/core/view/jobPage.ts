import { isSecondChaosRun } from '../job/chaosRun.js';
import type { JobDescriptor, Tag } from '../job/jobTypes.js';
import type { Target } from '../job/target.js';
import type { Cause } from '../report/causes.js';
import { type Formats, formatCount, formatDuration, formatRate, formatTime } from './formats.js';
import { jobDetails } from './jobDetails.js';
import { type JobCounts, countsOf, hasEnded, type JobOutcome, outcomeOf } from './jobOutcome.js';
import { jobLabel, stateText } from './jobText.js';
import { jobTimeline, type StatusPoint, type TimelineItem } from './jobTimeline.js';
import type { Pace, ProgressPoint } from './progressHistory.js';
import { targetText } from './targetText.js';
import type { DetailNode } from './treeNode.js';

/** What a button or a link of the page asks for. The page sends these words and no others. */
export const pageActions = [
  'openReport',
  'retryFailed',
  'openManifest',
  'openRole',
  'openInConsole',
  'readCauses',
  'showChaos',
  'refresh',
] as const;
export type PageAction = (typeof pageActions)[number];

export interface PageFact {
  readonly label: string;
  readonly value: string;
  readonly action?: PageAction;
  readonly facts: readonly PageFact[];
}

export interface PageCause {
  readonly title: string;
  /** `1,204 rows, 12 %` */
  readonly amount: string;
  /** 0 to 1. */
  readonly share: number;
  readonly detail: string;
}

/** All that the page of a job shows, worded. The page itself knows no words and no job. */
export interface JobPage {
  readonly title: string;
  readonly subtitle: string;
  readonly outcome: JobOutcome;
  readonly state: string;
  /** Said aloud when it changes; the same facts as the plot. */
  readonly progress: string;
  /** What keeps the page from being up to date. */
  readonly problem?: { readonly text: string; readonly again: string };
  /** Undefined while the service has not counted. */
  readonly bar: { readonly succeeded: number; readonly failed: number; readonly total: number } | undefined;
  readonly plot: {
    readonly heading: string;
    readonly points: readonly ProgressPoint[];
    /** Undefined while the service has not counted. */
    readonly total: number | undefined;
    readonly succeededLabel: string;
    readonly failedLabel: string;
    /** Instead of a plot, when there are not enough points. */
    readonly empty: string;
    readonly startLabel: string;
    readonly endLabel: string;
    /** How much the height of the plot is. */
    readonly topLabel: string;
    /** The same as text. */
    readonly table: {
      readonly summary: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };
  };
  readonly timeline: {
    readonly heading: string;
    readonly items: readonly TimelineItem[];
    readonly facts: readonly PageFact[];
    /** What the next window goes on from. */
    readonly observed: readonly StatusPoint[];
  };
  readonly facts: { readonly heading: string; readonly items: readonly PageFact[] };
  readonly causes: { readonly heading: string; readonly items: readonly PageCause[]; readonly note: string };
  readonly request: { readonly heading: string; readonly text: string };
  readonly buttons: readonly { readonly label: string; readonly action: PageAction }[];
}

export interface JobPageSource {
  readonly target: Target;
  readonly job: JobDescriptor;
  readonly tags: readonly Tag[] | undefined;
  readonly points: readonly ProgressPoint[];
  readonly statuses: readonly StatusPoint[];
  readonly pace: Pace | undefined;
  /** Why what is shown may be old. */
  readonly problem: string | undefined;
  /** Undefined while the report was not read; an error when it could not be. */
  readonly causes: readonly Cause[] | Error | undefined;
  /** The job as a job file. */
  readonly request: string;
}

export function jobPage(source: JobPageSource, formats: Formats): JobPage {
  const { target, job, tags, points, statuses, pace, causes, request, problem } = source;
  const { l10n } = formats;
  const counts = countsOf(job.ProgressSummary);
  const hasReport = hasEnded(job.Status) && job.Report?.Enabled === true;
  const first = points[0];
  const last = points.at(-1);
  const details = jobDetails(target, job, tags, formats);
  const timeline = details.find(({ topic }) => topic === 'timeline');
  return {
    title: jobLabel(job),
    subtitle: `${targetText(target)} · ${job.JobId}`,
    outcome: outcomeOf(job.Status, job.ProgressSummary),
    state: stateText(job, formats),
    progress: progressSentence(job, pace, formats),
    ...(problem === undefined ? {} : { problem: { text: problem, again: l10n.t('Try Again') } }),
    bar: barOf(counts),
    plot: {
      heading: l10n.t('Tasks over time'),
      points,
      total: counts?.total,
      succeededLabel: l10n.t('Succeeded: {0}', counts === undefined ? '–' : formatCount(counts.succeeded, formats)),
      failedLabel: l10n.t('Failed: {0}', counts === undefined ? '–' : formatCount(counts.failed, formats)),
      empty: l10n.t('A plot is drawn from what is observed while the job runs.'),
      startLabel: first === undefined ? '' : formatTime(new Date(first.atMs).toISOString(), formats),
      endLabel: last === undefined ? '' : formatTime(new Date(last.atMs).toISOString(), formats),
      topLabel: counts?.total === undefined ? '' : l10n.t('{0} tasks', formatCount(counts.total, formats)),
      table: plotTable(points, formats),
    },
    timeline: {
      heading: l10n.t('Timeline'),
      items: jobTimeline(job, statuses, formats),
      // Times are among the items; how long it was active, and why its status was changed, are not.
      facts: (timeline?.children ?? [])
        .filter(({ id }) => /\/timeline\/(active|reason)$/.test(id))
        .map((node) => factOf(node, job)),
      observed: statuses,
    },
    facts: {
      heading: l10n.t('Job'),
      items: details.filter(({ topic }) => topic !== 'timeline').map((node) => factOf(node, job)),
    },
    causes: causesOf(causes, counts?.failed ?? 0, hasReport, formats),
    request: { heading: l10n.t('Request'), text: request },
    buttons: [
      ...(hasReport ? [{ label: l10n.t('Open Report'), action: 'openReport' as const }] : []),
      ...(hasReport && causes === undefined && (counts?.failed ?? 0) > 0
        ? [{ label: l10n.t('Read Failures'), action: 'readCauses' as const }]
        : []),
      ...(hasReport && (counts?.failed ?? 0) > 0
        ? [{ label: l10n.t('Retry Failed Tasks…'), action: 'retryFailed' as const }]
        : []),
      ...(target.kind === 'local' && hasEnded(job.Status) && isSecondChaosRun(job)
        ? [{ label: l10n.t('Show Chaos Comparison'), action: 'showChaos' as const }]
        : []),
      ...(job.Manifest === undefined ? [] : [{ label: l10n.t('Open Manifest'), action: 'openManifest' as const }]),
      ...(target.kind === 'aws' ? [{ label: l10n.t('Open in AWS Console'), action: 'openInConsole' as const }] : []),
    ],
  };
}

/** What the plot shows, as a sentence. */
function progressSentence(job: JobDescriptor, pace: Pace | undefined, formats: Formats): string {
  const { l10n } = formats;
  const parts = [stateText(job, formats)];
  if (pace !== undefined && pace.tasksPerSecond > 0) {
    parts.push(formatRate(pace.tasksPerSecond, formats));
    if (pace.remainingSeconds !== undefined) {
      parts.push(l10n.t('{0} left', formatDuration(Math.ceil(pace.remainingSeconds), formats)));
    }
  }
  return parts.join(', ');
}

function barOf(counts: JobCounts | undefined): JobPage['bar'] {
  return counts?.total === undefined || counts.total === 0 ? undefined : { ...counts, total: counts.total };
}

/** Rows of the table that says what the plot shows; of more points, some are left out. */
const tableRows = 24;

function plotTable(points: readonly ProgressPoint[], formats: Formats): JobPage['plot']['table'] {
  const { l10n } = formats;
  const step = Math.max(1, Math.ceil((points.length - 1) / (tableRows - 1)));
  const shown = points.filter((_, index) => index % step === 0 || index === points.length - 1);
  return {
    summary: l10n.t('As a table'),
    columns: [l10n.t('Time'), l10n.t('Succeeded'), l10n.t('Failed')],
    rows: shown.map(({ atMs, succeeded, failed }) => [
      formatTime(new Date(atMs).toISOString(), formats),
      formatCount(succeeded, formats),
      formatCount(failed, formats),
    ]),
  };
}

function factOf({ label, value, topic, action, children }: DetailNode, job: JobDescriptor): PageFact {
  // In the tree a click that is not thought about would fetch the manifest of a job on AWS; a link is followed on purpose.
  const link = action ?? (topic === 'manifest' && job.Manifest !== undefined ? 'openManifest' : undefined);
  return {
    label,
    value: value ?? '',
    ...(link === undefined ? {} : { action: link }),
    facts: children.map((child) => factOf(child, job)),
  };
}

function causesOf(causes: JobPageSource['causes'], failed: number, hasReport: boolean, formats: Formats): JobPage['causes'] {
  const { l10n } = formats;
  const heading = l10n.t('Failures by cause');
  if (causes instanceof Error) return { heading, items: [], note: causes.message };
  if (causes === undefined) {
    const note =
      failed === 0
        ? l10n.t('No task has failed.')
        : hasReport
          ? l10n.t('The report says why {0} tasks failed.', formatCount(failed, formats))
          : l10n.t('{0} tasks have failed. The report says why, once the job has ended.', formatCount(failed, formats));
    return { heading, items: [], note };
  }
  const items = causes.map((cause) => {
    const share = cause.share.toLocaleString(formats.locale, { style: 'percent', maximumFractionDigits: 1 });
    return {
      title: cause.code === '' ? l10n.t('no error code') : cause.code,
      amount: l10n.t('{0} tasks, {1}', formatCount(cause.count, formats), share),
      share: cause.share,
      detail: cause.known === undefined ? cause.sampleMessage : `${cause.sampleMessage}\n${cause.known.advice}`,
    };
  });
  return { heading, items, note: items.length === 0 ? l10n.t('No task in the report failed.') : '' };
}
