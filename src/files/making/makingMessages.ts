import type { MakingProgress } from './makingContext.js';
import type { MakingOutcome } from './makingTask.js';

/** What the worker says to whoever started it. It is told only one thing: to stop. */
export type FromMakingWorker =
  | { readonly kind: 'progress'; readonly progress: MakingProgress }
  | { readonly kind: 'done'; readonly outcome: MakingOutcome }
  /** `code` is undefined for an error that nobody foresaw. */
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string; readonly hint: string | undefined };
