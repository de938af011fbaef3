import type { Cause } from '../report/causes.js';
import type { ReportComparison } from '../report/compareReports.js';
import { type Formats, formatCount } from './formats.js';
import { oneLine } from './oneLine.js';

/** So many causes are told. */
const shownCauses = 100;

/** What changed between two reports, as Markdown. */
export function comparisonText(before: string, after: string, comparison: ReportComparison, formats: Formats): string {
  const { l10n } = formats;
  const number = (value: number): string => formatCount(value, formats);
  const lines = [
    `# ${l10n.t('Two reports compared')}`,
    '',
    `- ${l10n.t('Earlier: {0}', before)}`,
    `- ${l10n.t('Later: {0}', after)}`,
    '',
    `- **${l10n.t('Newly failing: {0}', number(comparison.newlyFailing))}**`,
    `- **${l10n.t('Newly fixed: {0}', number(comparison.newlyFixed))}**`,
    `- ${l10n.t('Still failing: {0}', number(comparison.stillFailing))}`,
  ];
  if (comparison.notInLater > 0) {
    lines.push(
      `- ${l10n.t('Failed in the earlier report, and not in the later one at all: {0}', number(comparison.notInLater))}`,
    );
  }
  lines.push('');
  if (comparison.newCauses.length > 0) {
    lines.push(
      `## ${l10n.t('Newly failing, by cause')}`,
      '',
      ...comparison.newCauses.slice(0, shownCauses).flatMap((cause) => causeLines(cause, formats)),
    );
    const more = comparison.newCauses.length - shownCauses;
    if (more > 0) lines.push(l10n.t('And {0} more causes.', number(more)), '');
  }
  if (comparison.fixedKeys.length > 0) {
    lines.push(`## ${l10n.t('Newly fixed, for example')}`, '', ...comparison.fixedKeys.map((key) => `    ${oneLine(key)}`), '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function causeLines(cause: Cause, formats: Formats): string[] {
  const { l10n } = formats;
  const code = cause.code === '' ? l10n.t('no error code') : cause.code;
  return [
    `### ${code}: ${formatCount(cause.count, formats)}`,
    '',
    `    ${oneLine(cause.message)}`,
    '',
    ...cause.sampleKeys.map((key) => `    ${oneLine(key)}`),
    '',
  ];
}
