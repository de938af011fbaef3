import { notUtf8Pattern, type RowView } from '../rowView.js';
import { docPages } from './docPages.js';
import { type Finding, finding, type RowFix, type RowRule } from './rule.js';

export const notUtf8: RowRule = {
  id: 'not-utf8',
  severity: 'error',
  description: 'A manifest is UTF-8; other encodings make the job fail or name objects that do not exist.',
  docUrl: docPages.troubleshooting,
  isFixedByFixAll: false,
  check(view) {
    const start = view.text.search(notUtf8Pattern(view));
    if (start < 0) return undefined;
    return finding(notUtf8, { start, end: start + 1 }, messageOf(view), {
      fixes: view.isDecodedElsewhere ? [changeEncoding] : [],
    });
  },
};

const changeEncoding: RowFix = { title: 'Change the encoding of the file…', isCertain: false, edits: [], changesEncoding: true };

/** The marks that UTF-16 begins with, as the reader decodes them, before a character of ASCII of either byte order. */
const utf16Beginning = /^\uDC80\uDC80(?:\0|[^\0]\0)/;

function messageOf(view: RowView): string {
  if (view.isForeign === true)
    return 'The file is not saved as UTF-8: S3 reads other characters here. Save the manifest as UTF-8.';
  if (!view.isDecodedElsewhere && utf16Beginning.test(view.text)) return utf16Message;
  return 'This row holds bytes that are not UTF-8. Save the manifest as UTF-8.';
}

const utf16Message = 'The file is UTF-16, as PowerShell and Excel write it. Save the manifest as UTF-8.';

/** Of UTF-16 no row is UTF-8, whatever it holds; of other encodings those are that hold ASCII only. */
export function findForeignEncoding(encoding: string | undefined): Finding | undefined {
  if (encoding?.startsWith('utf16') !== true) return undefined;
  return finding(notUtf8, { start: 0, end: 0 }, utf16Message, { fixes: [changeEncoding] });
}
