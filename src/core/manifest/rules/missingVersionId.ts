import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

export const missingVersionId: RowRule = {
  id: 'missing-version-id',
  severity: 'error',
  description: 'When a manifest has versions every row needs one; "null" names the version of an unversioned object.',
  docUrl: docPages.versionIds,
  isFixedByFixAll: true,
  check(view) {
    const version = view.versionId;
    if (version?.value !== '') return undefined;
    const message = 'The version id is missing. Write null for an object without versions.';
    return finding(missingVersionId, version, message, {
      fixes: [{ title: 'Write null', isCertain: true, edits: [{ start: version.start, end: version.start, text: 'null' }] }],
    });
  },
};
