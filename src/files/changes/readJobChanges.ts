import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { errorCode } from '../../base/errors.js';
import { changesFileName, keptFolderName } from '../../core/changes/changeFiles.js';
import { type ChangedObject, ChangeGatherer, parseChangeLine } from '../../core/changes/changeList.js';
import type { StoreChange, UndoneChange } from '../../core/changes/storeChange.js';

/** What a job changed in the store of a data directory, whether its engine runs or not. Empty for a job that changed nothing. */
export async function readJobChanges(dataDirectory: string, jobId: string): Promise<ChangedObject[]> {
  const file = join(jobDirectory(dataDirectory, jobId), changesFileName);
  const undone = new Set<number>();
  for await (const change of changesOf(file)) if ('undone' in change) undone.add(change.undone);
  const gatherer = new ChangeGatherer();
  for await (const change of changesOf(file)) if (!('undone' in change) && !undone.has(change.number)) gatherer.add(change);
  return gatherer.end();
}

/** The bytes of an object as it stood before the job: `kept` of the changed object. */
export async function readKeptBytes(dataDirectory: string, jobId: string, kept: number): Promise<Uint8Array> {
  return await readFile(join(jobDirectory(dataDirectory, jobId), keptFolderName, String(kept)));
}

async function* changesOf(file: string): AsyncGenerator<StoreChange | UndoneChange> {
  const input = createReadStream(file);
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      const change = parseChangeLine(line);
      if (change !== undefined) yield change;
    }
    if (input.errored !== null) throw input.errored;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  } finally {
    input.destroy();
  }
}

function jobDirectory(dataDirectory: string, jobId: string): string {
  return join(dataDirectory, 'jobs', jobId.replaceAll(/[^\w-]/g, '_'));
}
