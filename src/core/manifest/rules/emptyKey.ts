import { docPages } from './docPages.js';
import { finding, type RowRule } from './rule.js';

export const emptyKey: RowRule = {
  id: 'empty-key',
  severity: 'error',
  description: 'Every row names an object by its key.',
  docUrl: docPages.manifest,
  isFixedByFixAll: false,
  check(view) {
    return view.key?.value === '' ? finding(emptyKey, view.key, 'The key is missing.') : undefined;
  },
};
