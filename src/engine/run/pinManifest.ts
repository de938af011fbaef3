import { createWriteStream } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { finished, pipeline } from 'node:stream/promises';
import { type Readable, Transform, type Writable } from 'node:stream';
import { createHash } from 'node:crypto';
import { createGunzip } from 'node:zlib';
import { isBatchError } from '../../base/errors.js';
import { throwIfAborted } from '../../base/async.js';
import { parseObjectArn } from '../../core/job/arn.js';
import type { GeneratedManifest, JobFailure, JobManifest, ManifestField } from '../../core/job/jobTypes.js';
import { type Inventory, type InventoryPart, parseInventory } from '../../core/manifest/making/inventory.js';
import type { StoredInfo, VersionedObjectStore } from '../objectStore.js';
import { emulatedText } from '../emulatedText.js';
import { ServiceError } from '../serviceError.js';
import { manifestFile } from './jobFiles.js';
import { jobFailure } from './jobFailure.js';

export type Pinned =
  | {
      readonly kind: 'ok';
      readonly fields: readonly ManifestField[];
      /** Where a generated list is stored, if it is. */
      readonly generated?: GeneratedManifest;
    }
  /** `detail` is for the log: the service's reasons don't say more. */
  | { readonly kind: 'failed'; readonly failure: JobFailure; readonly detail?: string };

export interface PinOptions {
  readonly manifest: JobManifest;
  /** The job's folder. */
  readonly directory: string;
  readonly store: VersionedObjectStore;
  readonly signal: AbortSignal;
}

/** A manifest.json larger than this lists more files than any inventory has. */
const maxInventoryBytes = 64 * 1024 * 1024;

/**
 * Copies the rows of a manifest into the job's folder, so that later changes of the objects don't matter: a CSV as it is, of an
 * inventory all its data files, unpacked, one after the other. Rejects when the signal aborts, and with errors of the disk.
 */
export async function pinManifest(options: PinOptions): Promise<Pinned> {
  const { manifest, directory, store } = options;
  const temporary = `${manifestFile(directory)}.tmp`;
  await rm(temporary, { force: true });
  const { Location: location, Spec: spec } = manifest;
  const arn = parseObjectArn(location.ObjectArn);
  if (arn === undefined) return notFound;
  const info = await exportObject(store, { ...arn, versionId: location.ObjectVersionId }, temporary);
  if ('failure' in info) return info;
  // With or without quotes: both forms are in use.
  if (bareETag(info.etag) !== bareETag(location.ETag)) {
    return { kind: 'failed', failure: jobFailure('ManifestNotFound', 'Etag mismatch reading manifest') };
  }
  if (spec.Format === 'S3InventoryReport_CSV_20161130') return pinInventory(options, arn.bucket, info, temporary);
  if (isKmsEncrypted(info)) {
    return failed('Unsupported encryption type SSE_KMS used for manifest');
  }
  await rename(temporary, manifestFile(directory));
  return { kind: 'ok', fields: spec.Fields ?? [] };
}

/** Only inventories may be encrypted with KMS. Source: S3 User Guide, batch-ops-create-job. */
function isKmsEncrypted({ encryption }: StoredInfo): boolean {
  return encryption.algorithm === 'aws:kms' || encryption.algorithm === 'aws:kms:dsse';
}

async function pinInventory(options: PinOptions, bucket: string, info: StoredInfo, temporary: string): Promise<Pinned> {
  if (info.sizeBytes > maxInventoryBytes) return failed(notFormatted, 'The manifest.json of the inventory is too large.');
  let inventory: Inventory;
  try {
    inventory = parseInventory(await readFile(temporary, 'utf8'));
  } catch (error) {
    if (!isBatchError(error)) throw error;
    return failed(notFormatted, error.message);
  }
  await rm(temporary, { force: true });
  const output = createWriteStream(temporary);
  try {
    for (const part of inventory.parts) {
      const problem = await appendPart(options, inventory.destinationBucket ?? bucket, part, output);
      if (problem !== undefined) {
        output.destroy();
        return problem;
      }
    }
    output.end();
    await finished(output);
  } catch (error) {
    output.destroy();
    throw error;
  }
  await rename(temporary, manifestFile(options.directory));
  const known: readonly string[] = ['Bucket', 'Key', 'VersionId'] satisfies ManifestField[];
  return { kind: 'ok', fields: inventory.columns.map((name) => (known.includes(name) ? (name as ManifestField) : 'Ignore')) };
}

/** Unpacks one data file behind what is there. Its MD5 is that of the packed bytes. */
async function appendPart(
  { store, signal }: PinOptions,
  bucket: string,
  part: InventoryPart,
  output: Writable,
): Promise<Extract<Pinned, { kind: 'failed' }> | undefined> {
  let body;
  try {
    ({ body } = await readStored(store, bucket, part.key));
  } catch (error) {
    return unreadable(error, `the data file ${bucket}/${part.key} of the inventory`);
  }
  throwIfAborted(signal);
  const md5 = createHash('md5');
  let last = 0x0a;
  const hashed = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      md5.update(chunk);
      done(null, chunk);
    },
  });
  const rows = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      last = chunk.at(-1) ?? last;
      done(null, chunk);
    },
    // Without it the next file's first row would go on in this one's last.
    flush: (done) => done(null, last === 0x0a ? undefined : '\n'),
  });
  try {
    await pipeline(body, hashed, createGunzip(), rows, output, { end: false, signal });
  } catch (error) {
    if (isPackingError(error)) return failed(invalidContent, `The data file ${bucket}/${part.key} is no gzip file.`);
    throw error;
  }
  if (part.md5 !== undefined && md5.digest('hex') !== part.md5) {
    return failed(invalidContent, `The MD5 of ${bucket}/${part.key} is not the one that the manifest.json says.`);
  }
  return undefined;
}

/** Literal reasons of the service (S3 User Guide, troubleshooting-batch-operations); which one a mistake gets is emulated. */
const notFormatted = 'Manifest file is not properly formatted';
const invalidContent = 'Invalid Manifest Content';
const notFound = { kind: 'failed', failure: jobFailure('ManifestNotFound', 'Manifest object was not found') } as const;

function failed(reason: string, detail?: string): Extract<Pinned, { kind: 'failed' }> {
  return { kind: 'failed', failure: jobFailure('InvalidManifestContent', reason), ...(detail === undefined ? {} : { detail }) };
}

/** What a person or a client did; anything else (the disk, a bug) is thrown on. */
function unreadable(error: unknown, what: string): Extract<Pinned, { kind: 'failed' }> {
  const detail = `Can't read ${what}.`;
  if (error instanceof UnsupportedEncryption) return failed(error.message, detail);
  if (error instanceof ServiceError && error.status === 404) return { ...notFound, detail };
  if (error instanceof ServiceError && error.status === 403) {
    // Which code keeps an archived object from being read is S3's; AWS does not publish that the job says so.
    const reason = error.code === 'AccessDenied' ? error.code : `${error.code} ${emulatedText}`;
    return { kind: 'failed', failure: jobFailure('AccessDenied', `Reading the manifest is forbidden: ${reason}`), detail };
  }
  throw error;
}

/** No manifest may be under a customer's key, which a job has no place for. Source: S3 User Guide, batch-ops-create-job; the text is emulated. */
class UnsupportedEncryption extends Error {
  override readonly message = `Unsupported encryption type SSE_C used for manifest ${emulatedText}`;
}

/** Rejects where the service could not read: with `UnsupportedEncryption`, and with `InvalidObjectState` of what is archived. */
async function readStored(
  store: VersionedObjectStore,
  bucket: string,
  key: string,
  versionId?: string,
): Promise<{ readonly info: StoredInfo; readonly body: Readable }> {
  const { info, body } = await store.read(bucket, key, undefined, versionId);
  try {
    if (info.encryption.algorithm === 'customer') throw new UnsupportedEncryption();
    store.requireReadable(info);
    return { info, body };
  } catch (error) {
    body.destroy();
    throw error;
  }
}

async function exportObject(
  store: VersionedObjectStore,
  { bucket, key, versionId }: { readonly bucket: string; readonly key: string; readonly versionId: string | undefined },
  file: string,
): Promise<StoredInfo | Extract<Pinned, { kind: 'failed' }>> {
  try {
    const { info, body } = await readStored(store, bucket, key, versionId);
    try {
      await writeFile(file, body, { flush: true });
      return info;
    } finally {
      // Before the first byte was asked for, nobody else closes its file.
      body.destroy();
    }
  } catch (error) {
    return unreadable(error, `the manifest ${bucket}/${key}`);
  }
}

function bareETag(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1');
}

/** Codes of zlib: Z_DATA_ERROR, Z_BUF_ERROR … */
function isPackingError(error: unknown): boolean {
  return error instanceof Error && String((error as { code?: unknown }).code ?? '').startsWith('Z_');
}
