import type { Memento } from 'vscode';
import type { ListingState } from '../../core/manifest/making/bucketListing.js';
import { findUnfinished } from '../../files/making/unfinishedListing.js';

/** A listing that was started in this workspace. */
export interface StartedListing {
  /** Of the manifest. */
  readonly path: string;
  readonly targetId: string;
}

/** Remembers where listings were started, so that those which a crash or a reload cut short are found again. */
export class UnfinishedListings {
  readonly #state: Memento;

  constructor(state: Memento) {
    this.#state = state;
  }

  async add(listing: StartedListing): Promise<void> {
    await this.#write([...this.#read().filter(({ path }) => path !== listing.path), listing]);
  }

  async remove(path: string): Promise<void> {
    await this.#write(this.#read().filter((listing) => listing.path !== path));
  }

  /** Those that can go on. What is gone, or can't be read any more, is forgotten. */
  async find(): Promise<readonly (StartedListing & { readonly state: ListingState })[]> {
    const found: (StartedListing & { readonly state: ListingState })[] = [];
    for (const listing of this.#read()) {
      const state = await findUnfinished(listing.path).catch(() => undefined);
      if (state === undefined) await this.remove(listing.path);
      else found.push({ ...listing, state });
    }
    return found;
  }

  #read(): readonly StartedListing[] {
    return this.#state.get<readonly StartedListing[]>('s3batch.unfinishedListings') ?? [];
  }

  async #write(listings: readonly StartedListing[]): Promise<void> {
    await this.#state.update('s3batch.unfinishedListings', listings);
  }
}
