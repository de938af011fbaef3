import { notUtf8Pattern } from '../rowView.js';
import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

export const notUtf8: RowRule = {
  id: 'not-utf8',
  severity: 'error',
  description: 'A manifest is UTF-8; other encodings make the job fail or name objects that do not exist.',
  docUrl: docPages.troubleshooting,
  isFixedByFixAll: false,
  check(view) {
    const start = view.text.search(notUtf8Pattern(view));
    if (start < 0) return undefined;
    return finding(notUtf8, { start, end: start + 1 }, 'This row holds bytes that are not UTF-8. Save the manifest as UTF-8.');
  },
};
