import type { Localizer } from '../status/jobStatusText.js';

/** The counts of a lint result that people are told. */
export interface LintSummary {
  readonly rows: number;
  readonly bucketCount: number;
  readonly errors: number;
  readonly warnings: number;
}

/** `12,430 rows · 1 bucket · 3 errors · 1 warning`. Counts of nothing are left out, but for the rows. */
export function summaryText(result: LintSummary, l10n: Localizer): string {
  const parts = [
    plural(result.rows, l10n.t('1 row'), (count) => l10n.t('{0} rows', count)),
    result.bucketCount > 0 && plural(result.bucketCount, l10n.t('1 bucket'), (count) => l10n.t('{0} buckets', count)),
    result.errors > 0 && plural(result.errors, l10n.t('1 error'), (count) => l10n.t('{0} errors', count)),
    result.warnings > 0 && plural(result.warnings, l10n.t('1 warning'), (count) => l10n.t('{0} warnings', count)),
    result.errors + result.warnings === 0 && l10n.t('no problems'),
  ];
  return parts.filter((part) => part !== false).join(' · ');
}

function plural(count: number, one: string, many: (count: string) => string): string {
  return count === 1 ? one : many(count.toLocaleString('en-US'));
}
