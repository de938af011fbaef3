import { type ChaosFindings, isIdempotent } from '../report/chaosFindings.js';
import type { DifferentRow, RowResult } from '../report/compareRuns.js';
import { type Formats, formatCount } from '../view/formats.js';
import { oneLine } from '../view/oneLine.js';
import { addSection, type ChangeLink, type ChangesText, objectLine, uriText } from './changesText.js';

/** What the chaos switch has to tell besides what differs. */
export interface ChaosSubject {
  readonly jobName: string;
  readonly first: TaskCounts;
  readonly second: TaskCounts;
}

interface TaskCounts {
  readonly succeeded: number;
  readonly failed: number;
}

/** One sentence: whether the job is idempotent, and what says that it is not. */
export function chaosSummary({ jobName }: Pick<ChaosSubject, 'jobName'>, findings: ChaosFindings, formats: Formats): string {
  const { l10n } = formats;
  if (isIdempotent(findings)) {
    return l10n.t(
      '"{0}" is idempotent here: every row ended the second time as the first, and no object is left otherwise.',
      jobName,
    );
  }
  const rows = findings.rows.length;
  const objects = findings.objects.length;
  const rowText = rows === 1 ? l10n.t('1 row ends otherwise') : l10n.t('{0} rows end otherwise', formatCount(rows, formats));
  const objectText =
    objects === 1
      ? l10n.t('1 object is left otherwise')
      : l10n.t('{0} objects are left otherwise', formatCount(objects, formats));
  return l10n.t('"{0}" is not idempotent: the second time {1}, and {2}.', jobName, rowText, objectText);
}

/** All that the second run did otherwise than the first, for people. The links are of what the second run changed. */
export function chaosText(subject: ChaosSubject, findings: ChaosFindings, formats: Formats): ChangesText {
  const { l10n } = formats;
  const counts = ({ succeeded, failed }: TaskCounts): string =>
    l10n.t('{0} failed, {1} succeeded', formatCount(failed, formats), formatCount(succeeded, formats));
  const lines = [
    `# ${l10n.t('Chaos: "{0}"', subject.jobName)}`,
    '',
    `**${chaosSummary(subject, findings, formats)}**`,
    '',
    l10n.t('Each row ran twice, in another order each time; some tasks were throttled, and of some the answer was lost.'),
    l10n.t('S3 Batch Operations may invoke a task more than once: what differs here may differ there.'),
    '',
    `- ${l10n.t('First run: {0}', counts(subject.first))}`,
    `- ${l10n.t('Second run: {0}', counts(subject.second))}`,
    '',
  ];
  const links: ChangeLink[] = [];
  if (findings.rows.length > 0) {
    addSection(lines, l10n.t('Rows that end otherwise'), findings.rows, formats, (row, line) =>
      rowLine(row, line, links, formats),
    );
  }
  if (findings.objects.length > 0) {
    addSection(lines, l10n.t('Objects that are left otherwise'), findings.objects, formats, (object, line) =>
      objectLine(object, line, links, formats),
    );
  }
  return { text: `${lines.join('\n').trimEnd()}\n`, links };
}

function rowLine(row: DifferentRow, line: number, links: ChangeLink[], formats: Formats): string {
  const { l10n } = formats;
  const name = uriText(row);
  const start = '- '.length;
  links.push({ line, start, end: start + name.length, opens: 'object', object: { ...row, kept: undefined } });
  const version = row.versionId === undefined ? '' : ` ${l10n.t('version {0}', row.versionId)}`;
  const then = row.second === null ? l10n.t('not there') : resultText(row.second, formats);
  return `- ${name}${version}: ${l10n.t('first {0}; then {1}', resultText(row.first, formats), then)}`;
}

/** `failed PermanentFailure "What the handler said"`: a message of a handler is its own words. */
function resultText({ status, code, message }: RowResult, { l10n }: Formats): string {
  const ended = status === 'failed' ? l10n.t('failed') : l10n.t('succeeded');
  return [ended, code, message === '' ? '' : JSON.stringify(oneLine(message))].filter((part) => part !== '').join(' ');
}
