import type { LintReport } from './lintReport.js';

/** The shape that the README documents; lines and columns begin at 1, columns in UTF-16 units. */
export const jsonReport: LintReport = (files) => {
  const document = {
    files: files.map(({ path, result }) => ({
      path,
      rows: result.rows,
      errors: result.errors,
      warnings: result.warnings,
      information: result.information,
      counts: result.counts,
      truncated: result.isTruncated,
      problems: result.problems.map(({ rule, severity, range, message }) => ({
        rule,
        severity,
        line: range.line + 1,
        column: range.column + 1,
        endLine: range.endLine + 1,
        endColumn: range.endColumn + 1,
        message,
      })),
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
};
