import { docPages } from './docPages.js';
import { type Finding, finding, type RuleInfo } from './rule.js';

export const byteOrderMark: RuleInfo = {
  id: 'byte-order-mark',
  severity: 'error',
  description: 'A manifest is UTF-8 without a byte order mark (BOM), which would become part of the first bucket name.',
  docUrl: docPages.troubleshooting,
  isFixedByFixAll: true,
};

/** Columns do not count the mark, as no editor shows it: the finding is empty, at the beginning. */
export function findByteOrderMark(): Finding {
  const message = 'The file begins with a byte order mark (BOM). A manifest is UTF-8 without one.';
  return finding(byteOrderMark, { start: 0, end: 0 }, message, {
    fixes: [{ title: 'Remove the byte order mark', isCertain: true, edits: [], removesByteOrderMark: true }],
  });
}
