import { Readable } from 'node:stream';
import type { KeyFilterOptions } from '../../core/manifest/making/keyFilter.js';
import type { KeyListOptions, KeyListResult } from '../../core/manifest/making/keyListEncoder.js';
import type { SplitLimits } from '../../core/manifest/making/splitRows.js';
import { createFile, fileExists, isSameFile, statOf, type Write } from '../replaceFile.js';
import { checkInventory, type InventoryCheck, type InventoryResult, writeInventory } from './convertInventory.js';
import { writeEncoded } from './encodeKeys.js';
import { writeFiltered } from './filterManifest.js';
import { findInventory } from './inventoryFiles.js';
import type { MakingContext } from './makingContext.js';
import { writeDifference, writeUnion } from './manifestSets.js';
import type { ReadManifest } from './readManifest.js';
import { writeSample } from './sampleManifest.js';
import { partName, splitManifest } from './splitManifest.js';

/** One operation that makes manifests, as it is handed to a worker. Paths are absolute; outputs must not exist. */
export type MakingTask =
  | { readonly kind: 'minus'; readonly path: string; readonly others: readonly string[]; readonly output: string }
  /** One manifest alone is deduplicated. */
  | { readonly kind: 'union'; readonly paths: readonly string[]; readonly output: string }
  | { readonly kind: 'sample'; readonly path: string; readonly size: number; readonly seed: number; readonly output: string }
  | { readonly kind: 'filter'; readonly path: string; readonly filter: KeyFilterOptions; readonly output: string }
  /** `output` is a pattern, see splitManifest. */
  | { readonly kind: 'split'; readonly path: string; readonly limits: SplitLimits; readonly output: string }
  /** `source` is a file, or the keys themselves. */
  | {
      readonly kind: 'encode';
      readonly source: { readonly path: string } | { readonly text: string };
      readonly options: Omit<KeyListOptions, 'name'>;
      readonly output: string;
    }
  | { readonly kind: 'inventory'; readonly path: string; readonly isCurrentOnly: boolean; readonly output: string }
  | { readonly kind: 'checkInventory'; readonly path: string };

/** What a task has made and found. */
export interface MakingOutcome {
  /** Rows written, or counted. */
  readonly rows: number;
  /** Rows read. */
  readonly rowsRead: number;
  readonly headerRows: number;
  /** Files written. */
  readonly files: readonly string[];
  readonly keys?: KeyListResult | undefined;
  readonly inventory?: InventoryResult | InventoryCheck | undefined;
}

/** Runs a task to its end. Nothing is written when it rejects. */
export async function runMakingTask(
  task: MakingTask,
  context: Pick<MakingContext, 'signal' | 'onProgress'>,
): Promise<MakingOutcome> {
  const full: MakingContext = { ...context, cwd: '/', stdin: Readable.from([]) };
  const create = async <T>(output: string, produce: (write: Write) => Promise<T>): Promise<T> => {
    let result: { readonly value: T } | undefined;
    await createFile(output, async (write) => {
      result = { value: await produce(write) };
    });
    if (result === undefined) throw new Error('Nothing was made.');
    return result.value;
  };
  const made = (output: string, rows: number, read: readonly ReadManifest[]): MakingOutcome => ({
    rows,
    rowsRead: read.reduce((sum, manifest) => sum + manifest.rows, 0),
    headerRows: read.reduce((sum, manifest) => sum + manifest.headerRows, 0),
    files: [output],
  });
  switch (task.kind) {
    case 'minus': {
      const { rows, read } = await create(task.output, (write) => writeDifference(task.path, task.others, {}, write, full));
      return made(task.output, rows, read.slice(0, 1));
    }
    case 'union': {
      const { rows, read } = await create(task.output, (write) => writeUnion(task.paths, {}, write, full));
      return made(task.output, rows, read);
    }
    case 'sample': {
      const { rows, read } = await create(task.output, (write) => writeSample(task.path, task, write, full));
      return made(task.output, rows, [read]);
    }
    case 'filter': {
      const { rows, read } = await create(task.output, (write) => writeFiltered(task.path, task.filter, write, full));
      return made(task.output, rows, [read]);
    }
    case 'split': {
      const check = async (path: string): Promise<void> => {
        if ((await statOf(path)) !== undefined || (await isSameFile(path, task.path))) throw fileExists(path);
      };
      const options = { limits: task.limits, pattern: task.output, isForced: false, check };
      const { rows, parts } = await splitManifest(task.path, options, full);
      const files = Array.from({ length: parts }, (_, part) => partName(task.output, part + 1));
      return { rows, rowsRead: rows, headerRows: 0, files };
    }
    case 'encode': {
      const { source } = task;
      const path = 'path' in source ? source.path : '-';
      const from = 'text' in source ? { ...full, stdin: Readable.from([Buffer.from(source.text, 'utf8')]) } : full;
      const keys = await create(task.output, (write) => writeEncoded(path, task.options, write, from));
      const rows = keys?.rows ?? 0;
      return { rows, rowsRead: rows, headerRows: 0, files: [task.output], keys };
    }
    case 'inventory': {
      const found = await findInventory(task.path, undefined);
      const inventory = await create(task.output, (write) => writeInventory(found, task, write, full));
      const { rows } = inventory.counts;
      return { rows, rowsRead: rows, headerRows: 0, files: [task.output], inventory };
    }
    case 'checkInventory': {
      const inventory = await checkInventory(task.path, undefined, {}, full);
      const { rows } = inventory.counts;
      return { rows, rowsRead: rows, headerRows: 0, files: [], inventory };
    }
  }
}
