import { CommonEnd, throwIfAborted } from '../../base/async.js';
import { BatchError, errorCode, errorMessage } from '../../base/errors.js';
import { fieldText } from '../report/rowBytes.js';
import { bucketOfRow, keyOfRow, ManifestRows } from '../manifest/making/manifestRows.js';
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
  readonly replication: FetchedReplication | undefined;
}

export interface FetchedReplication {
  /** As the service has it. */
  readonly configuration: object;
  /** Names of the buckets that its rules lead to. */
  readonly destinations: readonly string[];
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
  /** False when there is no such bucket; true also when it may not be looked at. */
  hasBucket(bucket: string, signal?: AbortSignal): Promise<boolean>;
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
  readonly source: ObjectSource;
  readonly sink: ObjectSink;
  readonly limitBytes: number;
}

export interface FetchRowsOptions {
  readonly manifest: Uint8Array;
  readonly name: string;
  readonly fields?: readonly ManifestField[] | undefined;
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

const atOnce = 8;
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

/** A job asks for these when it writes what is not there yet: nothing that anybody missed. */
const notThere: ReadonlySet<string> = new Set(['NoSuchBucket', 'NoSuchKey', 'NoSuchVersion', 'NotFound']);

/** Copies objects from their real buckets into the local store, those that are not there yet. The real side is only ever read. */
export class ObjectFetcher {
  readonly #source: ObjectSource;
  readonly #sink: ObjectSink;
  readonly #limitBytes: number;
  readonly #counts = { fetched: 0, present: 0, withoutTags: 0 };
  readonly #unreadable = new Map<string, UnreadableObjects & { objects: number; samples: FetchAddress[] }>();
  /** What could not be read: it is not tried again when the job looks for it. */
  readonly #unread = new Set<string>();
  /** By bucket that a job asked for: whether it is there now. */
  readonly #buckets = new Map<string, Promise<boolean>>();
  #bytes = 0;

  constructor(options: FetchOptions) {
    this.#source = options.source;
    this.#sink = options.sink;
    this.#limitBytes = options.limitBytes;
  }

  get result(): FetchResult {
    return { ...this.#counts, bytes: this.#bytes, unreadable: [...this.#unreadable.values()] };
  }

  /**
   * Fetches the objects that rows name, each once, before anybody asks for them. Rejects with `FetchLimit` before more than the limit was
   * read, with the cancellation error, and with errors that are not of one object; what was fetched until then stays.
   */
  async fetchRows(options: FetchRowsOptions): Promise<void> {
    const { signal } = options;
    const addresses = addressesOf(options);
    const buckets = new Map<string, boolean>();
    for (const address of addresses) {
      buckets.set(address.bucket, namesVersion(address) || buckets.get(address.bucket) === true);
    }
    for (const [bucket, isVersioned] of buckets) await this.#prepareBucket(bucket, isVersioned, signal);

    let next = 0;
    let done = 0;
    throwIfAborted(signal);
    const end = new CommonEnd(signal);
    const worker = async (): Promise<void> => {
      for (let address = addresses[next++]; address !== undefined; address = addresses[next++]) {
        throwIfAborted(end.signal);
        await this.#fetch(address, end.signal, true);
        done += 1;
        options.onProgress?.({ rows: addresses.length, done, bytes: this.#bytes });
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, addresses.length) }, () => worker().catch(end.fail)));
    end.dispose();
    throwIfAborted(signal);
    if (end.failure !== undefined) throw end.failure.error;
  }

  /** What a job looked for and did not find; that it is nowhere is no mistake then. Without a key the bucket itself. */
  async fetchMissed(
    missed: FetchAddress | { readonly bucket: string; readonly key?: never },
    signal?: AbortSignal,
  ): Promise<void> {
    if (missed.key !== undefined && this.#unread.has(nameOf(missed))) return;
    if (!(await this.#bucket(missed.bucket, signal)) || missed.key === undefined) return;
    await this.#fetch(missed, signal, false);
  }

  /** `isExpected`: that it is nowhere is a mistake, and its bucket is ready for it. What is wrong with this one object is counted. */
  async #fetch(address: FetchAddress, signal: AbortSignal | undefined, isExpected: boolean): Promise<void> {
    try {
      if (await this.#sink.has(address, signal)) {
        this.#counts.present += 1;
        return;
      }
      const object = await this.#source.open(address, signal);
      if (this.#bytes + object.sizeBytes > this.#limitBytes) {
        object.discard();
        throw fetchLimit(this.#limitBytes, this.#counts.fetched);
      }
      // Counted before it is read, so that objects side by side do not exceed the limit together.
      this.#bytes += object.sizeBytes;
      if (!isExpected && namesVersion(address)) await this.#prepareBucket(address.bucket, true, signal);
      await this.#sink.put(address, object, signal);
      this.#counts.fetched += 1;
      if (object.tags === undefined) this.#counts.withoutTags += 1;
    } catch (error) {
      const code = errorCode(error) ?? '';
      if (!ofOneObject.has(code)) throw error;
      this.#unread.add(nameOf(address));
      if (isExpected || !notThere.has(code)) this.#note(code, errorMessage(error), address);
    }
  }

  /** Makes the bucket if it is a real one; true when it is there now. */
  #bucket(bucket: string, signal: AbortSignal | undefined): Promise<boolean> {
    let known = this.#buckets.get(bucket);
    if (known === undefined) {
      known = this.#makeBucket(bucket, signal);
      this.#buckets.set(bucket, known);
    }
    return known;
  }

  async #makeBucket(bucket: string, signal: AbortSignal | undefined): Promise<boolean> {
    if (!(await this.#source.hasBucket(bucket, signal))) return false;
    await this.#prepareBucket(bucket, false, signal);
    return true;
  }

  async #prepareBucket(bucket: string, isVersioned: boolean, signal: AbortSignal | undefined): Promise<void> {
    await this.#sink.prepareBucket(bucket, isVersioned, () => this.#source.bucket(bucket, signal), signal);
  }

  #note(code: string, message: string, address: FetchAddress): void {
    const known = this.#unreadable.get(code) ?? { code, message, objects: 0, samples: [] };
    this.#unreadable.set(code, known);
    known.objects += 1;
    if (known.samples.length < maxSamples) known.samples.push(address);
  }
}

function addressesOf({ manifest, name, fields }: FetchRowsOptions): FetchAddress[] {
  const addresses = new Map<string, FetchAddress>();
  const rows = new ManifestRows(
    (row) => {
      const version = row.versionEnd > row.versionStart ? fieldText(row.bytes, row.versionStart, row.versionEnd) : '';
      const address = {
        bucket: bucketOfRow(row),
        key: keyOfRow(row),
        versionId: version === '' ? undefined : version,
      };
      addresses.set(nameOf(address), address);
    },
    { name, fields },
  );
  rows.push(manifest);
  rows.end();
  return [...addresses.values()];
}

/** A bucket without versioning has the version `null` only. */
function namesVersion({ versionId }: FetchAddress): boolean {
  return versionId !== undefined && versionId !== 'null';
}

function nameOf({ bucket, key, versionId }: FetchAddress): string {
  return JSON.stringify([bucket, key, versionId]);
}

function fetchLimit(limitBytes: number, fetched: number): BatchError {
  return new BatchError(
    'FetchLimit',
    `The objects have more than ${limitBytes.toLocaleString('en')} bytes: ${fetched === 1 ? '1 was' : `${fetched} were`} fetched.`,
    { hint: 'Take a smaller sample, or raise the limit.' },
  );
}
