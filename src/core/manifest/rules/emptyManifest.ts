import { docPages } from './docPages.js';
import { type Finding, finding, type RuleInfo } from './rule.js';

export const emptyManifest: RuleInfo = {
  id: 'empty-manifest',
  severity: 'error',
  description: 'A manifest lists at least one object; without a row the job fails while it is prepared.',
  docUrl: docPages.manifest,
  isFixedByFixAll: false,
};

export function findEmptyManifest(): Finding {
  return finding(emptyManifest, { start: 0, end: 0 }, 'The manifest has no rows.');
}
