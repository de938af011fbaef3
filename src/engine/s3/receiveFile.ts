import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { DataLayout } from './dataLayout.js';
import { type ChecksumAlgorithm, createChecksum } from './checksum.js';
import { diskError } from './diskError.js';

/** A body in a file of its own, on its way into the store. */
export interface ReceivedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly md5: Buffer;
  /** Raw values of the checksums asked for. */
  readonly checksums: ReadonlyMap<ChecksumAlgorithm, Buffer>;
}

/**
 * Writes a body to a scratch file, computing digests on the way, and flushes it to the disk: a rename without that can leave an empty
 * object behind after a power cut. Nothing is left when it fails. The caller renames or removes the file.
 */
export async function receiveFile(
  layout: DataLayout,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  algorithms: readonly ChecksumAlgorithm[],
): Promise<ReceivedFile> {
  const path = layout.newScratchFile();
  const md5 = createHash('md5');
  const checksums = await Promise.all(
    algorithms.map(async (algorithm) => ({ algorithm, checksum: await createChecksum(algorithm) })),
  );
  let sizeBytes = 0;
  try {
    const handle = await open(path, 'wx');
    try {
      for await (const chunk of body) {
        // The thread pool writes while this thread computes.
        const written = writeAll(handle, chunk);
        md5.update(chunk);
        for (const { checksum } of checksums) checksum.update(chunk);
        sizeBytes += chunk.length;
        await written;
      }
      await handle.datasync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(path, { force: true });
    throw diskError(error);
  }
  return {
    path,
    sizeBytes,
    md5: md5.digest(),
    checksums: new Map(checksums.map(({ algorithm, checksum }) => [algorithm, checksum.digest()])),
  };
}

async function writeAll(
  handle: { write(chunk: Uint8Array): Promise<{ bytesWritten: number }> },
  chunk: Uint8Array,
): Promise<void> {
  for (let rest = chunk; rest.length > 0;) {
    const { bytesWritten } = await handle.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}
