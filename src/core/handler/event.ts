import type { BatchEvent, SchemaVersion } from './handlerTypes.js';

/** What the engine knows of a task when it invokes the function. */
export interface EventTask {
  readonly invocationId: string;
  readonly jobId: string;
  readonly taskId: string;
  /** Already encoded, see `encodeEventKey`. */
  readonly s3Key: string;
  /** null when the manifest names no version. */
  readonly versionId: string | null;
  /** The bucket's name. */
  readonly bucket: string;
  /** The job's UserArguments; only schema 2.0 carries them. Undefined: left out. */
  readonly userArguments?: Readonly<Record<string, string>> | null | undefined;
}

const plainKey = /^[A-Za-z0-9\-_.*/]*$/;
const encoder = new TextEncoder();
/** What each byte of UTF-8 becomes. */
const encodedBytes: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x20) return '+';
  const character = String.fromCharCode(byte);
  return byte < 0x80 && plainKey.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

/**
 * A key as the event carries it: form-encoded, whatever the manifest's own spelling was. A space is `+`; letters, digits and `-_.*`
 * and `/` stay; every other byte of UTF-8 is `%XX`. Observed on real jobs (a manifest's `%20` arrives as `+`); the exact set of
 * characters that stay is undocumented and emulated.
 */
export function encodeEventKey(key: string): string {
  if (plainKey.test(key)) return key;
  let text = '';
  for (const byte of encoder.encode(key)) text += encodedBytes[byte];
  return text;
}

/** The event of one task, as `batch-ops-invoke-lambda` shows it. */
export function buildEvent(schemaVersion: SchemaVersion, task: EventTask): BatchEvent {
  if (schemaVersion === '1.0') {
    return {
      invocationSchemaVersion: '1.0',
      invocationId: task.invocationId,
      job: { id: task.jobId },
      tasks: [
        {
          taskId: task.taskId,
          s3Key: task.s3Key,
          s3VersionId: task.versionId,
          s3BucketArn: `arn:aws:s3:::${task.bucket}`,
        },
      ],
    };
  }
  return {
    invocationSchemaVersion: '2.0',
    invocationId: task.invocationId,
    job: {
      id: task.jobId,
      ...(task.userArguments === undefined ? {} : { userArguments: task.userArguments && { ...task.userArguments } }),
    },
    tasks: [{ taskId: task.taskId, s3Key: task.s3Key, s3VersionId: task.versionId, s3Bucket: task.bucket }],
  };
}
