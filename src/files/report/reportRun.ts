import type { CauseKey } from '../../core/report/causes.js';

/** Which failed tasks: of these codes, of these causes, or all. */
export interface FailureChoice {
  readonly codes?: readonly string[];
  readonly causes?: readonly CauseKey[];
}

/** Where a manifest of the failed tasks is written. */
export interface RetryOutput {
  readonly path: string;
  readonly choice?: FailureChoice;
}

export interface ReportRun {
  readonly signal?: AbortSignal | undefined;
  /** Bytes, packed if the files are; some times a second at most. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}
