import { CopyObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type BatchEvent, type BatchResponse, bucketOf, decodeKey, type ResultCode } from './batchEvent';

const s3 = new S3Client({});

/** Failures that a later attempt may not see again. Everything else is final: a redrive would only cost more. */
const transient = new Set(['SlowDown', 'RequestTimeout', 'InternalError', 'ServiceUnavailable']);

/** report/.../test_A1.snappy.parquet becomes report/.../test_B1.snappy.parquet. */
export function destinationKey(key: string): string {
  const nameStart = key.lastIndexOf('/') + 1;
  return key.slice(0, nameStart) + key.slice(nameStart).replace('A', 'B');
}

/** Copies one object of the job under a name computed from its own key, which the built-in Copy operation cannot do. */
export async function handler(event: BatchEvent): Promise<BatchResponse> {
  const [task] = event.tasks;
  const key = decodeKey(task.s3Key);
  const newKey = destinationKey(key);
  let resultCode: ResultCode = 'Succeeded';
  let resultString = newKey;
  try {
    await s3.send(
      new CopyObjectCommand({
        CopySource: encodeURIComponent(`${bucketOf(task)}/${key}`),
        Bucket: process.env.DESTINATION_BUCKET,
        Key: newKey,
      }),
    );
  } catch (error) {
    const { name, message } = error as Error;
    resultCode = transient.has(name) ? 'TemporaryFailure' : 'PermanentFailure';
    resultString = `${name}: ${message}`;
  }
  return {
    invocationSchemaVersion: event.invocationSchemaVersion,
    treatMissingKeysAs: 'PermanentFailure',
    invocationId: event.invocationId,
    results: [{ taskId: task.taskId, resultCode, resultString }],
  };
}
