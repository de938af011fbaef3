import type { ManifestField } from '../../core/job/jobTypes.js';

/** A manifest that was made of a report. */
export interface WrittenManifest {
  readonly path: string;
  readonly rows: number;
  /** For Manifest.Spec.Fields of the next job; undefined when they are those of the manifest that it was made from. */
  readonly fields?: readonly ManifestField[];
}
