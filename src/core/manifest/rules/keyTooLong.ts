import { utf8Length } from '../keyEncoding.js';
import { maxRowLength } from '../rowView.js';
import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

/** Bytes of UTF-8. Source: S3 User Guide, object-keys. The key field of a Lambda job has the same limit in characters as written. */
const maxKeyLength = 1024;

export const keyTooLong: RowRule = {
  id: 'key-too-long',
  severity: 'error',
  otherSeverity: 'warning',
  description: 'A key has at most 1,024 bytes, and its field should have no more characters than that as written.',
  docUrl: docPages.objectKeys,
  isFixedByFixAll: false,
  check(view) {
    if (view.isCut) {
      const message = `This row is longer than ${maxRowLength.toLocaleString('en')} characters: no bucket, key and version are.`;
      return finding(keyTooLong, { start: 0, end: view.text.length }, message);
    }
    const { key } = view;
    if (key === undefined || view.keyUri !== undefined || key.value.length * 3 <= maxKeyLength) return undefined;
    const bytes = decodedLength(key.value);
    if (bytes > maxKeyLength) {
      return finding(keyTooLong, key, `This key has ${bytes.toLocaleString('en')} bytes; the limit is 1,024.`);
    }
    if (key.value.length <= maxKeyLength) return undefined;
    const length = key.value.length.toLocaleString('en');
    const message = `This key is written with ${length} characters. Lambda jobs take at most 1,024 as written.`;
    return finding(keyTooLong, key, message, { severity: 'warning' });
  },
};

/** Bytes of the decoded key; a `%` that is no escape counts for itself. */
function decodedLength(field: string): number {
  const escapes = field.match(/%[0-9A-Fa-f]{2}/g)?.length ?? 0;
  return utf8Length(field) - 2 * escapes;
}
