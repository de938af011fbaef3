import type { Localizer } from '../status/jobStatusText.js';

/** The counts of a lint result that people are told. */
export interface LintSummary {
  readonly rows: number;
  readonly bucketCount: number;
  readonly errors: number;
  readonly warnings: number;
  readonly information: number;
}

/** `12,430 rows · 1 bucket · 3 errors · 1 warning`. Counts of nothing are left out, but for the rows. */
export function summaryText(result: LintSummary, l10n: Localizer): string {
  return joined([rowsText(result.rows, l10n), bucketsText(result.bucketCount, l10n), ...problemTexts(result, l10n)]);
}

/** `3 errors · 1 warning`. */
export function problemsText(result: LintSummary, l10n: Localizer): string {
  return joined(problemTexts(result, l10n));
}

/** `3 manifests · 12,430 rows · 3 errors in 2 files · 1 could not be read`. */
export function filesSummary(results: readonly LintSummary[], failed: number, l10n: Localizer): string {
  const sum = (pick: (result: LintSummary) => number): number => results.reduce((total, result) => total + pick(result), 0);
  const total = {
    errors: sum(({ errors }) => errors),
    warnings: sum(({ warnings }) => warnings),
    information: sum(({ information }) => information),
  };
  const withProblems = results.filter(({ errors, warnings, information }) => errors + warnings + information > 0).length;
  return joined([
    plural(results.length, l10n.t('1 manifest'), (count) => l10n.t('{0} manifests', count)),
    rowsText(
      sum(({ rows }) => rows),
      l10n,
    ),
    ...problemTexts(total, l10n),
    withProblems > 0 && plural(withProblems, l10n.t('in 1 file'), (count) => l10n.t('in {0} files', count)),
    failed > 0 && plural(failed, l10n.t('1 could not be read'), (count) => l10n.t('{0} could not be read', count)),
  ]);
}

/** `1 row`, `12,430 rows`. */
export function rowsText(rows: number, l10n: Localizer): string {
  return plural(rows, l10n.t('1 row'), (count) => l10n.t('{0} rows', count));
}

function bucketsText(buckets: number, l10n: Localizer): string | false {
  return buckets > 0 && plural(buckets, l10n.t('1 bucket'), (count) => l10n.t('{0} buckets', count));
}

function problemTexts(
  { errors, warnings, information }: Pick<LintSummary, 'errors' | 'warnings' | 'information'>,
  l10n: Localizer,
): readonly (string | false)[] {
  return [
    errors > 0 && plural(errors, l10n.t('1 error'), (count) => l10n.t('{0} errors', count)),
    warnings > 0 && plural(warnings, l10n.t('1 warning'), (count) => l10n.t('{0} warnings', count)),
    information > 0 && plural(information, l10n.t('1 note'), (count) => l10n.t('{0} notes', count)),
    errors + warnings + information === 0 && l10n.t('no problems'),
  ];
}

function joined(parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join(' · ');
}

function plural(count: number, one: string, many: (count: string) => string): string {
  return count === 1 ? one : many(count.toLocaleString('en-US'));
}
