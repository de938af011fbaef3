import { decodeKey } from '../manifest/keyEncoding.js';
import type { Cause } from '../report/causes.js';
import { functionErrorPrefix } from '../report/functionError.js';
import { type FailedTask, hasVersion } from '../report/failedTask.js';
import { type Formats, formatCount } from './formats.js';
import type { IconView } from './jobOutcome.js';
import { messageLines } from './causeMessage.js';
import { oneLine } from './oneLine.js';

/** How a node of the Report view looks, as data. */
export interface ReportNodeView {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon: IconView;
  readonly collapsible: 'none' | 'collapsed' | 'expanded';
  /** What `when` clauses look for. */
  readonly context: string;
  readonly accessibilityLabel: string;
}

export function reportView(
  title: string,
  report: { readonly succeeded: number; readonly failed: number; readonly problems: readonly string[] },
  isOfJob: boolean,
  formats: Formats,
): ReportNodeView {
  const { l10n } = formats;
  const counts = l10n.t('{0} failed, {1} succeeded', formatCount(report.failed, formats), formatCount(report.succeeded, formats));
  const isBad = report.failed > 0 || report.problems.length > 0;
  return {
    label: title,
    description: counts,
    tooltip: [counts, ...report.problems].join('\n'),
    icon: isBad ? { id: 'warning', color: 'list.warningForeground' } : { id: 'pass', color: 'testing.iconPassed' },
    collapsible: 'expanded',
    context: `report${isOfJob ? ' ofJob' : ''}${report.failed > 0 ? ' hasFailures' : ''}`,
    accessibilityLabel: `${title}, ${counts}`,
  };
}

/** A cause in a line, beginning with what differs: what every error of a function has in common would leave no room for it. */
export function causeLabel(cause: Cause, { l10n }: Pick<Formats, 'l10n'>): string {
  const message = labelText(cause.message.replace(functionErrorPrefix, ''));
  return `${cause.code === '' ? l10n.t('no error code') : cause.code}: ${message === '' ? l10n.t('no message') : message}`;
}

export function causeView(cause: Cause, formats: Formats): ReportNodeView {
  const { l10n } = formats;
  const label = causeLabel(cause, formats);
  const share = cause.share.toLocaleString(formats.locale, { style: 'percent', maximumFractionDigits: 1 });
  const rows = cause.count === 1 ? l10n.t('1 task') : l10n.t('{0} tasks', formatCount(cause.count, formats));
  const known =
    cause.known === undefined ? [l10n.t('Nothing more is known of this error.')] : [cause.known.explanation, cause.known.advice];
  return {
    label,
    description: `${rows}, ${share}`,
    tooltip: [...messageLines(cause), '', ...known].join('\n'),
    icon: { id: 'error', color: 'list.errorForeground' },
    collapsible: 'collapsed',
    context: 'cause',
    accessibilityLabel: `${rows}, ${share}: ${label}`,
  };
}

/** What is known of a cause, said below it. */
export function adviceView(cause: Cause, formats: Formats): ReportNodeView {
  const text =
    cause.known === undefined
      ? formats.l10n.t('Nothing more is known of this error.')
      : `${cause.known.explanation} ${cause.known.advice}`;
  return {
    label: text,
    tooltip: text,
    icon: { id: cause.known === undefined ? 'question' : 'lightbulb' },
    collapsible: 'none',
    context: 'advice',
    accessibilityLabel: text,
  };
}

export function rowView(row: FailedTask, isDebuggable: boolean): ReportNodeView {
  const key = decodeKey(row.key) ?? row.key;
  const version = hasVersion(row) ? ` (${row.versionId})` : '';
  // Keys of one cause begin alike, and a tree shows the beginning.
  const name = /[^/]*\/*$/.exec(key)?.[0] ?? key;
  const folder = key.slice(0, key.length - name.length);
  return {
    label: labelText(name),
    description: labelText(`${version === '' ? '' : `${row.versionId} · `}${row.bucket}${folder === '' ? '' : `/${folder}`}`),
    tooltip: [`s3://${row.bucket}/${key}${version}`, ...messageLines({ sampleMessage: row.message })].join('\n'),
    icon: { id: 'file' },
    collapsible: 'none',
    context: isDebuggable ? 'row debuggable' : 'row',
    accessibilityLabel: `${key}, ${row.bucket}${version}`,
  };
}

/** A tree shows no more of a line, and a message may have a thousand characters. */
function labelText(text: string): string {
  return oneLine(text).slice(0, 300);
}
