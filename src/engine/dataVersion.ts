import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchError, errorCode } from '../base/errors.js';
import type { EngineLog } from './contracts.js';

const versionFileName = 'version.json';

/** Changes the layout of a data directory from one version to the next. Run again after a kill: each must bear finding its work half done. */
type Migration = (dataDirectory: string) => Promise<void>;

/**
 * From version N, at index N, to N + 1. Version 0 is what engines wrote before there was a version file: its files are read as they are,
 * each of them saying its own version where that matters.
 */
const migrations: readonly Migration[] = [async () => undefined];

/**
 * Brings a data directory, which the caller has locked, to the layout of this engine. Rejects with the BatchError `DataTooNew` when a later
 * engine wrote it, and `DataVersionUnreadable`; nothing was changed then.
 */
export async function migrateData(
  dataDirectory: string,
  log: EngineLog | undefined,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  const file = join(dataDirectory, versionFileName);
  const found = await readVersion(file);
  if (found > steps.length) {
    throw new BatchError(
      'DataTooNew',
      `The data folder ${dataDirectory} was written by a later version of S3 Batch Operations.`,
      {
        hint: `It has layout ${found}, this version knows ${steps.length}. Update the extension, or choose another data folder.`,
      },
    );
  }
  for (const [version, migrate] of steps.entries()) {
    if (version < found) continue;
    await migrate(dataDirectory);
    await writeVersion(file, version + 1);
    if (version > 0) log?.info(`Migrated ${dataDirectory} to layout ${version + 1}.`);
  }
}

async function readVersion(file: string): Promise<number> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
  let value: unknown;
  try {
    value = (JSON.parse(text) as { layout?: unknown } | null)?.layout;
  } catch {
    value = undefined;
  }
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new BatchError('DataVersionUnreadable', `${file} does not say which version the data has.`, {
    hint: 'Delete the file if the data is of this version, or choose another data folder.',
  });
}

/** Whole or not at all, also on a full disk. */
async function writeVersion(file: string, layout: number): Promise<void> {
  const draft = `${file}.new`;
  try {
    await writeFile(draft, `${JSON.stringify({ layout })}\n`, { flush: true });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
