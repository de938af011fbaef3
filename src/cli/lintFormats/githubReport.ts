import type { Severity } from '../../core/manifest/problem.js';
import { sourceName } from '../../files/readSource.js';
import type { LintReport } from './lintReport.js';
import { summary, unlisted } from './textReport.js';

const commandOf: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', information: 'notice' };

/**
 * Workflow commands that GitHub Actions turns into annotations. GitHub ignores columns of a problem that spans lines, and an end column
 * is the last one, not the one after.
 */
export const githubReport: LintReport = (files) => {
  const lines: string[] = [];
  for (const { path, result } of files) {
    for (const { range, severity, rule, message } of result.problems) {
      const properties: [string, string | number][] = [
        ['file', sourceName(path)],
        ['line', range.line + 1],
        ['endLine', range.endLine + 1],
      ];
      if (range.line === range.endLine) {
        properties.push(['col', range.column + 1], ['endColumn', Math.max(range.endColumn, range.column + 1)]);
      }
      properties.push(['title', rule]);
      const written = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
      lines.push(`::${commandOf[severity]} ${written}::${escapeData(message)}`);
    }
  }
  for (const file of files) {
    for (const note of unlisted(file)) lines.push(`::notice file=${escapeProperty(sourceName(file.path))}::${escapeData(note)}`);
  }
  lines.push(escapeData(summary(files)));
  return `${lines.join('\n')}\n`;
};

/** Escapes as the Actions toolkit does: a message must not end its command or begin another. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
