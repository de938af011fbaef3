import type { Duplicates, SearchPlan } from './duplicateSearch.js';
import type { HashParts } from './hashStore.js';
import type { PostedError } from './postedError.js';
import type { ChunkResult, ScanPlan } from './scanPlan.js';

/** What the driver posts to a lint worker. */
export type ToWorker =
  | { readonly kind: 'scan'; readonly plan: ScanPlan; readonly control: SharedArrayBuffer }
  | { readonly kind: 'search'; readonly plan: SearchPlan }
  | { readonly kind: 'close' };

/** What a lint worker posts. `failed` ends the work in hand; the reason is of the file (`exact`) or one that nobody foresaw. */
export type FromWorker =
  | { readonly kind: 'chunks'; readonly results: readonly ChunkResult[] }
  | { readonly kind: 'scanned'; readonly parts: HashParts | undefined }
  | { readonly kind: 'searched'; readonly duplicates: Duplicates }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly isExactNeeded: boolean; readonly error: PostedError };
