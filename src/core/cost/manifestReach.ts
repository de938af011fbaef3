import type { ManifestField } from '../job/jobTypes.js';
import { type ManifestRow, ManifestRows } from '../manifest/making/manifestRows.js';
import { fieldText } from '../report/rowBytes.js';

/** How far a manifest reaches. */
export interface ManifestReach {
  readonly rows: number;
  /** Rows by bucket name, in the order in which the buckets first appear. */
  readonly buckets: ReadonlyMap<string, number>;
}

/** Counts the rows of a manifest by bucket while it comes in chunks. Throws as `ManifestRows` does. */
export class ReachCounter {
  readonly #rows: ManifestRows;
  readonly #buckets = new Map<string, number>();
  /** Raw bytes of the last row's bucket: most rows have the bucket of the row before. */
  #lastField: Uint8Array = new Uint8Array(0);
  #lastBucket = '';
  #lastCount = 0;

  constructor(name: string, fields?: readonly ManifestField[]) {
    this.#rows = new ManifestRows((row) => this.#count(row), { name, fields });
  }

  push(chunk: Uint8Array): void {
    this.#rows.push(chunk);
  }

  end(): ManifestReach {
    this.#rows.end();
    this.#settle();
    return { rows: this.#rows.rows, buckets: this.#buckets };
  }

  #count(row: ManifestRow): void {
    if (!this.#isLast(row)) {
      this.#settle();
      this.#lastField = row.bytes.slice(row.bucketStart, row.bucketEnd);
      this.#lastBucket = fieldText(row.bytes, row.bucketStart, row.bucketEnd);
    }
    this.#lastCount += 1;
  }

  #isLast(row: ManifestRow): boolean {
    const last = this.#lastField;
    if (this.#lastCount === 0 || row.bucketEnd - row.bucketStart !== last.length) return false;
    for (let index = 0; index < last.length; index += 1) if (row.bytes[row.bucketStart + index] !== last[index]) return false;
    return true;
  }

  #settle(): void {
    if (this.#lastCount > 0) this.#buckets.set(this.#lastBucket, (this.#buckets.get(this.#lastBucket) ?? 0) + this.#lastCount);
    this.#lastCount = 0;
  }
}
