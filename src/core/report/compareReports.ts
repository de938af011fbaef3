import { decodeKey } from '../manifest/keyEncoding.js';
import { type Cause, CauseCounter } from './causes.js';
import type { ScannedRow } from './readReport.js';
import { fieldText } from './rowBytes.js';
import { RowCounts } from './rowCounts.js';

/** What changed from one report to a later one. Rows are the same when bucket, decoded key and version are. */
export interface ReportComparison {
  /** Failed in the later report, and not in the earlier one. */
  readonly newlyFailing: number;
  /** Of the newly failing, biggest first. */
  readonly newCauses: readonly Cause[];
  /** Failed in the earlier report, succeeded in the later one. */
  readonly newlyFixed: number;
  /** Decoded keys of the first few. */
  readonly fixedKeys: readonly string[];
  /** Failed in both. */
  readonly stillFailing: number;
  /** Failed in the earlier report; the later one does not speak of them: not attempted, or the scope is FailedTasksOnly. */
  readonly notInLater: number;
}

const samples = 5;

/** Compares two reports of any size, by what failed in the earlier one: 24 to 48 bytes of memory for each of those rows. */
export class ReportComparer {
  readonly #failedBefore = new RowCounts();
  readonly #newCauses = new CauseCounter();
  readonly #fixedKeys: string[] = [];
  #newlyFailing = 0;
  #newlyFixed = 0;
  #stillFailing = 0;

  /** A row of the earlier report. All of them come first. */
  before(row: ScannedRow): void {
    if (row.isFailed) this.#failedBefore.add(row.bytes, row);
  }

  /** A row of the later report. */
  after(row: ScannedRow): void {
    const failedBefore = this.#failedBefore.take(row.bytes, row);
    if (row.isFailed && failedBefore) this.#stillFailing += 1;
    else if (row.isFailed) {
      this.#newlyFailing += 1;
      this.#newCauses.add(row);
    } else if (failedBefore) {
      this.#newlyFixed += 1;
      if (this.#fixedKeys.length >= samples) return;
      const keyField = fieldText(row.bytes, row.keyStart, row.keyEnd);
      this.#fixedKeys.push(decodeKey(keyField) ?? keyField);
    }
  }

  result(): ReportComparison {
    return {
      newlyFailing: this.#newlyFailing,
      newCauses: this.#newCauses.causes(),
      newlyFixed: this.#newlyFixed,
      fixedKeys: this.#fixedKeys,
      stillFailing: this.#stillFailing,
      notInLater: this.#failedBefore.size,
    };
  }
}
