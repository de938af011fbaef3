import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BatchError } from '../../base/errors.js';
import { type Inventory, type InventoryPart, parseInventory } from '../../core/manifest/making/inventory.js';
import { statOf } from '../../files/replaceFile.js';

/** An inventory as it lies on this machine. */
export interface FoundInventory extends Inventory {
  /** Absolute. */
  readonly manifestPath: string;
  readonly found: readonly (InventoryPart & { readonly path: string })[];
  /** Keys of data files that are not here. */
  readonly missing: readonly string[];
  /** True when there is a manifest.checksum and it is not that of the manifest.json. */
  readonly isChecksumWrong: boolean;
}

/**
 * Finds the files of an inventory. `path` is its manifest.json, the folder of it, or one above that holds a single one. Data files are
 * looked for where S3 puts them relative to the manifest.json (`../data`), beside it, in `folder` if given, and under the root of a whole
 * copied bucket. Throws `NoInventory`, `SeveralInventories` or `BadInventory`.
 */
export async function findInventory(path: string, folder: string | undefined): Promise<FoundInventory> {
  const manifestPath = await findManifest(path);
  const bytes = await readFile(manifestPath);
  const inventory = parseInventory(bytes.toString('utf8'));
  const found: (InventoryPart & { path: string })[] = [];
  const missing: string[] = [];
  for (const part of inventory.parts) {
    const place = await findPart(dirname(manifestPath), folder, part.key);
    if (place === undefined) missing.push(part.key);
    else found.push({ ...part, path: place });
  }
  return { ...inventory, manifestPath, found, missing, isChecksumWrong: await isChecksumWrong(manifestPath, bytes) };
}

async function findManifest(path: string): Promise<string> {
  const stats = await statOf(path);
  if (stats === undefined) throw new BatchError('NoInventory', `Can't read ${path}: there is no such file.`);
  if (!stats.isDirectory()) return path;
  const direct = join(path, 'manifest.json');
  if (await isFile(direct)) return direct;
  const manifests: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name, 'manifest.json');
    if (entry.isDirectory() && (await isFile(inner))) manifests.push(inner);
  }
  const [newest, ...others] = manifests.toSorted().toReversed();
  if (newest === undefined) {
    throw new BatchError('NoInventory', `There is no manifest.json of an inventory in ${path}.`, {
      hint: 'Download the folder of the inventory configuration, with its data folder.',
    });
  }
  if (others.length === 0) return newest;
  throw new BatchError('SeveralInventories', `There are ${manifests.length} inventories in ${path}.`, {
    hint: `Name one of them. The last is ${dirname(newest)}.`,
  });
}

async function findPart(directory: string, folder: string | undefined, key: string): Promise<string | undefined> {
  const name = basename(key);
  const places = [join(dirname(directory), 'data', name), join(directory, 'data', name), join(directory, name)];
  if (folder !== undefined) places.unshift(join(folder, name));
  const segments = key.split('/').filter((segment) => segment !== '');
  if (!segments.includes('..')) {
    for (let root = directory; ; root = dirname(root)) {
      places.push(join(root, ...segments));
      if (dirname(root) === root) break;
    }
  }
  for (const place of places) if (await isFile(place)) return place;
  return undefined;
}

async function isChecksumWrong(manifestPath: string, bytes: Uint8Array): Promise<boolean> {
  const path = join(dirname(manifestPath), 'manifest.checksum');
  if (!(await isFile(path))) return false;
  const wanted = (await readFile(path, 'utf8')).trim().toLowerCase();
  return wanted !== createHash('md5').update(bytes).digest('hex');
}

async function isFile(path: string): Promise<boolean> {
  return (await statOf(path))?.isFile() === true;
}
