import type { FileHandle } from 'node:fs/promises';
import type { Clock } from '../../../base/clock.js';
import type { CopyRequest, CopyResult, ObjectAddress, StoredInfo } from '../../objectStore.js';
import { ServiceError } from '../../serviceError.js';
import type { BucketStore } from '../bucketStore.js';
import { type ChecksumAlgorithm, isChecksumAlgorithm } from '../checksum.js';
import { defined } from '../defined.js';
import { unknownChecksum } from '../integrity.js';
import { checkReadable } from '../restoreRules.js';
import { invalidRequest } from '../s3Errors.js';
import type { ObjectReader } from './objectReader.js';
import type { ObjectWriter } from './objectWriter.js';
import { readHandle } from './openFile.js';
import type { StoreRooms } from './storeRooms.js';

/** Source: S3 API Reference, CopyObject: 5 GB in one call. */
const maxCopyBytes = 5 * 1024 ** 3;

/** Copies objects within the store: what is read is written, with the source's attributes or those that the request says. */
export class ObjectCopier {
  readonly #clock: Clock;
  readonly #buckets: BucketStore;
  readonly #reader: ObjectReader;
  readonly #writer: ObjectWriter;

  constructor({ clock, buckets }: StoreRooms, reader: ObjectReader, writer: ObjectWriter) {
    this.#clock = clock;
    this.#buckets = buckets;
    this.#reader = reader;
    this.#writer = writer;
  }

  async copy(request: CopyRequest): Promise<CopyResult> {
    const { source, destination, metadata } = request;
    await this.#buckets.require(destination.bucket);
    const { handle, info } = await this.#openSource(source);
    try {
      request.checkSource?.(info);
      checkReadable(info, this.#clock.now());
      if (info.sizeBytes > maxCopyBytes) {
        throw invalidRequest(
          `The specified copy source is larger than the maximum allowable size for a copy source: ${maxCopyBytes}`,
        );
      }
      checkSelfCopy(request, info);
      const { 'x-amz-website-redirect-location': _redirect, ...systemMetadata } = (metadata ?? info).systemMetadata;
      const { redirectLocation, checksumAlgorithm } = request;
      const tags = request.tags ?? info.tags;
      const copy = await this.#writer.put(
        destination.bucket,
        destination.key,
        readHandle(handle, { start: 0, end: info.sizeBytes - 1 }),
        {
          attributes: {
            contentType: (metadata ?? info).contentType,
            systemMetadata: {
              ...systemMetadata,
              ...(redirectLocation === undefined ? {} : { 'x-amz-website-redirect-location': redirectLocation }),
            },
            userMetadata: (metadata ?? info).userMetadata,
            ...(tags.length === 0 ? {} : { tags }),
            ...defined('storageClass', request.storageClass),
            ...defined('acl', request.acl),
            ...defined('retention', request.retention),
            ...defined('hasLegalHold', request.hasLegalHold),
            ...defined('encryption', request.encryption),
            ...defined('replicationStatus', request.replicationStatus),
          },
          algorithms: checksumsOfCopy(checksumAlgorithm, info),
          precondition: request.precondition,
          copiedFrom: { bucket: source.bucket, key: source.key },
          versionId: request.versionId,
        },
      );
      return { source: info, copy };
    } finally {
      await handle.close();
    }
  }

  async #openSource({ bucket, key, versionId }: ObjectAddress): Promise<{ handle: FileHandle; info: StoredInfo }> {
    try {
      return await this.#reader.open(bucket, key, versionId);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'MethodNotAllowed') {
        throw invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.');
      }
      throw error;
    }
  }
}

/** Source: S3 API Reference, CopyObject: onto itself only with a change, or from another version. */
function checkSelfCopy(request: CopyRequest, info: StoredInfo): void {
  const { source, destination } = request;
  if (source.bucket !== destination.bucket || source.key !== destination.key || source.versionId) return;
  const changes =
    request.metadata !== undefined ||
    (request.storageClass !== undefined && request.storageClass !== info.storageClass) ||
    request.redirectLocation !== undefined ||
    request.encryption !== undefined ||
    request.checksumAlgorithm !== undefined;
  if (changes) return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}

/** A copy has the source's kind of checksum, or the one asked for, of the whole object. */
function checksumsOfCopy(asked: string | undefined, info: StoredInfo): readonly ChecksumAlgorithm[] {
  if (asked === undefined) return Object.keys(info.checksums).filter(isChecksumAlgorithm);
  if (!isChecksumAlgorithm(asked)) throw unknownChecksum();
  return [asked];
}
