import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { throwIfAborted } from '../../base/async.js';
import { BatchError, isBatchError } from '../../base/errors.js';
import { InventoryConverter, type InventoryCounts, type InventoryPart } from '../../core/manifest/making/inventory.js';
import { readSource } from '../readSource.js';
import type { Write } from '../replaceFile.js';
import { type FoundInventory, findInventory } from './inventoryFiles.js';
import type { MakingContext } from './makingContext.js';

export interface InventoryOptions {
  /** Leave out all versions but the latest of each key. */
  readonly isCurrentOnly?: boolean | undefined;
}

export interface InventoryResult {
  readonly counts: InventoryCounts;
  /** Columns of the manifest, for Manifest.Spec.Fields. */
  readonly fields: InventoryConverter['fields'];
}

/** Writes an inventory as a manifest. Throws `IncompleteInventory` or `BadInventory` when it is not as S3 wrote it. */
export async function writeInventory(
  inventory: FoundInventory,
  options: InventoryOptions,
  write: Write,
  context: MakingContext,
): Promise<InventoryResult> {
  const problems = problemsOf(inventory);
  if (problems.length > 0) {
    throw new BatchError('IncompleteInventory', 'Nothing was written, because the inventory is not whole.', {
      hint: problems.join('\n'),
    });
  }
  let rows: string[] = [];
  const converter = new InventoryConverter((row) => rows.push(row), { ...options, columns: inventory.columns });
  const flush = async (): Promise<boolean> => {
    const text = rows.join('');
    rows = [];
    return text === '' || (await write(text));
  };
  for (const [index, part] of inventory.found.entries()) {
    const place = { index, count: inventory.found.length };
    if (!(await readPart(part, converter, flush, { ...context, ...progressOf(context, place) }))) break;
  }
  return { counts: converter.counts, fields: converter.fields };
}

export interface InventoryCheck extends InventoryResult {
  /** A sentence each. */
  readonly problems: readonly string[];
  readonly sourceBucket: string;
  readonly parts: number;
}

/** Reads everything, goes on after what is wrong, and says all of it. `path` as for findInventory. */
export async function checkInventory(
  path: string,
  folder: string | undefined,
  options: InventoryOptions,
  context: MakingContext,
): Promise<InventoryCheck> {
  const inventory = await findInventory(path, folder);
  const problems = problemsOf(inventory);
  const converter = new InventoryConverter(() => undefined, { ...options, columns: inventory.columns });
  for (const [index, part] of inventory.found.entries()) {
    try {
      const place = { index, count: inventory.found.length };
      await readPart(part, converter, async () => true, { ...context, ...progressOf(context, place) });
    } catch (error) {
      if (!isBatchError(error) || error.code === 'Cancelled') throw error;
      problems.push(error.message);
    }
  }
  const { counts, fields } = converter;
  return { counts, fields, problems, sourceBucket: inventory.sourceBucket, parts: inventory.parts.length };
}

/** The share of all data files instead of that of one. */
function progressOf({ onProgress }: MakingContext, { index, count }: { index: number; count: number }): Partial<MakingContext> {
  return onProgress === undefined
    ? {}
    : { onProgress: (progress) => onProgress({ ...progress, share: (index + (progress.share ?? 0)) / count }) };
}

function problemsOf(inventory: FoundInventory): string[] {
  return [
    ...(inventory.isChecksumWrong ? ['The manifest.json is not the one that manifest.checksum is of.'] : []),
    ...inventory.missing.map((key) => `The data file ${key} is not here.`),
  ];
}

/** Reads one data file and verifies it; false when nobody reads what is written. */
async function readPart(
  part: InventoryPart & { readonly path: string },
  converter: InventoryConverter,
  flush: () => Promise<boolean>,
  context: MakingContext,
): Promise<boolean> {
  const name = relative(context.cwd, part.path);
  const reader = converter.part(name);
  const hash = createHash('md5');
  const isPacked = /\.gz$/i.test(part.path);
  let bytes = 0;
  const onStored = (chunk: Uint8Array): void => {
    hash.update(chunk);
    bytes += chunk.length;
  };
  for await (const chunk of readSource(part.path, context, onStored)) {
    throwIfAborted(context.signal);
    if (!isPacked) onStored(chunk);
    reader.push(chunk);
    const share = part.sizeBytes === undefined || part.sizeBytes === 0 ? undefined : Math.min(1, bytes / part.sizeBytes);
    context.onProgress?.({ name, rows: converter.counts.rows, share });
    if (!(await flush())) return false;
  }
  reader.end();
  if (part.sizeBytes !== undefined && part.sizeBytes !== bytes) {
    throw new BatchError('BadInventory', `${name} has ${bytes} bytes, the manifest.json says ${part.sizeBytes}.`);
  }
  if (part.md5 !== undefined && part.md5 !== hash.digest('hex')) {
    throw new BatchError('BadInventory', `The MD5 of ${name} is not the one that the manifest.json says.`, {
      hint: 'Download the file again.',
    });
  }
  return flush();
}
