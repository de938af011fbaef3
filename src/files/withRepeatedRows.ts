import type { LintResult } from '../core/manifest/lintManifest.js';
import { applySeverities, defaultMaxProblems, type LintOptions } from '../core/manifest/lintOptions.js';
import { toProblem } from '../core/manifest/placeFinding.js';
import { byteOrderMark } from '../core/manifest/rules/byteOrderMark.js';
import { duplicateRow, findDuplicateRow } from '../core/manifest/rules/duplicateRow.js';
import type { RepeatedRows } from './seenRows.js';

export interface RepeatedRowsContext {
  readonly lint: LintOptions;
  /** The line of the last row when no line end follows it. */
  readonly unendedLine: number | undefined;
}

/** The result together with repeated rows that became known after all else, as if they had been found row by row. */
export function withRepeatedRows(
  result: LintResult,
  repeated: RepeatedRows,
  { lint, unendedLine }: RepeatedRowsContext,
): LintResult {
  if (repeated.count === 0) return result;
  const added = repeated.first.flatMap(({ line, length, firstLine }) =>
    applySeverities([findDuplicateRow(length, firstLine)], lint.severities).map((finding) =>
      // Only rows of one line can repeat another, so what is in it does not matter to a problem that spans it.
      toProblem(finding, { line, text: ' '.repeat(length), hasLineEnd: line !== unendedLine }),
    ),
  );
  const severity = lint.severities?.[duplicateRow.id] ?? duplicateRow.severity;
  const problems = [...added, ...result.problems]
    // In a row, that it repeats another comes first, and of the file its byte order mark. The sort keeps the order of all else.
    .toSorted((a, b) => a.range.line - b.range.line || Number(b.rule === byteOrderMark.id) - Number(a.rule === byteOrderMark.id))
    .slice(0, lint.maxProblems ?? defaultMaxProblems);
  const errors = result.errors + (severity === 'error' ? repeated.count : 0);
  const warnings = result.warnings + (severity === 'warning' ? repeated.count : 0);
  const information = result.information + (severity === 'information' ? repeated.count : 0);
  return {
    ...result,
    errors,
    warnings,
    information,
    counts: { ...result.counts, [duplicateRow.id]: (result.counts[duplicateRow.id] ?? 0) + repeated.count },
    problems,
    isTruncated: errors + warnings + information > problems.length,
  };
}
