import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { throwIfAborted } from '../../base/async.js';
import { bucketArn, objectArn, parseBucketArn } from '../../core/job/arn.js';
import { type FilteredObject, type ManifestGenerator, matchesFilter } from '../../core/job/generatorFilter.js';
import type { GeneratedManifest, ManifestField } from '../../core/job/jobTypes.js';
import { generatedManifestFormat } from '../../core/job/requestShapes.js';
import { formatManifestRow } from '../../core/manifest/writeManifest.js';
import {
  isDeleteMarker,
  type ObjectEncryption,
  type ReplicationConfiguration,
  type StoredInfo,
  type VersionedObjectStore,
} from '../objectStore.js';
import { rulesFor } from '../operations/replicationRules.js';
import type { EngineSettings } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import { jobFailure } from './jobFailure.js';
import { manifestFile } from './jobFiles.js';
import type { Pinned } from './pinManifest.js';

export interface GenerateOptions {
  readonly generator: ManifestGenerator;
  readonly jobId: string;
  /** Replication jobs list all eligible versions; which the service lists for others is not documented: those of the setting. */
  readonly isReplication: boolean;
  readonly generatedVersions: EngineSettings['generatedVersions'];
  /** The job's folder. */
  readonly directory: string;
  readonly store: VersionedObjectStore;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

const pageSize = 1000;

/**
 * Lists the source bucket into the job's folder and, when asked for, stores the list as an inventory. Rejects when the signal aborts,
 * and with errors of the disk. Source: S3 User Guide, batch-ops-create-job; codes and the place of the stored list are emulated.
 */
export async function generateManifest(options: GenerateOptions): Promise<Pinned> {
  const { S3JobManifestGenerator: generator } = options.generator;
  const source = parseBucketArn(generator.SourceBucket)?.bucket ?? '';
  let bucket;
  try {
    bucket = await options.store.bucketInfo(source);
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) return failed(error.code, `${error.message}: ${source}`);
    throw error;
  }
  const isVersioned = bucket.versioning !== undefined;
  const rows = await listRows(options, source, isVersioned, bucket.replication);
  if (rows === 0) return failed('ManifestNotFound', 'Manifest generation found no keys matching the filter criteria.');
  const fields: ManifestField[] = isVersioned ? ['Bucket', 'Key', 'VersionId'] : ['Bucket', 'Key'];
  if (!generator.EnableManifestOutput) return { kind: 'ok', fields };
  try {
    return { kind: 'ok', fields, generated: await storeList(options, source, fields) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return failed('ManifestNotWritten', 'Error occurred when preparing manifest: Failed to write manifest', error.message);
  }
}

function failed(code: string, reason: string, detail?: string): Pinned {
  return { kind: 'failed', failure: jobFailure(code, reason), ...(detail === undefined ? {} : { detail }) };
}

/** Writes the matching rows to the job's manifest; how many there are. */
async function listRows(
  options: GenerateOptions,
  bucket: string,
  isVersioned: boolean,
  replication: ReplicationConfiguration | undefined,
): Promise<number> {
  const { store, directory, signal, isReplication } = options;
  const areAllListed = isReplication || options.generatedVersions === 'all';
  const filter = options.generator.S3JobManifestGenerator.Filter ?? {};
  const [prefix = ''] = filter.KeyNameConstraint?.MatchAnyPrefix ?? [];
  const temporary = `${manifestFile(directory)}.tmp`;
  const file = await open(temporary, 'w');
  let count = 0;
  try {
    for (let keyMarker = '', versionIdMarker = ''; ;) {
      throwIfAborted(signal);
      const page = await store.listVersions(bucket, { prefix, delimiter: '', keyMarker, versionIdMarker, maxKeys: pageSize });
      const rows: string[] = [];
      for (const version of page.versions) {
        if (isDeleteMarker(version) || !(areAllListed || version.isLatest)) continue;
        const object = filteredObject(version, replication);
        if ((isReplication && !object.isEligibleForReplication) || !matchesFilter(filter, object)) continue;
        rows.push(formatManifestRow({ bucket, key: version.key, ...(isVersioned ? { versionId: version.versionId } : {}) }));
      }
      count += rows.length;
      await file.appendFile(rows.join(''));
      if (!page.isTruncated) break;
      keyMarker = page.nextKeyMarker;
      versionIdMarker = page.nextVersionIdMarker;
    }
  } finally {
    await file.close();
  }
  await rename(temporary, manifestFile(directory));
  return count;
}

const encryptionKinds = { AES256: 'SSES3', 'aws:kms': 'SSEKMS', 'aws:kms:dsse': 'DSSEKMS', customer: 'SSEC' } as const;

function filteredObject(info: StoredInfo, replication: ReplicationConfiguration | undefined): FilteredObject {
  const { encryption } = info;
  const kms = encryption.algorithm === 'aws:kms' || encryption.algorithm === 'aws:kms:dsse' ? encryption : undefined;
  return {
    key: info.key,
    sizeBytes: info.sizeBytes,
    createdMs: info.lastModified.getTime(),
    storageClass: info.storageClass,
    encryption: {
      kind: encryptionKinds[encryption.algorithm],
      kmsKeyArn: kms?.kmsKeyId,
      isBucketKeyEnabled: kms?.isBucketKeyEnabled,
    },
    replicationStatus: info.replicationStatus,
    isEligibleForReplication: replication !== undefined && rulesFor(replication, info).length > 0,
  };
}

/** Stores the list in the form of an inventory: a job can be given it as S3InventoryReport_CSV_20161130. */
async function storeList(options: GenerateOptions, source: string, fields: readonly ManifestField[]): Promise<GeneratedManifest> {
  const { store, directory, jobId, nowMs } = options;
  const location = options.generator.S3JobManifestGenerator.ManifestOutputLocation;
  const bucket = parseBucketArn(location?.Bucket ?? '')?.bucket ?? '';
  const prefix = location?.ManifestPrefix === undefined ? '' : `${location.ManifestPrefix}/`;
  const folder = `${prefix}${source}/job-${jobId}`;
  const encryption = encryptionOf(location?.ManifestEncryption);
  const dataKey = `${folder}/data/${jobId}.csv.gz`;
  const md5 = createHash('md5');
  let sizeBytes = 0;
  await pipeline(createReadStream(manifestFile(directory)), quoteRows(), createGzip(), async (packed: AsyncIterable<Buffer>) => {
    const info = await store.write(bucket, dataKey, Readable.from(summed(packed, md5)), { contentType: 'application/gzip' });
    sizeBytes = info.sizeBytes;
  });
  await store.putEncryption({ bucket, key: dataKey }, encryption);
  const text = JSON.stringify(
    {
      sourceBucket: source,
      destinationBucket: bucketArn(bucket),
      version: '2021-11-30',
      creationTimestamp: String(nowMs),
      fileFormat: 'CSV',
      fileSchema: fields.join(', '),
      files: [{ key: dataKey, size: sizeBytes, MD5checksum: md5.digest('hex') }],
    },
    undefined,
    2,
  );
  const key = `${folder}/manifest.json`;
  await store.write(bucket, key, Buffer.from(text), { contentType: 'application/json' });
  const { etag, versionId } = await store.putEncryption({ bucket, key }, encryption);
  return {
    Format: generatedManifestFormat,
    Location: {
      ObjectArn: objectArn(bucket, key),
      ETag: etag,
      ...(versionId === 'null' ? {} : { ObjectVersionId: versionId }),
    },
  };
}

async function* summed(chunks: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Rows of ours need no quotes, those of an inventory have them around every field. */
function quoteRows(): Transform {
  let rest = '';
  const quoted = (line: string): string => `"${line.replaceAll(',', '","')}"\n`;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      // Rows are ASCII: encoded keys, and names of buckets and versions.
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      done(null, lines.map(quoted).join(''));
    },
    flush: (done) => done(null, rest === '' ? undefined : quoted(rest)),
  });
}

function encryptionOf(encryption: { readonly SSEKMS?: { readonly KeyId: string } } | undefined): ObjectEncryption {
  const key = encryption?.SSEKMS?.KeyId;
  return key === undefined ? { algorithm: 'AES256' } : { algorithm: 'aws:kms', kmsKeyId: key };
}
