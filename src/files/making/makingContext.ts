import type { SourceIo } from '../readSource.js';

/** How far an operation on manifests is. */
export interface MakingProgress {
  /** The file that is being read, as it was named. */
  readonly name: string;
  /** Rows of it so far. */
  readonly rows: number;
  /** 0 to 1, of this reading of this file; undefined when nobody knows. */
  readonly share: number | undefined;
}

/** What an operation on manifests gets of whoever runs it. */
export interface MakingContext extends SourceIo {
  /** Ends the operation with the cancellation error. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each chunk: often. */
  readonly onProgress?: ((progress: MakingProgress) => void) | undefined;
}
