import { resolve } from 'node:path';
import { throwIfAborted } from '../../base/async.js';
import { ManifestRows, type ManifestRow, type ManifestRowsOptions } from '../../core/manifest/making/manifestRows.js';
import { readSource, sourceName } from '../readSource.js';
import { statOf, type Write } from '../replaceFile.js';
import type { MakingContext } from './makingContext.js';
import type { RereadableInput } from './rereadableInput.js';

/** What of a manifest is known when all of it was read. */
export interface ReadManifest {
  /** As it was named. */
  readonly path: string;
  readonly rows: number;
  readonly headerRows: number;
  readonly columnCount: number | undefined;
}

export interface ReadManifestOptions extends Omit<ManifestRowsOptions, 'name'> {
  /** Pieces that `onRow` made and that are to be written after each chunk. */
  readonly output?: { readonly pieces: Uint8Array[]; readonly write: Write };
  /** Where the chunks come from when the manifest is read more than once. */
  readonly input?: RereadableInput;
}

/** Reads the rows of a manifest. Stops early when nobody reads the output any more. */
export async function readManifest(
  path: string,
  onRow: (row: ManifestRow) => void,
  options: ReadManifestOptions,
  context: MakingContext,
): Promise<ReadManifest> {
  const name = sourceName(path);
  const rows = new ManifestRows(onRow, { name, fields: options.fields, like: options.like });
  const totalBytes = await plainSize(path, context);
  let bytes = 0;
  const known = (): ReadManifest => ({ path, rows: rows.rows, headerRows: rows.headerRows, columnCount: rows.columnCount });
  for await (const chunk of options.input?.chunks(path) ?? readSource(path, context)) {
    throwIfAborted(context.signal);
    rows.push(chunk);
    bytes += chunk.length;
    context.onProgress?.({ name, rows: rows.rows, share: shareOf(bytes, totalBytes) });
    if (!(await drain(options.output))) return known();
  }
  rows.end();
  await drain(options.output);
  return known();
}

/** Writes the pieces that gathered; false when nobody reads them. */
export async function drain(output: ReadManifestOptions['output']): Promise<boolean> {
  if (output === undefined) return true;
  for (const piece of output.pieces.splice(0)) if (!(await output.write(piece))) return false;
  return true;
}

/** Undefined when the size says nothing about how much there is to read. */
export async function plainSize(path: string, context: MakingContext): Promise<number | undefined> {
  if (path === '-' || /\.gz$/i.test(path)) return undefined;
  const stats = await statOf(resolve(context.cwd, path));
  return stats?.isFile() === true ? stats.size : undefined;
}

/** 0 to 1. */
export function shareOf(bytes: number, totalBytes: number | undefined): number | undefined {
  return totalBytes === undefined || totalBytes === 0 ? undefined : Math.min(1, bytes / totalBytes);
}
