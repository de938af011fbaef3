import type { ManifestField } from '../../core/job/jobTypes.js';
import type { CauseKey } from '../../core/report/causes.js';
import type { ComparedReports } from './compareFiles.js';
import type { ReportRows } from './readRows.js';
import type { WrittenManifest } from './writtenManifest.js';
import type { ReadReport } from './reportContents.js';
import type { RetryOutput } from './reportRun.js';

/** What a report thread does. Paths are as `findReport` takes them; nothing here holds a function, so that it can be posted. */
export type ReportTask =
  | { readonly kind: 'md5'; readonly paths: readonly string[] }
  | { readonly kind: 'read'; readonly path: string; readonly retry?: RetryOutput }
  | { readonly kind: 'rows'; readonly path: string; readonly cause: CauseKey; readonly skip: number; readonly limit: number }
  | {
      readonly kind: 'resume';
      readonly path: string;
      readonly manifest: string;
      /** Columns of the manifest; Bucket, Key and VersionId if there is a third, unless said. */
      readonly fields?: readonly ManifestField[];
      readonly out: string;
    }
  | { readonly kind: 'compare'; readonly before: string; readonly after: string };

interface Results {
  readonly md5: readonly string[];
  readonly read: ReadReport;
  readonly rows: ReportRows;
  readonly resume: WrittenManifest;
  readonly compare: ComparedReports;
}

export type ReportResult<K extends ReportTask['kind']> = Results[K];
