import { decodeKey } from '../manifest/keyEncoding.js';
import { normaliseMessage } from './normaliseMessage.js';
import { type ScannedRow } from './readReport.js';
import { fieldText } from './rowBytes.js';

/** How a task ended, as its report row says. */
export interface RowResult {
  readonly status: 'succeeded' | 'failed';
  readonly httpStatus: number;
  readonly code: string;
  readonly message: string;
}

/** A row whose second run did not end as its first. */
export interface DifferentRow {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly first: RowResult;
  /** null: the second report does not have the row. */
  readonly second: RowResult | null;
}

/**
 * Compares the reports of two runs of the same rows, in whatever order. Messages count without what is new each time, such as request
 * ids. A row that is there several times has its results compared as a set.
 */
export class RunComparer {
  readonly #first = new Map<string, { place: [string, string, string]; results: RowResult[] }>();
  readonly #different: DifferentRow[] = [];

  /** A row of the first run. All of them come first. */
  before(row: ScannedRow): void {
    const place = placeOf(row);
    const name = JSON.stringify(place);
    const known = this.#first.get(name);
    if (known === undefined) this.#first.set(name, { place, results: [resultOf(row)] });
    else known.results.push(resultOf(row));
  }

  /** A row of the second run. */
  after(row: ScannedRow): void {
    const place = placeOf(row);
    const known = this.#first.get(JSON.stringify(place));
    const second = resultOf(row);
    if (known === undefined) return;
    const same = known.results.findIndex((result) => comparable(result) === comparable(second));
    const [first] = known.results.splice(Math.max(0, same), 1);
    if (first !== undefined && same < 0) this.#different.push(different(place, first, second));
  }

  end(): readonly DifferentRow[] {
    for (const { place, results } of this.#first.values()) {
      for (const first of results) this.#different.push(different(place, first, null));
    }
    return this.#different;
  }
}

function different(
  [bucket, key, version]: readonly [string, string, string],
  first: RowResult,
  second: RowResult | null,
): DifferentRow {
  return { bucket, key, versionId: version === '' ? undefined : version, first, second };
}

function comparable({ status, httpStatus, code, message }: RowResult): string {
  return JSON.stringify([status, httpStatus, code, normaliseMessage(message)]);
}

function placeOf(row: ScannedRow): [string, string, string] {
  const { bytes } = row;
  const key = fieldText(bytes, row.keyStart, row.keyEnd);
  const version = row.versionEnd > row.versionStart ? fieldText(bytes, row.versionStart, row.versionEnd) : '';
  return [fieldText(bytes, row.bucketStart, row.bucketEnd), decodeKey(key) ?? key, version];
}

function resultOf(row: ScannedRow): RowResult {
  return {
    status: row.isFailed ? 'failed' : 'succeeded',
    httpStatus: row.httpStatus,
    code: fieldText(row.bytes, row.codeStart, row.codeEnd),
    message: fieldText(row.bytes, row.messageStart, row.messageEnd),
  };
}
