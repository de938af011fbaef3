import type { LintResult } from '../core/manifest/lintManifest.js';
import type { LintOptions } from '../core/manifest/lintOptions.js';
import type { Problem } from '../core/manifest/problem.js';
import type { PostedError } from './postedError.js';

/** What is posted to a lint thread: it lints one file at a time. */
export type ToLintThread =
  | {
      readonly kind: 'lint';
      readonly path: string;
      readonly name: string;
      readonly lint: LintOptions;
      readonly workerCount: number;
      /** Undefined when nobody wants problems before the end. */
      readonly partialAfterMs: number | undefined;
    }
  | { readonly kind: 'abort' };

/** What a lint thread posts. The last of a lint is `done` or `failed`. */
export type FromLintThread =
  | { readonly kind: 'progress'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly kind: 'partial'; readonly problems: readonly Problem[] }
  | { readonly kind: 'done'; readonly result: LintResult }
  | { readonly kind: 'failed'; readonly error: PostedError };
