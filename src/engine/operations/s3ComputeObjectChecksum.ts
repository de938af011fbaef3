import type { ChecksumType, StoredInfo } from '../objectStore.js';
import { type ChecksumAlgorithm, createChecksum } from '../s3/checksum.js';
import { ServiceError } from '../serviceError.js';
import { type OperationPerformer, type OperationTask, TaskFailure } from './operationPerformer.js';

interface ChecksumParameters {
  readonly ChecksumAlgorithm?: ChecksumAlgorithm;
  readonly ChecksumType?: ChecksumType;
}

/**
 * Reads each object, of any storage class, and reports its checksum; nothing is stored. Source: S3 User Guide, batch-ops-compute-checksums,
 * with the form of the result.
 */
export const s3ComputeObjectChecksum: OperationPerformer<ChecksumParameters> = {
  perform: async ({ store, settings }, parameters, task) => {
    const { ChecksumAlgorithm: algorithm = settings.checksumAlgorithm } = parameters;
    const { ChecksumType: type = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : settings.checksumType } = parameters;
    const { info, body } = await store.read(task.bucket, task.key, undefined, task.versionId).catch((error: unknown) => {
      throw error instanceof ServiceError ? failure(task, error.status, error.code, error.message) : error;
    });
    task.signal.addEventListener('abort', () => body.destroy(task.signal.reason as Error), { once: true });
    if (info.encryption.algorithm === 'customer') {
      body.destroy();
      throw failure(task, 400, 'InvalidRequest', 'SSE-C encryption type is not supported for this operation');
    }
    const { value, parts } = await computeChecksum(body, algorithm, type === 'COMPOSITE' ? partSizesOf(info) : undefined);
    return resultText({
      checksum_base64: value.toString('base64') + (parts === undefined ? '' : `-${parts}`),
      etag: info.etag,
      checksumAlgorithm: algorithm,
      checksumType: type,
      checksum_hex: value.toString('hex').toUpperCase(),
    });
  },
};

/** An object that was uploaded in one piece is one part. */
function partSizesOf({ partSizes, sizeBytes }: StoredInfo): readonly number[] {
  return partSizes.length > 0 ? partSizes : [sizeBytes];
}

/** Of the whole, or, given the sizes of the parts, the checksum of the parts' checksums. */
async function computeChecksum(
  body: AsyncIterable<Uint8Array>,
  algorithm: ChecksumAlgorithm,
  partSizes: readonly number[] | undefined,
): Promise<{ value: Buffer; parts: number | undefined }> {
  if (partSizes === undefined) {
    const whole = await createChecksum(algorithm);
    for await (const chunk of body) whole.update(chunk);
    return { value: whole.digest(), parts: undefined };
  }
  const composite = await createChecksum(algorithm);
  let part = await createChecksum(algorithm);
  let index = 0;
  let left = partSizes[0] ?? 0;
  const endPart = async (): Promise<void> => {
    composite.update(part.digest());
    index += 1;
    left = partSizes[index] ?? Infinity;
    if (index < partSizes.length) part = await createChecksum(algorithm);
  };
  for await (const chunk of body) {
    let rest = chunk;
    while (rest.length > left) {
      part.update(rest.subarray(0, left));
      rest = rest.subarray(left);
      await endPart();
    }
    part.update(rest);
    left -= rest.length;
  }
  while (index < partSizes.length) await endPart();
  return { value: composite.digest(), parts: partSizes.length };
}

/** The service writes `=` escaped, as in all its sample rows. */
function resultText(result: Readonly<Record<string, string>>): string {
  return JSON.stringify(result).replaceAll('=', '\\u003d');
}

/** Texts of the guide's failed rows where they are not S3's own. */
const failureMessages: Readonly<Record<string, string>> = {
  NoSuchKey: 'Key not found',
  InternalError: 'Internal server error, please retry',
};

/** The form of the guide's failed rows, whose quotes it gets wrong itself. */
function failure(task: OperationTask, status: number, code: string, message: string): TaskFailure {
  const details = { failureMessage: `Task ${task.jobId} ${failureMessages[code] ?? message}`, errorCode: String(status) };
  return new TaskFailure(status, code, `error details: ${JSON.stringify(details)}`);
}
