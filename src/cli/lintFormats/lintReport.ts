import type { LintResult } from '../../core/manifest/lintManifest.js';
import type { CliIo } from '../cliIo.js';
import type { Style } from '../output.js';

export interface LintedFile {
  /** As it was given, `-` for stdin. */
  readonly path: string;
  readonly result: LintResult;
}

/** Writes what was found in all files as one document. */
export type LintReport = (files: readonly LintedFile[], style: Style, io: Pick<CliIo, 'tool'>) => string;
