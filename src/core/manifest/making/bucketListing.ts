import { BatchError } from '../../../base/errors.js';
import { isRecord } from '../../operations/validateShape.js';
import { formatManifestRow } from '../writeManifest.js';
import { KeyFilter, type KeyFilterOptions } from './keyFilter.js';

/** One object, version or delete marker of a bucket. */
export interface ListedVersion {
  /** Raw. */
  readonly key: string;
  /** Only when versions are listed; `null` for an object without one. */
  readonly versionId?: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly storageClass: string;
  readonly isDeleteMarker: boolean;
}

/** After which entry a listing goes on. */
export interface ListPosition {
  readonly key: string;
  readonly versionId?: string;
}

export interface ListingRequest {
  readonly bucket: string;
  readonly prefix: string;
  readonly hasVersions: boolean;
  /** Left out, the listing begins at the beginning. */
  readonly after?: ListPosition | undefined;
}

export interface ListedPage {
  readonly objects: readonly ListedVersion[];
  /** Where to go on when the listing ends here; undefined after the last page. */
  readonly next: ListPosition | undefined;
}

/** Lists buckets of a target, page by page. Implemented in `aws/`. Pages reject with a BatchError, cancelled ones included. */
export interface BucketLister {
  pages(request: ListingRequest, signal?: AbortSignal): AsyncIterable<ListedPage>;
  dispose(): void;
}

export interface ObjectFilterOptions extends KeyFilterOptions {
  /** Both inclusive. */
  readonly minSizeBytes?: number | undefined;
  readonly maxSizeBytes?: number | undefined;
  /** Inclusive, milliseconds since the epoch. */
  readonly modifiedFromMs?: number | undefined;
  /** Exclusive, milliseconds since the epoch. */
  readonly modifiedBeforeMs?: number | undefined;
  readonly storageClasses?: readonly string[] | undefined;
}

/** What a listing is asked for: two listings with the same text of this give the same rows. */
export interface BucketListing extends ListingRequest {
  readonly filter: ObjectFilterOptions;
}

/** How far a listing has come: what is written beside an unfinished manifest so that it can go on. */
export interface ListingState {
  readonly listing: BucketListing;
  /** Undefined before the first page. */
  readonly position: ListPosition | undefined;
  /** Length of the manifest when `position` was reached; what was written after that is to be cut off. */
  readonly bytes: number;
  readonly counts: ListingCounts;
}

export interface ListingCounts {
  readonly listed: number;
  readonly rows: number;
  /** Left out: there is no object to work on. */
  readonly deleteMarkers: number;
}

/** Turns pages of a listing into rows of a manifest. */
export class ListingRows {
  readonly #listing: BucketListing;
  readonly #keys: KeyFilter;
  #counts: ListingCounts;

  /** `counts`: those of the state that the listing goes on from. */
  constructor(listing: BucketListing, counts: ListingCounts = { listed: 0, rows: 0, deleteMarkers: 0 }) {
    this.#listing = listing;
    this.#keys = new KeyFilter(listing.filter);
    this.#counts = counts;
  }

  get counts(): ListingCounts {
    return this.#counts;
  }

  /** The rows of a page, with their line ends. */
  ofPage(page: ListedPage): string {
    const { bucket, hasVersions } = this.#listing;
    let { listed, rows, deleteMarkers } = this.#counts;
    let text = '';
    for (const object of page.objects) {
      listed += 1;
      if (object.isDeleteMarker) deleteMarkers += 1;
      else if (this.#fits(object)) {
        rows += 1;
        text += formatManifestRow({
          bucket,
          key: object.key,
          ...(hasVersions ? { versionId: object.versionId ?? 'null' } : {}),
        });
      }
    }
    this.#counts = { listed, rows, deleteMarkers };
    return text;
  }

  #fits({ key, sizeBytes, modifiedAtMs, storageClass }: ListedVersion): boolean {
    const { filter } = this.#listing;
    if (sizeBytes < (filter.minSizeBytes ?? 0) || sizeBytes > (filter.maxSizeBytes ?? Infinity)) return false;
    if (modifiedAtMs < (filter.modifiedFromMs ?? -Infinity) || modifiedAtMs >= (filter.modifiedBeforeMs ?? Infinity))
      return false;
    if (filter.storageClasses?.includes(storageClass) === false) return false;
    return this.#keys.keepsAll || this.#keys.fits(key);
  }
}

export function formatListingState(state: ListingState): string {
  return `${JSON.stringify({ version: 1, ...state })}\n`;
}

/** Reads the state of a listing. Throws `BadState` when it is none and `OtherListing` when it is that of another listing. */
export function parseListingState(text: string, listing: BucketListing): ListingState {
  const state = readListingState(text);
  if (JSON.stringify(state.listing) !== JSON.stringify(listing)) {
    throw new BatchError('OtherListing', 'The unfinished listing is one of another bucket, prefix or filter.', {
      hint: 'Give the same options as before, or start anew.',
    });
  }
  return { ...state, listing };
}

/** Reads the state of whatever listing it is. Throws `BadState`. */
export function readListingState(text: string): ListingState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badState(error);
  }
  if (!isRecord(value) || value['version'] !== 1) throw badState(undefined);
  const { position, bytes, counts } = value;
  if (typeof bytes !== 'number' || !isRecord(counts)) throw badState(undefined);
  const number = (name: string): number => {
    const count = counts[name];
    if (typeof count !== 'number') throw badState(undefined);
    return count;
  };
  return {
    listing: readBucketListing(value['listing']),
    position: readPosition(position),
    bytes,
    counts: { listed: number('listed'), rows: number('rows'), deleteMarkers: number('deleteMarkers') },
  };
}

function readBucketListing(value: unknown): BucketListing {
  if (!isRecord(value) || !isRecord(value['filter'])) throw badState(undefined);
  const { bucket, prefix, hasVersions, filter } = value;
  const isRight =
    typeof bucket === 'string' &&
    typeof prefix === 'string' &&
    typeof hasVersions === 'boolean' &&
    Object.values(filter).every(
      (item) => typeof item === 'number' || (Array.isArray(item) && item.every((text) => typeof text === 'string')),
    );
  if (!isRight) throw badState(undefined);
  return { bucket, prefix, hasVersions, filter };
}

function readPosition(value: unknown): ListPosition | undefined {
  if (!isRecord(value) || typeof value['key'] !== 'string') return undefined;
  const versionId = value['versionId'];
  return { key: value['key'], ...(typeof versionId === 'string' ? { versionId } : {}) };
}

function badState(cause: unknown): BatchError {
  return new BatchError('BadState', "The state of the unfinished listing can't be read.", {
    hint: 'Start anew.',
    ...(cause === undefined ? {} : { cause }),
  });
}
