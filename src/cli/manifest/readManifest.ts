import { resolve } from 'node:path';
import { ManifestRows, type ManifestRow, type ManifestRowsOptions } from '../../core/manifest/making/manifestRows.js';
import type { CliIo } from '../cliIo.js';
import { usageError } from '../commandLine.js';
import { count } from '../output.js';
import type { Progress } from '../progress.js';
import { readSource, sourceName } from '../readSource.js';
import { statOf, type Write } from '../../files/replaceFile.js';

/** What of a manifest is known when all of it was read. */
export interface ReadManifest {
  readonly rows: number;
  readonly headerRows: number;
  readonly columnCount: number | undefined;
}

export interface ReadManifestOptions extends Omit<ManifestRowsOptions, 'name'> {
  readonly progress: Progress;
  /** Pieces that `onRow` made and that are to be written after each chunk. */
  readonly output?: { readonly pieces: Uint8Array[]; readonly write: Write };
}

/** Reads the rows of a manifest. Stops early when nobody reads the output any more. */
export async function readManifest(
  path: string,
  onRow: (row: ManifestRow) => void,
  options: ReadManifestOptions,
  io: CliIo,
): Promise<ReadManifest> {
  const name = sourceName(path);
  const rows = new ManifestRows(onRow, { name, fields: options.fields, like: options.like });
  const totalBytes = await plainSize(path, io);
  let bytes = 0;
  for await (const chunk of readSource(path, io)) {
    rows.push(chunk);
    bytes += chunk.length;
    options.progress.show(() => `${name}: ${count(rows.rows, 'row')}${shareOf(bytes, totalBytes)}`);
    if (!(await drain(options.output))) return rows;
  }
  rows.end();
  await drain(options.output);
  return rows;
}

/** Writes the pieces that gathered; false when nobody reads them. */
export async function drain(output: ReadManifestOptions['output']): Promise<boolean> {
  if (output === undefined) return true;
  for (const piece of output.pieces.splice(0)) if (!(await output.write(piece))) return false;
  return true;
}

export function refuseSecondStdin(paths: readonly string[]): void {
  if (paths.filter((path) => path === '-').length > 1) throw usageError('Stdin (-) can be read once only.');
}

/** A sentence for each file with header rows: they are no objects, so they are left out. */
export function headerNotes(files: readonly (readonly [path: string, manifest: ReadManifest])[]): string[] {
  return files.flatMap(([path, { headerRows }]) =>
    headerRows === 0 ? [] : [`${sourceName(path)}: ${count(headerRows, 'header row')} left out; a manifest has none.`],
  );
}

/** Undefined when the size says nothing about how much there is to read. */
export async function plainSize(path: string, io: CliIo): Promise<number | undefined> {
  if (path === '-' || /\.gz$/i.test(path)) return undefined;
  const stats = await statOf(resolve(io.cwd, path));
  return stats?.isFile() === true ? stats.size : undefined;
}

export function shareOf(bytes: number, totalBytes: number | undefined): string {
  if (totalBytes === undefined || totalBytes === 0) return '';
  return `, ${Math.min(100, Math.floor((bytes * 100) / totalBytes))} %`;
}
