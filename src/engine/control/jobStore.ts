import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchError, errorCode } from '../../base/errors.js';
import type { EngineLog } from '../contracts.js';
import { jobFileName } from '../run/jobFiles.js';
import type { JobRecord } from './jobRecord.js';

/** Folders that vanish while a record is written are made again, so often at most. */
const maxSaveAttempts = 10;

/**
 * One folder a job, `<data>/jobs/<id>`, with its job.json, its pinned manifest and its logs. A job.json is replaced atomically and is on
 * the disk before a change is visible; a folder without one is what a kill left of a job that was never answered for.
 */
export class JobStore {
  readonly #folder: string;
  readonly #log: EngineLog;

  constructor(dataDirectory: string, log: EngineLog) {
    this.#folder = join(dataDirectory, 'jobs');
    this.#log = log;
  }

  directory(jobId: string): string {
    return join(this.#folder, jobId);
  }

  /** Every job there is; a job.json that can't be read is reported and left alone. */
  async load(): Promise<JobRecord[]> {
    await mkdir(this.#folder, { recursive: true });
    const records: JobRecord[] = [];
    for (const entry of await readdir(this.#folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const directory = this.directory(entry.name);
      try {
        records.push(parseRecord(await readFile(join(directory, jobFileName), 'utf8'), entry.name));
      } catch (error) {
        if (errorCode(error) === 'ENOENT') await rm(directory, { recursive: true, force: true });
        else this.#log.error(`The job in ${directory} can't be read and is left out.`, error);
      }
    }
    return records;
  }

  /** Resolves when the record is on the disk, also when somebody deletes the data folder under a running engine meanwhile. */
  async save(record: JobRecord): Promise<void> {
    const directory = this.directory(record.id);
    for (let attempt = 1; ; attempt += 1) {
      await mkdir(directory, { recursive: true });
      try {
        await writeRecord(directory, record);
        return;
      } catch (error) {
        if (errorCode(error) !== 'ENOENT' || attempt === maxSaveAttempts) throw error;
      }
    }
  }

  async remove(jobId: string): Promise<void> {
    const directory = this.directory(jobId);
    // First, so that a kill leaves a folder without it, which the next start clears away.
    await rm(join(directory, jobFileName), { force: true });
    await rm(directory, { recursive: true, force: true });
  }
}

async function writeRecord(directory: string, record: JobRecord): Promise<void> {
  const file = join(directory, jobFileName);
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(record, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  await syncDirectory(directory);
}

/** Makes the rename itself durable. Windows has no such thing for folders. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parseRecord(text: string, id: string): JobRecord {
  const record = JSON.parse(text) as JobRecord;
  if (record.version !== 1 || record.id !== id) {
    throw new BatchError(
      'BadJobFile',
      `The file is of another version of the engine, or of another job: ${String(record.version)}.`,
    );
  }
  return record;
}
