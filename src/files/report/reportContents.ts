import type { Cause } from '../../core/report/causes.js';
import type { WrittenManifest } from './writtenManifest.js';

/** One result file after it was read. */
export interface ReadFile {
  readonly name: string;
  /** What the manifest of the report says; undefined when there is none. */
  readonly status: 'succeeded' | 'failed' | undefined;
  readonly rows: number;
  /** Its MD5 is not the one that the manifest of the report says. */
  readonly isAltered: boolean;
  /** No manifest.json says what its MD5 is, so that nobody knows whether it is whole and unchanged. */
  readonly isUnverified: boolean;
}

/** A completion report that was read. */
export interface ReadReport {
  readonly jobId: string | undefined;
  /** ISO 8601, as the report says. */
  readonly createdAt: string | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** Biggest first. */
  readonly causes: readonly Cause[];
  readonly files: readonly ReadFile[];
  /** What could not be read of it, in sentences. Empty when all was. */
  readonly problems: readonly string[];
  readonly retry?: WrittenManifest;
}
