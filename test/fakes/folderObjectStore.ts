import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ObjectInfo, ObjectStore } from '../../src/engine/contracts.js';
import { ServiceError } from '../../src/engine/serviceError.js';

/** A store as plain as can be: a file an object, its name encoded. Enough for manifests and reports. */
export class FolderObjectStore implements ObjectStore {
  readonly folder: string;
  /** Set to make every write fail. */
  isReadOnly = false;

  constructor(folder: string) {
    this.folder = folder;
  }

  async hasBucket(bucket: string): Promise<boolean> {
    return access(join(this.folder, bucket)).then(
      () => true,
      () => false,
    );
  }

  async createBucket(bucket: string): Promise<void> {
    await mkdir(join(this.folder, bucket), { recursive: true });
  }

  async head(bucket: string, key: string): Promise<ObjectInfo> {
    return info(bucket, key, await this.bytes(bucket, key));
  }

  async read(bucket: string, key: string): Promise<{ info: ObjectInfo; body: Readable }> {
    const bytes = await this.bytes(bucket, key);
    return { info: info(bucket, key, bytes), body: Readable.from([bytes]) };
  }

  async write(bucket: string, key: string, body: Uint8Array | Readable): Promise<ObjectInfo> {
    if (this.isReadOnly || !(await this.hasBucket(bucket))) throw new ServiceError(404, 'NoSuchBucket', 'No such bucket');
    const bytes = body instanceof Readable ? await buffer(body) : Buffer.from(body);
    const file = this.#file(bucket, key);
    await writeFile(`${file}.tmp`, bytes);
    await rename(`${file}.tmp`, file);
    return info(bucket, key, bytes);
  }

  async exportTo(bucket: string, key: string, file: string): Promise<ObjectInfo> {
    const bytes = await this.bytes(bucket, key);
    await writeFile(file, bytes);
    return info(bucket, key, bytes);
  }

  async bytes(bucket: string, key: string): Promise<Buffer> {
    try {
      return await readFile(this.#file(bucket, key));
    } catch {
      throw new ServiceError(404, 'NoSuchKey', 'The specified key does not exist.');
    }
  }

  #file(bucket: string, key: string): string {
    return join(this.folder, bucket, encodeURIComponent(key));
  }
}

function info(bucket: string, key: string, bytes: Buffer): ObjectInfo {
  return {
    bucket,
    key,
    sizeBytes: bytes.length,
    etag: createHash('md5').update(bytes).digest('hex'),
    lastModified: new Date(0),
    contentType: 'application/octet-stream',
    systemMetadata: {},
    userMetadata: {},
    checksums: {},
  };
}
