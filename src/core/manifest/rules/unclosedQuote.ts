import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

export const unclosedQuote: RowRule = {
  id: 'unclosed-quote',
  severity: 'error',
  description: 'A quoted field ends with a quote before the next comma; otherwise the row can not be read.',
  docUrl: docPages.troubleshooting,
  isFixedByFixAll: false,
  check(view) {
    const { error } = view;
    // A row that was cut has no end to see a quote at.
    if (error === undefined || view.isCut) return undefined;
    return finding(
      unclosedQuote,
      error,
      error.kind === 'unclosed-quote'
        ? 'This quote never closes. A quote within a key is written %22.'
        : 'Text after a closing quote. A quote within a quoted field is doubled; in a key it is written %22.',
    );
  },
};
