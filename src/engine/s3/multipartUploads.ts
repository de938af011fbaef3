import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import { errorCode } from '../../base/errors.js';
import { ServiceError } from '../serviceError.js';
import { type ChecksumAlgorithm, createChecksum, isChecksumAlgorithm } from './checksum.js';
import { diskError } from './diskError.js';
import type { ChecksumType, ObjectAttributes, Precondition, StoredInfo } from '../objectStore.js';
import type { FileObjectStore } from './fileObjectStore.js';
import { compareUtf8 } from './keyOrder.js';
import { badChecksum, unknownChecksum } from './integrity.js';
import { type ReceivedFile, receiveFile } from './receiveFile.js';
import { invalidRequest } from './s3Errors.js';

/** Source: S3 User Guide, qfacts: parts are numbered 1 to 10,000, and all but the last are at least 5 MiB. */
export const maxPartNumber = 10_000;
const minPartBytes = 5 * 1024 * 1024;

export interface Upload {
  readonly uploadId: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly attributes: ObjectAttributes;
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly checksumType: ChecksumType;
}

export interface Part {
  readonly number: number;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Hex MD5, without quotes. */
  readonly etag: string;
  /** Base64, by algorithm. */
  readonly checksums: Readonly<Record<string, string>>;
  /** Name of the file that holds the bytes. */
  readonly file: string;
}

/** A part as CompleteMultipartUpload names it. */
export interface StatedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksums: Readonly<Record<string, string>>;
}

export interface CompleteOptions {
  readonly precondition: Precondition | undefined;
  /** Of the whole object, when the client sent it. */
  readonly checksum: { algorithm: ChecksumAlgorithm; value: string } | undefined;
  readonly sizeBytes: number | undefined;
}

/**
 * Uploads in parts: a folder each, with `upload.json`, the parts' bytes, and a small file for each part that is written last, so that a
 * part counts once it is whole.
 */
export class MultipartUploads {
  readonly #store: FileObjectStore;
  readonly #clock: Clock;

  constructor(store: FileObjectStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async create(bucket: string, upload: Omit<Upload, 'uploadId' | 'initiatedMs'>): Promise<Upload> {
    await this.#store.requireBucket(bucket);
    const created: Upload = { ...upload, uploadId: randomBytes(24).toString('hex'), initiatedMs: this.#clock.now() };
    const folder = this.#folder(bucket, created.uploadId);
    await mkdir(folder, { recursive: true });
    await this.#writeWhole(join(folder, 'upload.json'), created);
    return created;
  }

  /** Rejects with `NoSuchUpload`. */
  async get(bucket: string, key: string, uploadId: string): Promise<Upload> {
    await this.#store.requireBucket(bucket);
    const upload = await this.#read<Upload>(bucket, uploadId, 'upload.json');
    if (upload === undefined || upload.key !== key) throw noSuchUpload(uploadId);
    return upload;
  }

  /** Unfinished uploads of a bucket, by key and then by time. */
  async list(bucket: string): Promise<readonly Upload[]> {
    await this.#store.requireBucket(bucket);
    const uploads: Upload[] = [];
    for (const uploadId of await namesIn(this.#store.layout.bucketUploads(bucket))) {
      const upload = await this.#read<Upload>(bucket, uploadId, 'upload.json');
      if (upload !== undefined) uploads.push(upload);
    }
    return uploads.toSorted(
      (a, b) => compareUtf8(a.key, b.key) || a.initiatedMs - b.initiatedMs || compareUtf8(a.uploadId, b.uploadId),
    );
  }

  async putPart(
    bucket: string,
    upload: Upload,
    number: number,
    body: AsyncIterable<Uint8Array>,
    options: { algorithm?: ChecksumAlgorithm | undefined; verify?: (received: ReceivedFile) => void } = {},
  ): Promise<Part> {
    if (options.algorithm !== undefined && upload.algorithm !== undefined && options.algorithm !== upload.algorithm) {
      throw invalidRequest(
        `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${options.algorithm.toLowerCase()}`,
      );
    }
    const algorithms = [...new Set([options.algorithm, upload.algorithm].filter((algorithm) => algorithm !== undefined))];
    const received = await receiveFile(this.#store.layout, body, algorithms);
    const folder = this.#folder(bucket, upload.uploadId);
    try {
      options.verify?.(received);
      const part: Part = {
        number,
        sizeBytes: received.sizeBytes,
        modifiedMs: this.#clock.now(),
        etag: received.md5.toString('hex'),
        checksums: Object.fromEntries([...received.checksums].map(([name, value]) => [name, value.toString('base64')])),
        file: `data-${randomBytes(12).toString('hex')}`,
      };
      const before = await this.#read<Part>(bucket, upload.uploadId, partName(number));
      await rename(received.path, join(folder, part.file));
      await this.#writeWhole(join(folder, partName(number)), part);
      if (before !== undefined) await rm(join(folder, before.file), { force: true });
      return part;
    } catch (error) {
      // The folder goes when the upload is completed or aborted meanwhile.
      throw errorCode(error) === 'ENOENT' ? noSuchUpload(upload.uploadId) : diskError(error);
    } finally {
      await rm(received.path, { force: true });
    }
  }

  /** In the order of their numbers. */
  async parts(bucket: string, upload: Upload): Promise<readonly Part[]> {
    const parts: Part[] = [];
    for (const name of (await namesIn(this.#folder(bucket, upload.uploadId)))
      .filter((file) => /^part-\d{5}\.json$/.test(file))
      .toSorted()) {
      const part = await this.#read<Part>(bucket, upload.uploadId, name);
      if (part !== undefined) parts.push(part);
    }
    return parts;
  }

  async abort(bucket: string, upload: Upload): Promise<void> {
    await this.#remove(bucket, upload.uploadId);
  }

  /** Joins the parts into the object. Rejects with `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, `BadDigest`. */
  async complete(bucket: string, upload: Upload, stated: readonly StatedPart[], options: CompleteOptions): Promise<StoredInfo> {
    const parts = await this.#chooseParts(bucket, upload, stated);
    const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    if (options.sizeBytes !== undefined && options.sizeBytes !== sizeBytes) {
      throw invalidRequest(
        `The provided 'x-amz-mp-object-size' header value ${options.sizeBytes} does not match what was computed: ${sizeBytes}`,
      );
    }
    const isWhole = upload.checksumType === 'FULL_OBJECT' && upload.algorithm !== undefined;
    const folder = this.#folder(bucket, upload.uploadId);
    const received = await receiveFile(
      this.#store.layout,
      joined(parts.map((part) => join(folder, part.file))),
      isWhole && upload.algorithm !== undefined ? [upload.algorithm] : [],
    );
    const checksums = await checksumOf(upload, parts, received);
    const { checksum } = options;
    if (checksum !== undefined && checksums[checksum.algorithm] !== checksum.value) {
      await rm(received.path, { force: true });
      throw badChecksum(checksum.algorithm);
    }
    const info = await this.#store.commit(bucket, upload.key, {
      path: received.path,
      etag: `${createHash('md5')
        .update(Buffer.from(parts.map((part) => part.etag).join(''), 'hex'))
        .digest('hex')}-${parts.length}`,
      attributes: upload.attributes,
      checksums,
      checksumType: upload.checksumType,
      partSizes: parts.map((part) => part.sizeBytes),
      ...(upload.algorithm === undefined ? {} : { partChecksums: parts.map((part) => part.checksums) }),
      precondition: options.precondition,
    });
    await this.#remove(bucket, upload.uploadId);
    return info;
  }

  async #chooseParts(bucket: string, upload: Upload, stated: readonly StatedPart[]): Promise<readonly Part[]> {
    const known = new Map((await this.parts(bucket, upload)).map((part) => [part.number, part]));
    if (stated.some(({ number }, index) => number <= (stated[index - 1]?.number ?? 0))) {
      throw new ServiceError(
        400,
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
        { UploadId: upload.uploadId },
      );
    }
    return stated.map(({ number, etag, checksums }, index) => {
      const part = known.get(number);
      const isSame =
        part?.etag === etag && Object.entries(checksums).every(([algorithm, value]) => part.checksums[algorithm] === value);
      if (part === undefined || !isSame) {
        throw new ServiceError(
          400,
          'InvalidPart',
          "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
          { UploadId: upload.uploadId, PartNumber: String(number), ETag: etag },
        );
      }
      if (index < stated.length - 1 && part.sizeBytes < minPartBytes) {
        throw new ServiceError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
          ProposedSize: String(part.sizeBytes),
          MinSizeAllowed: String(minPartBytes),
          PartNumber: String(number),
          ETag: part.etag,
        });
      }
      return part;
    });
  }

  /** `upload.json` goes first: a folder without it is no upload any more, wherever the removal stops. */
  async #remove(bucket: string, uploadId: string): Promise<void> {
    const folder = this.#folder(bucket, uploadId);
    await rm(join(folder, 'upload.json'), { force: true });
    await rm(folder, { recursive: true, force: true });
  }

  #folder(bucket: string, uploadId: string): string {
    return join(this.#store.layout.bucketUploads(bucket), uploadId);
  }

  async #writeWhole(path: string, value: unknown): Promise<void> {
    const draft = this.#store.layout.newScratchFile();
    try {
      await writeFile(draft, JSON.stringify(value));
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  }

  async #read<T>(bucket: string, uploadId: string, name: string): Promise<T | undefined> {
    // Never part of a path before it has been found to be one of ours.
    if (!/^[0-9a-f]{48}$/.test(uploadId)) return undefined;
    try {
      return JSON.parse(await readFile(join(this.#folder(bucket, uploadId), name), 'utf8')) as T;
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}

/** Source: S3 User Guide, checking-object-integrity-upload: COMPOSITE is the checksum of the parts' checksums. */
async function checksumOf(upload: Upload, parts: readonly Part[], received: ReceivedFile): Promise<Record<string, string>> {
  const { algorithm } = upload;
  if (algorithm === undefined) return {};
  if (upload.checksumType === 'FULL_OBJECT') return { [algorithm]: received.checksums.get(algorithm)?.toString('base64') ?? '' };
  const checksum = await createChecksum(algorithm);
  for (const part of parts) checksum.update(Buffer.from(part.checksums[algorithm] ?? '', 'base64'));
  return { [algorithm]: `${checksum.digest().toString('base64')}-${parts.length}` };
}

/** Source: S3 API Reference, CreateMultipartUpload, x-amz-checksum-type. */
export function readChecksumChoice(
  algorithmText: string | undefined,
  typeText: string | undefined,
): { algorithm: ChecksumAlgorithm | undefined; checksumType: ChecksumType } {
  const algorithm = algorithmText?.toUpperCase();
  if (algorithm === undefined) {
    if (typeText !== undefined)
      throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
    return { algorithm: undefined, checksumType: 'FULL_OBJECT' };
  }
  if (!isChecksumAlgorithm(algorithm)) throw unknownChecksum();
  const type = typeText?.toUpperCase() ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const isPossible = type === 'COMPOSITE' ? algorithm !== 'CRC64NVME' : type === 'FULL_OBJECT' && algorithm.startsWith('CRC');
  if (!isPossible)
    throw invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`);
  return { algorithm, checksumType: type as ChecksumType };
}

function noSuchUpload(uploadId: string): ServiceError {
  return new ServiceError(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: uploadId },
  );
}

function partName(number: number): string {
  return `part-${String(number).padStart(5, '0')}.json`;
}

async function* joined(files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const file of files) yield* createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
