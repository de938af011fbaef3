import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { type Clock, systemClock } from '../../base/clock.js';
import { BatchError } from '../../base/errors.js';
import {
  type BucketListing,
  formatListingState,
  type ListingCounts,
  type ListingState,
  type ListPosition,
  parseListingState,
  readListingState,
} from '../../core/manifest/making/bucketListing.js';
import { describeWriteError } from '../fileErrors.js';
import { moveToFree, statOf } from '../replaceFile.js';

const saveIntervalMs = 1000;

/**
 * A manifest that is being listed: `OUT.partial` and, beside it, `OUT.partial.json`, which says how far it is. Whatever ends the
 * process, the two allow to go on: what the state does not know of is cut off.
 */
export class UnfinishedListing {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #clock: Clock;
  #state: ListingState;
  #saved: ListingState | undefined;
  #savedAtMs: number;
  #isClosed = false;

  private constructor(path: string, file: FileHandle, state: ListingState, clock: Clock) {
    this.#path = path;
    this.#file = file;
    this.#state = state;
    this.#clock = clock;
    this.#savedAtMs = clock.now();
  }

  /** Goes on where an earlier one stopped if `isResumed` and there is one; throws `UnfinishedListing` when it would be overwritten. */
  static async open(
    path: string,
    listing: BucketListing,
    options: { readonly isResumed: boolean; readonly isForced: boolean },
    clock: Clock = systemClock,
  ): Promise<UnfinishedListing> {
    const isThere = (await statOf(statePath(path))) !== undefined && (await statOf(partialPath(path))) !== undefined;
    if (isThere && !options.isResumed && !options.isForced) {
      throw new BatchError('UnfinishedListing', `There is an unfinished listing in ${partialPath(path)}.`, {
        hint: 'Go on with it, or start anew.',
      });
    }
    try {
      if (isThere && options.isResumed) {
        const state = parseListingState(await readFile(statePath(path), 'utf8'), listing);
        const file = await open(partialPath(path), 'r+');
        if ((await file.stat()).size < state.bytes) {
          await file.close();
          throw new BatchError('BadState', `${partialPath(path)} is shorter than its state says.`, { hint: 'Start anew.' });
        }
        await file.truncate(state.bytes);
        return new UnfinishedListing(path, file, state, clock);
      }
      const counts = { listed: 0, rows: 0, deleteMarkers: 0 };
      const state = { listing, position: undefined, bytes: 0, counts };
      const created = new UnfinishedListing(path, await open(partialPath(path), 'w'), state, clock);
      await created.save();
      return created;
    } catch (error) {
      throw describeWriteError(partialPath(path), error);
    }
  }

  get state(): ListingState {
    return this.#state;
  }

  /** Adds the rows of a page, and notes how far that is. Of the last page, which has no position, nothing is noted: it is listed again. */
  async add(text: string, position: ListPosition | undefined, counts: ListingCounts): Promise<void> {
    const bytes = Buffer.from(text, 'utf8');
    let { bytes: at } = this.#state;
    try {
      for (let written = 0; written < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, at);
        written += bytesWritten;
        at += bytesWritten;
      }
    } catch (error) {
      throw describeWriteError(partialPath(this.#path), error);
    }
    if (position === undefined) return;
    this.#state = { ...this.#state, position, bytes: at, counts };
    if (this.#clock.now() - this.#savedAtMs >= saveIntervalMs) await this.save();
  }

  async save(): Promise<void> {
    if (this.#saved === this.#state) return;
    // The rows first: a state that knows of rows that are not on disk would lose them.
    await this.#file.datasync();
    const temporary = `${statePath(this.#path)}.tmp`;
    const file = await open(temporary, 'w');
    await file.writeFile(formatListingState(this.#state));
    await file.close();
    await rename(temporary, statePath(this.#path));
    this.#saved = this.#state;
    this.#savedAtMs = this.#clock.now();
  }

  /** Keeps it for later. */
  async suspend(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.save();
    } finally {
      await this.#file.close();
    }
  }

  /** Puts the manifest in its place; a file that is there is overwritten only when `isForced`. */
  async finish(isForced: boolean): Promise<void> {
    this.#isClosed = true;
    await this.#file.close();
    await (isForced ? rename : moveToFree)(partialPath(this.#path), this.#path);
    await rm(statePath(this.#path), { force: true });
  }
}

function partialPath(path: string): string {
  return `${path}.partial`;
}

function statePath(path: string): string {
  return `${path}.partial.json`;
}

/** What is known of an unfinished listing at this place; undefined when there is none. Throws `BadState` for one that can't be read. */
export async function findUnfinished(path: string): Promise<ListingState | undefined> {
  if ((await statOf(partialPath(path))) === undefined || (await statOf(statePath(path))) === undefined) return undefined;
  return readListingState(await readFile(statePath(path), 'utf8'));
}
