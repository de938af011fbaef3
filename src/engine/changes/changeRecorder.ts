import { appendFileSync, linkSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../../base/errors.js';
import { changesFileName, keptFolderName } from '../../core/changes/changeFiles.js';
import type { StoreChange, UndoneChange } from '../../core/changes/storeChange.js';
import type { EngineLog } from '../contracts.js';
import { currentJob } from './jobScope.js';

export type NotedChange = Omit<StoreChange, 'number' | 'isKept'>;

/** Larger objects are not kept from before: they would fill the disk, and nobody compares them by eye. */
const maxKeptBytes = 1024 * 1024;
/** Objects of which a job keeps the bytes from before, at most. */
const maxKeptObjects = 10_000;

/**
 * Writes down what jobs change in the store, a line of JSON each, into the job's folder. A change is noted before it is made, so that one
 * that a kill left out of the record was not made either; the first line of an object holds the state before the job whatever happens
 * afterwards. A record that can't be written, as on a full disk, is said once and ends: the job goes on.
 */
export class ChangeRecorder {
  readonly #jobsDirectory: string;
  readonly #log: EngineLog;
  readonly #jobs = new Map<string, JobChanges>();

  constructor(options: { readonly jobsDirectory: string; readonly log: EngineLog }) {
    this.#jobsDirectory = options.jobsDirectory;
    this.#log = options.log;
  }

  /** True while what is done is a job's doing. */
  get isRecording(): boolean {
    return this.#current() !== undefined;
  }

  /** Notes a change that is about to be made; `file` holds the bytes that it replaces. Returns what takes the note back. */
  note(change: NotedChange, file: string | undefined): (() => void) | undefined {
    return this.#current()?.note(change, file);
  }

  #current(): JobChanges | undefined {
    const jobId = currentJob();
    if (jobId === undefined || !/^[\w-]+$/.test(jobId)) return undefined;
    let job = this.#jobs.get(jobId);
    if (job === undefined) {
      const directory = join(this.#jobsDirectory, jobId);
      // A token of an earlier engine may name a job that is gone.
      if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
      job = new JobChanges(directory, (error) =>
        this.#log.warn(`What job ${jobId} changes is no longer recorded: ${String(error)}`),
      );
      this.#jobs.set(jobId, job);
    }
    return job;
  }
}

/** The record of one job's changes. */
class JobChanges {
  readonly #directory: string;
  readonly #onFailure: (error: unknown) => void;
  readonly #kept = new Set<string>();
  #number: number;
  /** A kill has cut the last line off. */
  #isTorn = false;
  #hasFailed = false;

  constructor(directory: string, onFailure: (error: unknown) => void) {
    this.#directory = directory;
    this.#onFailure = onFailure;
    this.#number = this.#continue();
  }

  note(change: NotedChange, file: string | undefined): (() => void) | undefined {
    if (this.#hasFailed) return undefined;
    this.#number += 1;
    const number = this.#number;
    try {
      const isKept = this.#keep(change, file, number);
      this.#append({ number, ...change, ...(isKept ? { isKept } : {}) });
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
    return () => {
      try {
        this.#append({ undone: number });
      } catch (error) {
        this.#fail(error);
      }
    };
  }

  /** A second name for the bytes, which outlives the object: nothing is copied. */
  #keep({ bucket, key, before, kind }: NotedChange, file: string | undefined, number: number): boolean {
    if (file === undefined || before === null || before.sizeBytes > maxKeptBytes || !replacing.has(kind)) return false;
    const name = `${bucket}/${key}`;
    if (this.#kept.has(name) || this.#kept.size >= maxKeptObjects) return false;
    this.#kept.add(name);
    const path = keptFile(this.#directory, number);
    mkdirSync(dirname(path), { recursive: true });
    try {
      linkSync(file, path);
      return true;
    } catch (error) {
      // File systems without links keep nothing from before; the record says so by leaving it out.
      if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK', 'EACCES', 'ENOENT'].includes(errorCode(error) ?? ''))
        return false;
      throw error;
    }
  }

  /** The last number of the record that an engine before this one began, its torn last line ended. */
  #continue(): number {
    let text: string;
    try {
      text = readFileSync(changesFile(this.#directory), 'utf8');
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') this.#fail(error);
      return 0;
    }
    this.#isTorn = text !== '' && !text.endsWith('\n');
    // As many numbers as lines, at most.
    return text.split('\n').length;
  }

  #append(line: StoreChange | UndoneChange): void {
    const ends = this.#isTorn ? '\n' : '';
    appendFileSync(changesFile(this.#directory), `${ends}${JSON.stringify(line)}\n`, { mode: 0o600 });
    this.#isTorn = false;
  }

  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#onFailure(error);
  }
}

const replacing: ReadonlySet<string> = new Set(['put', 'copy', 'remove']);

function changesFile(jobDirectory: string): string {
  return join(jobDirectory, changesFileName);
}

/** The bytes that change `number` replaced. */
function keptFile(jobDirectory: string, number: number): string {
  return join(jobDirectory, keptFolderName, String(number));
}
