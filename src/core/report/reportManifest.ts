import { BatchError } from '../../base/errors.js';
import { isRecord } from '../operations/validateShape.js';
import { reportSchema } from './reportRow.js';

/** One result file of a report. */
export interface ReportResult {
  readonly status: 'succeeded' | 'failed';
  readonly bucket: string;
  /** Lower-case hex over the file's bytes. */
  readonly md5: string;
  readonly key: string;
}

/** A result file as a manifest.json that was read names it. */
export interface ListedResult extends Omit<ReportResult, 'status' | 'md5'> {
  /** Undefined when the manifest.json says something else than the two words. */
  readonly status: ReportResult['status'] | undefined;
  /** Lower-case hex; undefined when the manifest.json says none. */
  readonly md5: string | undefined;
}

export interface ReportManifest {
  readonly format: string;
  /** ISO 8601. */
  readonly creationDate: string;
  readonly schema: string;
  /** No key twice. */
  readonly results: readonly ListedResult[];
}

/**
 * The text of a report's manifest.json, in the service's own layout. Only groups that have rows are listed; `Results` is empty for
 * FailedTasksOnly without a failure (not documented: emulated).
 */
export function formatReportManifest(createdAtMs: number, results: readonly ReportResult[]): string {
  return JSON.stringify(
    {
      Format: 'Report_CSV_20180820',
      ReportCreationDate: nanosecondDate(createdAtMs),
      Results: results.map((result) => ({
        TaskExecutionStatus: result.status,
        Bucket: result.bucket,
        MD5Checksum: result.md5,
        Key: result.key,
      })),
      ReportSchema: reportSchema,
    },
    undefined,
    2,
  );
}

/** `2026-08-27T09:49:46.474000000Z`: the service prints nanoseconds; a clock of milliseconds fills them with zeros. */
function nanosecondDate(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z');
}

/** Where the files of a report are. A prefix that ends with a slash gives two, as on the service. Source: facts of real jobs. */
export function reportKeys(
  prefix: string | undefined,
  jobId: string,
): { readonly folder: string; readonly manifest: string; readonly manifestMd5: string; result(name: string): string } {
  const folder = prefix === undefined || prefix === '' ? `job-${jobId}` : `${prefix}/job-${jobId}`;
  return {
    folder,
    manifest: `${folder}/manifest.json`,
    manifestMd5: `${folder}/manifest.json.md5`,
    result: (name) => `${folder}/results/${name}.csv`,
  };
}

/** Reads a report's manifest.json. Throws a BatchError `BadReport` that says what is wrong with `name` when it is none. */
export function parseReportManifest(text: string, name = 'The manifest.json of the report'): ReportManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BatchError('BadReport', `${name} is not JSON.`, { hint: whatToChoose, cause: error });
  }
  if (!isRecord(value) || !Array.isArray(value['Results'])) {
    throw new BatchError('BadReport', `${name} is not the manifest.json of a completion report: it has no list "Results".`, {
      hint: whatToChoose,
    });
  }
  return {
    format: textOf(value['Format']),
    creationDate: textOf(value['ReportCreationDate']),
    schema: textOf(value['ReportSchema']),
    results: listedResults(value['Results']),
  };
}

const whatToChoose =
  'Choose the manifest.json in the folder job-<id> of the report, one of its result files (.csv or .csv.gz), or a .zip of these.';

function listedResults(list: readonly unknown[]): ListedResult[] {
  const keys = new Set<string>();
  return list.map((result, index) => {
    const key = isRecord(result) ? textOf(result['Key']) : '';
    if (!isRecord(result) || !canBeKey(key)) {
      throw new BatchError('BadReport', `Result ${index + 1} in the manifest.json of the report names no file.`);
    }
    // Read twice, its failures would be counted, and tried again, twice.
    if (keys.has(key)) throw new BatchError('BadReport', `The manifest.json of the report names ${JSON.stringify(key)} twice.`);
    keys.add(key);
    return {
      status: statusOf(textOf(result['TaskExecutionStatus'])),
      bucket: textOf(result['Bucket']),
      md5: textOf(result['MD5Checksum']).toLowerCase() || undefined,
      key,
    };
  });
}

/** A key has a character at least; no file system, and no key of a report, has a NUL. */
function canBeKey(key: string): boolean {
  return key !== '' && !key.includes('\0');
}

function statusOf(word: string): ListedResult['status'] {
  return word === 'failed' || word === 'succeeded' ? word : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
