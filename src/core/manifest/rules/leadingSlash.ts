import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

export const leadingSlash: RowRule = {
  id: 'leading-slash',
  severity: 'warning',
  description: 'Keys rarely begin with a slash: "/a" and "a" are two objects.',
  docUrl: docPages.objectKeys,
  isFixedByFixAll: false,
  check(view) {
    const { key } = view;
    const slash = key === undefined ? undefined : /^(?:\/|%2[Ff])/.exec(key.value)?.[0];
    if (key === undefined || slash === undefined) return undefined;
    const place = { start: key.start, end: key.start + slash.length };
    return finding(leadingSlash, place, 'The key begins with a slash. Most keys do not: "/a" and "a" are two objects.', {
      fixes: [{ title: 'Remove the leading slash', isCertain: false, edits: [{ ...place, text: '' }] }],
    });
  },
};
