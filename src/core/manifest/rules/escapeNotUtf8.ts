import { firstInvalidSequence } from '../utf8.js';
import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

/** Escapes of ASCII bytes are always UTF-8, and most keys have no others. */
const nonAsciiEscape = /%[89A-Fa-f][0-9A-Fa-f]/;

export const escapeNotUtf8: RowRule = {
  id: 'escape-not-utf8',
  severity: 'error',
  description: 'The escapes of a key are the bytes of its UTF-8 form.',
  docUrl: docPages.troubleshooting,
  isFixedByFixAll: false,
  check(view) {
    const { key } = view;
    if (key === undefined || view.keyUri !== undefined || !nonAsciiEscape.test(key.value)) return undefined;
    // Characters between escapes are whole characters, so each run of escapes must be UTF-8 for itself.
    for (const run of view.text.slice(key.start, key.end).matchAll(/(?:%[0-9A-Fa-f]{2})+/g)) {
      const bytes = Uint8Array.from(run[0].slice(1).split('%'), (hex) => Number.parseInt(hex, 16));
      const bad = firstInvalidSequence(bytes);
      if (bad === undefined) continue;
      const start = key.start + run.index + bad.start * 3;
      const message = 'These escapes are not UTF-8. Encode the key from its UTF-8 form.';
      return finding(escapeNotUtf8, { start, end: start + (bad.end - bad.start) * 3 }, message);
    }
    return undefined;
  },
};
