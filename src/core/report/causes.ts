import { decodeKey } from '../manifest/keyEncoding.js';
import type { KnownError } from './knownError.js';
import { explainTaskError } from './knownErrors.js';
import { normaliseMessage } from './normaliseMessage.js';
import type { ScannedRow } from './readReport.js';
import { copyBytes, fieldText } from './rowBytes.js';

/** What failures of one cause have in common. */
export interface CauseKey {
  /** ErrorCode of the report; empty when the rows have none. */
  readonly code: string;
  /** 0 when the rows have none. */
  readonly httpStatus: number;
  /** Normalised. */
  readonly message: string;
}

/** Failures that have the same code and, but for ids and times, the same message. */
export interface Cause extends CauseKey {
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
/** … beyond this, messages don't … */
const distinctLooseCauses = 2000;
/** … and beyond this, codes don't: a report whose every row differs must not fill the memory. */
const distinctCodes = 2400;

/** A message of the service has 1,024 characters, a key no more than that, encoded three times as many bytes. More of them is not kept. */
const keptBytes = 4096;

interface Group {
  code: string;
  httpStatus: number;
  message: string;
  count: number;
  sampleKeys: string[];
  sampleMessage: string;
}

/** So many messages are remembered byte for byte. */
const rememberedMessages = 1024;

/** Groups failed rows by cause while a report is read. */
export class CauseCounter {
  readonly #groups = new Map<string, Group>();
  /** Code and message as they were written, by a hash of their bytes: most failures repeat each other to the byte. */
  readonly #remembered = new Map<number, { readonly bytes: Uint8Array; readonly group: Group }>();
  #failed = 0;

  /** The cause that the row was counted under. A report that is read again, in the same order, gives each row the same one. */
  add(row: ScannedRow): CauseKey {
    this.#failed += 1;
    const { bytes } = row;
    // Code, status and message stand side by side in either order of the columns.
    const start = Math.min(row.codeStart, row.messageStart === 0 ? row.codeStart : row.messageStart);
    const end = Math.max(row.codeEnd, row.messageEnd);
    const hash = (hashOf(bytes, start, end) ^ row.httpStatus) >>> 0;
    const remembered = this.#remembered.get(hash);
    if (remembered?.group.httpStatus === row.httpStatus && isSame(remembered.bytes, bytes, start, end)) {
      count(remembered.group, row);
      return remembered.group;
    }
    const { group, isGeneral } = this.#groupOf(row);
    count(group, row);
    const isNew = remembered === undefined && this.#remembered.size < rememberedMessages;
    if (isGeneral && isNew && end - start <= 2 * keptBytes) {
      this.#remembered.set(hash, { bytes: copyBytes(bytes, start, end), group });
    }
    return group;
  }

  /** `isGeneral`: any row with the same code, status and message belongs to the group. */
  #groupOf(row: ScannedRow): { group: Group; isGeneral: boolean } {
    const { bytes } = row;
    let code = keptText(bytes, row.codeStart, row.codeEnd);
    let { httpStatus } = row;
    const message = keptText(bytes, row.messageStart, row.messageEnd);
    const keyField = keptText(bytes, row.keyStart, row.keyEnd);
    const version = row.versionEnd === row.versionStart ? '' : keptText(bytes, row.versionStart, row.versionEnd);
    const normal = normaliseMessage(message, { key: decodeKey(keyField) ?? keyField, keyField, version });
    let { text } = normal;
    let group = this.#groups.get(groupKey(code, httpStatus, text));
    if (group === undefined && this.#groups.size >= distinctCauses) {
      text = this.#groups.size < distinctLooseCauses ? text.replaceAll(/\d+/g, '<n>') : '(various messages)';
      group = this.#groups.get(groupKey(code, httpStatus, text));
      if (group === undefined && this.#groups.size >= distinctCodes) {
        code = '(various codes)';
        httpStatus = 0;
        group = this.#groups.get(groupKey(code, httpStatus, text));
      }
    }
    if (group === undefined) {
      group = { code, httpStatus, message: text, count: 0, sampleKeys: [], sampleMessage: message };
      this.#groups.set(groupKey(code, httpStatus, text), group);
    }
    // A status of its own goes with each group: `#remembered` is asked by the one of the row.
    return { group, isGeneral: !normal.hasOwnName && httpStatus === row.httpStatus };
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

function count(group: Group, row: ScannedRow): void {
  group.count += 1;
  if (group.sampleKeys.length >= samplesPerCause) return;
  const keyField = keptText(row.bytes, row.keyStart, row.keyEnd);
  group.sampleKeys.push(decodeKey(keyField) ?? keyField);
}

function keptText(bytes: Uint8Array, start: number, end: number): string {
  return fieldText(bytes, start, Math.min(end, start + keptBytes));
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash >>> 0;
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let index = 0; index < known.length; index += 1) if (known[index] !== bytes[start + index]) return false;
  return true;
}

function toCause(group: Group, failed: number): Cause {
  const known = explainTaskError(group);
  return { ...group, share: group.count / failed, ...(known === undefined ? {} : { known }) };
}

/** Stands for a cause where a text is needed. */
export function causeId(cause: CauseKey): string {
  return groupKey(cause.code, cause.httpStatus, cause.message);
}

function groupKey(code: string, httpStatus: number, message: string): string {
  return `${code}\u0000${httpStatus}\u0000${message}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
