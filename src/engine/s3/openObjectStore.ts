import { mkdir, rm } from 'node:fs/promises';
import type { Clock } from '../../base/clock.js';
import type { ChangeRecorder } from '../changes/changeRecorder.js';
import type { EngineLog } from '../contracts.js';
import type { ReadThrough } from '../readThrough/readThrough.js';
import { dataLayout } from './dataLayout.js';
import { FileObjectStore } from './fileObjectStore.js';
import { createNameLookup, detectFolding } from './nameLookup.js';

/** Opens the store of a data directory, which the caller has locked; removes what an engine that was killed left half-written. */
export async function openObjectStore(options: {
  dataDirectory: string;
  clock: Clock;
  log: EngineLog;
  restoreDelayMs?: number;
  changes?: ChangeRecorder;
  readThrough?: ReadThrough;
}): Promise<FileObjectStore> {
  const layout = dataLayout(options.dataDirectory);
  await rm(layout.scratch, { recursive: true, force: true });
  await mkdir(layout.scratch, { recursive: true });
  await mkdir(layout.buckets, { recursive: true });
  const folding = await detectFolding(layout.scratch);
  return new FileObjectStore({ ...options, layout, lookup: createNameLookup(folding), folding });
}
