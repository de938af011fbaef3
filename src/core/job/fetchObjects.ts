import { throwIfAborted } from '../../base/async.js';
import { BatchError, errorCode, errorMessage } from '../../base/errors.js';
import { fieldText } from '../report/rowBytes.js';
import { bucketOfRow, keyOfRow, ManifestRows } from '../manifest/making/manifestRows.js';
import { copiedKey, type CopyPlace } from '../operations/copyPlace.js';
import type { ManifestField } from './jobTypes.js';

/** An object that a row names. */
export interface FetchAddress {
  readonly bucket: string;
  readonly key: string;
  /** Undefined: the current version. */
  readonly versionId: string | undefined;
}

/** An object on its way from the real bucket, read as it arrives. */
export interface FetchedObject {
  readonly sizeBytes: number;
  readonly versionId: string | undefined;
  readonly contentType: string | undefined;
  /** Cache-Control and the like, by the SDK's member names. */
  readonly systemMetadata: Readonly<Record<string, string>>;
  readonly userMetadata: Readonly<Record<string, string>>;
  readonly storageClass: string | undefined;
  readonly lock: FetchedLock;
  /** Undefined: that of the bucket. */
  readonly encryption: FetchedEncryption | undefined;
  /** Undefined when they may not be read. */
  readonly tags: readonly { readonly key: string; readonly value: string }[] | undefined;
  /** To be read once or left by `discard`. */
  readonly chunks: AsyncIterable<Uint8Array>;
  discard(): void;
}

/** Settings of a real bucket that decide what becomes of tasks; undefined, or false, where they may not be read. */
export interface FetchedBucket {
  readonly versioning: 'Enabled' | 'Suspended' | undefined;
  readonly hasObjectLock: boolean;
  /** Object ownership: whether ACLs count. */
  readonly ownership: string | undefined;
}

/** The lock of an object, where its bucket has one. */
export interface FetchedLock {
  readonly mode: 'COMPLIANCE' | 'GOVERNANCE' | undefined;
  readonly retainUntil: Date | undefined;
  readonly hasLegalHold: boolean;
}

export interface FetchedEncryption {
  readonly algorithm: string;
  readonly kmsKeyId: string | undefined;
  readonly isBucketKeyEnabled: boolean | undefined;
}

/** The real buckets, to be read only: an implementation refuses to send anything that could write. */
export interface ObjectSource {
  open(address: FetchAddress, signal?: AbortSignal): Promise<FetchedObject>;
  bucket(bucket: string, signal?: AbortSignal): Promise<FetchedBucket>;
  dispose(): void;
}

/** The local buckets. */
export interface ObjectSink {
  /** Makes the bucket if it is missing, as `like` says; a `versioned` one keeps version ids as they are. */
  prepareBucket(bucket: string, versioned: boolean, like: () => Promise<FetchedBucket>, signal?: AbortSignal): Promise<void>;
  has(address: FetchAddress, signal?: AbortSignal): Promise<boolean>;
  put(address: FetchAddress, object: FetchedObject, signal?: AbortSignal): Promise<void>;
  dispose(): void;
}

export interface FetchProgress {
  readonly rows: number;
  readonly done: number;
  readonly bytes: number;
}

export interface FetchResult {
  readonly fetched: number;
  readonly bytes: number;
  /** Already in the local store: a copy that was changed there is never replaced. */
  readonly present: number;
  /** Of the fetched ones those that lie where a Copy job will put a copy, which overwrites them. */
  readonly overwritten: number;
  /** Could not be read, by error code: the rehearsal will find no such objects. */
  readonly unreadable: readonly UnreadableObjects[];
  readonly withoutTags: number;
}

/** Objects that could not be read for one reason. */
export interface UnreadableObjects {
  readonly code: string;
  /** What the service said of the first of them. */
  readonly message: string;
  readonly objects: number;
  /** The first few. */
  readonly samples: readonly FetchAddress[];
}

export interface FetchOptions {
  readonly manifest: Uint8Array;
  readonly name: string;
  readonly fields?: readonly ManifestField[] | undefined;
  readonly source: ObjectSource;
  readonly sink: ObjectSink;
  /** Of a Copy job: what lies where the copies go is fetched as well, so that it is known what they overwrite. */
  readonly copyPlace?: CopyPlace | undefined;
  readonly limitBytes: number;
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

const atOnce = 8;
/** Answers for a place where nothing lies. */
const nothingThere: ReadonlySet<string> = new Set(['NoSuchKey', 'NotFound']);
const maxSamples = 20;

/** What is wrong with one object; anything else, such as expired credentials, ends the fetch. */
const ofOneObject: ReadonlySet<string> = new Set([
  'AccessDenied',
  'InvalidObjectState',
  // Under a key of the customer, which nobody has here.
  'InvalidRequest',
  'MethodNotAllowed',
  'NoSuchBucket',
  'NoSuchKey',
  'NoSuchVersion',
  'NotFound',
]);

/**
 * Copies the objects that rows name from their real buckets into the local store, those that are not there yet, each once. The real side
 * is only ever read; a bucket that copies go to is made when there is a real one. Rejects with `FetchLimit` before more than `limitBytes` were read, with the cancellation error, and with errors that
 * are not of one object; what was fetched until then stays.
 */
export async function fetchObjects(options: FetchOptions): Promise<FetchResult> {
  const { source, sink, limitBytes, signal, copyPlace } = options;
  const addresses = addressesOf(options);
  const buckets = new Map<string, boolean>();
  for (const { bucket, versionId } of addresses) {
    const isVersioned = versionId !== undefined && versionId !== 'null';
    buckets.set(bucket, isVersioned || buckets.get(bucket) === true);
  }
  for (const [bucket, isVersioned] of buckets) {
    await sink.prepareBucket(bucket, isVersioned, () => source.bucket(bucket, signal), signal);
  }

  const places = copyPlace === undefined ? [] : placesOfCopies(addresses, copyPlace);
  const total = addresses.length + places.length;
  let done = 0;
  let bytes = 0;
  const result = { fetched: 0, present: 0, overwritten: 0, withoutTags: 0 };
  const unreadable = new Map<string, UnreadableObjects & { objects: number; samples: FetchAddress[] }>();
  let failure: { readonly error: unknown } | undefined;
  throwIfAborted(signal);
  const failed = new AbortController();
  const ended = failed.signal;
  const onAbort = (): void => failed.abort();
  signal?.addEventListener('abort', onAbort, { once: true });

  const take = async (address: FetchAddress, object: FetchedObject): Promise<void> => {
    if (bytes + object.sizeBytes > limitBytes) {
      object.discard();
      throw fetchLimit(limitBytes, result.fetched, total);
    }
    // Counted before it is read, so that objects side by side do not exceed the limit together.
    bytes += object.sizeBytes;
    await sink.put(address, object, ended);
    result.fetched += 1;
    if (object.tags === undefined) result.withoutTags += 1;
  };
  const fetchOne = async (address: FetchAddress): Promise<void> => {
    if (await sink.has(address, ended)) result.present += 1;
    else await take(address, await source.open(address, ended));
  };
  const preparePlace = once(async () => {
    const { bucket = '' } = copyPlace ?? {};
    await sink.prepareBucket(bucket, false, () => source.bucket(bucket, ended), ended);
  });
  const fetchPlace = async (place: FetchAddress): Promise<void> => {
    // In the local store already: an earlier rehearsal has left it there.
    if (await sink.has(place, ended)) return;
    let object: FetchedObject;
    try {
      object = await source.open(place, ended);
    } catch (error) {
      const code = errorCode(error) ?? '';
      // The real job would fail as the rehearsal does without the bucket.
      if (ofOneObject.has(code) && code !== 'NoSuchBucket') await preparePlace();
      if (nothingThere.has(code)) return;
      throw error;
    }
    await preparePlace();
    await take(place, object);
    result.overwritten += 1;
  };
  const fetchAll = async (
    wanted: readonly FetchAddress[],
    fetchAddress: (address: FetchAddress) => Promise<void>,
  ): Promise<void> => {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let address = wanted[next++]; address !== undefined; address = wanted[next++]) {
        throwIfAborted(ended);
        try {
          await fetchAddress(address);
        } catch (error) {
          const code = errorCode(error) ?? '';
          if (!ofOneObject.has(code)) throw error;
          const known = unreadable.get(code) ?? { code, message: errorMessage(error), objects: 0, samples: [] };
          unreadable.set(code, known);
          known.objects += 1;
          if (known.samples.length < maxSamples) known.samples.push(address);
        }
        done += 1;
        options.onProgress?.({ rows: total, done, bytes });
      }
    };
    await Promise.all(
      Array.from({ length: Math.min(atOnce, wanted.length) }, () =>
        worker().catch((error: unknown) => {
          // The first is the cause; the others were cut off by it.
          failure ??= { error };
          failed.abort();
        }),
      ),
    );
  };
  await fetchAll(addresses, fetchOne);
  // A copy may go where another row's object is: that one is there by now.
  if (failure === undefined) await fetchAll(places, fetchPlace);
  signal?.removeEventListener('abort', onAbort);
  throwIfAborted(signal);
  if (failure !== undefined) throw failure.error;
  return { ...result, bytes, unreadable: [...unreadable.values()] };
}

function addressesOf({ manifest, name, fields }: FetchOptions): FetchAddress[] {
  const addresses = new Map<string, FetchAddress>();
  const rows = new ManifestRows(
    (row) => {
      const version = row.versionEnd > row.versionStart ? fieldText(row.bytes, row.versionStart, row.versionEnd) : '';
      const address = {
        bucket: bucketOfRow(row),
        key: keyOfRow(row),
        versionId: version === '' ? undefined : version,
      };
      addresses.set(JSON.stringify([address.bucket, address.key, version]), address);
    },
    { name, fields },
  );
  rows.push(manifest);
  rows.end();
  return [...addresses.values()];
}

function placesOfCopies(addresses: readonly FetchAddress[], { bucket, prefix }: CopyPlace): FetchAddress[] {
  const keys = new Set(addresses.map(({ key }) => copiedKey(prefix, key)));
  return [...keys].map((key) => ({ bucket, key, versionId: undefined }));
}

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= action());
}

function fetchLimit(limitBytes: number, fetched: number, rows: number): BatchError {
  return new BatchError(
    'FetchLimit',
    `The objects of the rows have more than ${limitBytes.toLocaleString('en')} bytes: ${fetched} of ${rows} were fetched.`,
    { hint: 'Take a smaller sample, or raise the limit.' },
  );
}
