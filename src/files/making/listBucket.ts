import { BatchError, errorMessage, isBatchError, isCancelled } from '../../base/errors.js';
import {
  type BucketLister,
  type BucketListing,
  type ListingCounts,
  ListingRows,
} from '../../core/manifest/making/bucketListing.js';
import { UnfinishedListing } from './unfinishedListing.js';

export interface ListBucketOptions {
  /** Go on with an unfinished listing of the same kind; start when there is none. */
  readonly isResumed: boolean;
  /** Overwrite the manifest, and an unfinished listing that is not resumed. */
  readonly isForced: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called once with the counts that the listing goes on from, if it does. */
  readonly onResumed?: (counts: ListingCounts) => void | Promise<void>;
  /** Called after each page. */
  readonly onProgress?: (counts: ListingCounts) => void;
}

/** How a listing ended: `isCancelled` ones are kept and can be resumed. */
export interface ListBucketResult {
  readonly isCancelled: boolean;
  readonly counts: ListingCounts;
}

/**
 * Lists a bucket into a manifest. Whatever happens on the way, what was listed stays beside it and a later call goes on from there; the
 * error then has a hint that says so, made by `hintOf`.
 */
export async function listBucket(
  lister: Pick<BucketLister, 'pages'>,
  listing: BucketListing,
  path: string,
  options: ListBucketOptions,
  hintOf: (counts: ListingCounts) => string,
): Promise<ListBucketResult> {
  const unfinished = await UnfinishedListing.open(path, listing, options);
  const { position, counts } = unfinished.state;
  const rows = new ListingRows(listing, counts);
  try {
    if (position !== undefined) await options.onResumed?.(counts);
    for await (const page of lister.pages({ ...listing, after: position }, options.signal)) {
      await unfinished.add(rows.ofPage(page), page.next, rows.counts);
      options.onProgress?.(rows.counts);
    }
    await unfinished.finish(options.isForced);
    return { isCancelled: false, counts: rows.counts };
  } catch (error) {
    await unfinished.suspend();
    const { state } = unfinished;
    if (isCancelled(error)) return { isCancelled: true, counts: state.counts };
    if (!isBatchError(error) || state.position === undefined) throw error;
    const how = hintOf(state.counts);
    const hint = error.hint === undefined ? how : `${error.hint}\n${how}`;
    throw new BatchError(error.code, errorMessage(error), { hint, cause: error });
  }
}
