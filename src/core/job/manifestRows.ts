import { concatBytes } from '../../base/bytes.js';
import { BatchError } from '../../base/errors.js';
import { ManifestRows } from '../manifest/making/manifestRows.js';
import { RowWriter } from '../manifest/making/rowWriter.js';
import { SeededRandom } from '../manifest/making/random.js';
import { RowSampler } from '../manifest/making/sampleRows.js';
import type { ManifestField } from './jobTypes.js';

/** The part of a manifest that a job is tried with. */
export type RowChoice =
  | { readonly kind: 'first'; readonly count: number }
  /** Drawn at random, from each prefix in proportion to its rows; the same seed draws the same rows. */
  | { readonly kind: 'sample'; readonly count: number; readonly seed: number };

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/**
 * The first `limit` rows of a CSV manifest with their line ends; all of it when it has no more. A line break inside quotes does not end
 * a row. Shares memory with what it is given.
 */
export function firstRows(manifest: Uint8Array, limit: number): Uint8Array {
  let rows = 0;
  let isQuoted = false;
  for (let index = 0; index < manifest.length; index += 1) {
    const byte = manifest[index];
    if (byte === quote) isQuoted = !isQuoted;
    else if (!isQuoted && (byte === lineFeed || byte === carriageReturn)) {
      const end = byte === carriageReturn && manifest[index + 1] === lineFeed ? index + 2 : index + 1;
      rows += 1;
      if (rows >= limit) return manifest.subarray(0, end);
      index = end - 1;
    }
  }
  return manifest;
}

/**
 * The rows of a choice, in the order of the manifest. Shares memory with what it is given. Throws `InvalidLimit`, and `BadManifest` when a
 * row to draw from can't be read.
 */
export function chosenRows(
  manifest: Uint8Array,
  choice: RowChoice,
  options: { readonly name: string; readonly fields?: readonly ManifestField[] | undefined },
): Uint8Array {
  checkChoice(choice);
  if (choice.kind === 'first') return firstRows(manifest, choice.count);
  const sampler = new RowSampler({ size: choice.count, seed: choice.seed, prefixDepth: 1 });
  const pieces: Uint8Array[] = [];
  const writer = new RowWriter((piece) => pieces.push(piece));
  for (const onRow of [
    (row: Parameters<RowSampler['count']>[0]) => sampler.count(row),
    (row: Parameters<RowSampler['count']>[0]) => void (sampler.isDrawn(row) && writer.add(row)),
  ]) {
    const rows = new ManifestRows(onRow, options);
    rows.push(manifest);
    rows.end();
  }
  sampler.end();
  writer.end();
  const [first, ...more] = pieces;
  return first !== undefined && more.length === 0 ? first : concatBytes(pieces);
}

/** All rows in an order drawn at random, the same for the same seed. */
export function shuffledRows(
  manifest: Uint8Array,
  seed: number,
  options: { readonly name: string; readonly fields?: readonly ManifestField[] | undefined },
): Uint8Array {
  const rows: Uint8Array[] = [];
  const reader = new ManifestRows(({ bytes, start, next }) => void rows.push(bytes.slice(start, next)), options);
  reader.push(manifest);
  reader.end();
  const random = new SeededRandom(seed);
  for (let last = rows.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const [drawn] = rows.splice(other, 1, ...rows.slice(last, last + 1));
    if (drawn !== undefined) rows[last] = drawn;
  }
  const pieces: Uint8Array[] = [];
  const writer = new RowWriter((piece) => pieces.push(piece));
  for (const bytes of rows) writer.add({ bytes, start: 0, next: bytes.length });
  writer.end();
  return concatBytes(pieces);
}

/** Throws `InvalidLimit` when no rows can be chosen so. */
export function checkChoice(choice: RowChoice): void {
  if (!Number.isSafeInteger(choice.count) || choice.count < 1) {
    throw new BatchError('InvalidLimit', `The number of rows must be a whole number, 1 or more, but is ${choice.count}.`);
  }
}

/**
 * `manifests/list.csv` limited to 100 rows is `manifests/list.first-100.csv`, and a sample of them `manifests/list.sample-100-1.csv`, so
 * that the whole list is never overwritten by a part.
 */
export function chosenKey(key: string, choice: RowChoice): string {
  const name = choice.kind === 'first' ? `first-${choice.count}` : `sample-${choice.count}-${choice.seed}`;
  return partKey(key, name);
}

/** `list.csv` as `list.NAME.csv`. */
export function partKey(key: string, name: string): string {
  const slash = key.lastIndexOf('/');
  const dot = key.lastIndexOf('.');
  const end = dot > slash + 1 ? dot : key.length;
  return `${key.slice(0, end)}.${name}${key.slice(end)}`;
}
