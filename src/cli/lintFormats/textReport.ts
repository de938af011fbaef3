import { count, printable, type Style } from '../output.js';
import { sourceName } from '../../files/readSource.js';
import type { LintedFile } from './lintReport.js';

/** `path:line:column severity rule message`, one problem a line, and a summary. */
export function textReport(files: readonly LintedFile[], style: Style): string {
  const lines: string[] = [];
  for (const file of files) {
    const { path, result } = file;
    const name = printable(sourceName(path));
    for (const { range, severity, rule, message } of result.problems) {
      lines.push(`${name}:${range.line + 1}:${range.column + 1} ${style[severity](severity)} ${rule} ${printable(message)}`);
    }
    lines.push(...unlisted(file).map((note) => style.dim(note)));
  }
  lines.push(summary(files));
  return `${lines.join('\n')}\n`;
}

/** A sentence about the problems that are counted but not listed, if there are any. */
export function unlisted({ path, result }: LintedFile): string[] {
  const hidden = result.errors + result.warnings + result.information - result.problems.length;
  if (hidden === 0) return [];
  return [`${printable(sourceName(path))}: ${count(hidden, 'more problem')} not listed; see --max-problems.`];
}

export function summary(files: readonly LintedFile[]): string {
  const sum = (value: (file: LintedFile) => number): number => files.reduce((total, file) => total + value(file), 0);
  const found = [
    { number: sum((file) => file.result.errors), text: 'error' },
    { number: sum((file) => file.result.warnings), text: 'warning' },
  ];
  const parts = found.filter(({ number }) => number > 0).map(({ number, text }) => count(number, text));
  const information = sum((file) => file.result.information);
  if (information > 0) parts.push(`${information.toLocaleString('en')} information`);
  const where = files.length === 1 ? '' : ` in ${count(files.length, 'file')}`;
  return `${count(
    sum((file) => file.result.rows),
    'row',
  )}${where}: ${parts.length === 0 ? 'no problems' : parts.join(', ')}`;
}
