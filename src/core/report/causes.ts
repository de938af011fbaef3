import { decodeKey } from '../manifest/keyEncoding.js';
import { type KnownError, explainTaskError } from './knownErrors.js';
import { normaliseMessage } from './normaliseMessage.js';
import type { ScannedRow } from './readReport.js';
import { fieldText } from './rowBytes.js';

/** Failures that have the same code and, but for ids and times, the same message. */
export interface Cause {
  /** ErrorCode of the report; empty when the rows have none. */
  readonly code: string;
  readonly httpStatus: number;
  /** Normalised. */
  readonly message: string;
  readonly count: number;
  /** Of all failed tasks, 0 to 1. */
  readonly share: number;
  /** Keys of the first few rows, decoded. */
  readonly sampleKeys: readonly string[];
  /** The message of the first row as it stands in the report. */
  readonly sampleMessage: string;
  /** What is known of it; undefined when nothing is. */
  readonly known?: KnownError;
}

const samplesPerCause = 5;

/** So many causes are told apart; beyond, digits no longer count … */
const distinctCauses = 500;
/** … and beyond this, messages don't: a report whose every message differs must not fill the memory. */
const distinctLooseCauses = 2000;

interface Group {
  code: string;
  httpStatus: number;
  message: string;
  count: number;
  sampleKeys: string[];
  sampleMessage: string;
}

/** Groups failed rows by cause while a report is read. */
export class CauseCounter {
  readonly #groups = new Map<string, Group>();
  #failed = 0;

  add(row: ScannedRow): void {
    this.#failed += 1;
    const { bytes } = row;
    const code = fieldText(bytes, row.codeStart, row.codeEnd);
    const message = fieldText(bytes, row.messageStart, row.messageEnd);
    const keyField = fieldText(bytes, row.keyStart, row.keyEnd);
    const key = decodeKey(keyField) ?? keyField;
    const version = fieldText(bytes, row.versionStart, row.versionEnd);
    let normal = normaliseMessage(message, { key, keyField, version });
    let group = this.#groups.get(groupKey(code, row.httpStatus, normal));
    if (group === undefined && this.#groups.size >= distinctCauses) {
      normal = this.#groups.size < distinctLooseCauses ? normal.replaceAll(/\d+/g, '<n>') : '(various messages)';
      group = this.#groups.get(groupKey(code, row.httpStatus, normal));
    }
    if (group === undefined) {
      group = { code, httpStatus: row.httpStatus, message: normal, count: 0, sampleKeys: [], sampleMessage: message };
      this.#groups.set(groupKey(code, row.httpStatus, normal), group);
    }
    group.count += 1;
    if (group.sampleKeys.length < samplesPerCause) group.sampleKeys.push(key);
  }

  /** Biggest first; of the same size, by code and message. */
  causes(): Cause[] {
    return [...this.#groups.values()]
      .toSorted(
        (left, right) => right.count - left.count || compare(left.code, right.code) || compare(left.message, right.message),
      )
      .map((group) => toCause(group, this.#failed));
  }
}

function toCause(group: Group, failed: number): Cause {
  const known = explainTaskError(group);
  return { ...group, share: group.count / failed, ...(known === undefined ? {} : { known }) };
}

function groupKey(code: string, httpStatus: number, message: string): string {
  return `${code}\u0000${httpStatus}\u0000${message}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
