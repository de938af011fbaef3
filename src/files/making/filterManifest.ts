import { BatchError } from '../../base/errors.js';
import { KeyFilter, type KeyFilterOptions } from '../../core/manifest/making/keyFilter.js';
import { bucketOfRow, keyOfRow, type ManifestRowsOptions } from '../../core/manifest/making/manifestRows.js';
import { RowWriter } from '../../core/manifest/making/rowWriter.js';
import type { Write } from '../replaceFile.js';
import type { MakingContext } from './makingContext.js';
import { drain, readManifest, type ReadManifest } from './readManifest.js';

export interface FilterOptions extends KeyFilterOptions {
  /** Rows of these buckets only. */
  readonly buckets?: readonly string[] | undefined;
  readonly fields?: ManifestRowsOptions['fields'];
}

export interface FilterResult {
  /** Written. */
  readonly rows: number;
  readonly read: ReadManifest;
}

/** Throws `BadPattern` for a pattern that can't be read, and `NoFilter` when nothing says which rows to keep. */
export function checkFilter(options: FilterOptions): KeyFilter {
  const filter = new KeyFilter(options);
  if (filter.keepsAll && options.buckets === undefined) {
    throw new BatchError('NoFilter', 'Nothing says which rows to keep.', { hint: 'Give a prefix or a pattern of the keys.' });
  }
  return filter;
}

/** Writes the rows whose bucket and decoded key fit. */
export async function writeFiltered(
  path: string,
  options: FilterOptions,
  write: Write,
  context: MakingContext,
): Promise<FilterResult> {
  const filter = checkFilter(options);
  const buckets = options.buckets === undefined ? undefined : new Set(options.buckets);
  const pieces: Uint8Array[] = [];
  const output = { pieces, write };
  const writer = new RowWriter((piece) => pieces.push(piece));
  const read = await readManifest(
    path,
    (row) => {
      if (buckets?.has(bucketOfRow(row)) === false) return;
      if (filter.keepsAll || filter.fits(keyOfRow(row))) writer.add(row);
    },
    { fields: options.fields, output },
    context,
  );
  writer.end();
  await drain(output);
  return { rows: writer.rows, read };
}
