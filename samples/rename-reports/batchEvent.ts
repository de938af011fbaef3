/** One task of an S3 Batch Operations invocation. `s3Bucket` comes with schema 2.0, `s3BucketArn` with schema 1.0. */
export interface BatchTask {
  readonly taskId: string;
  /** Form-encoded: decode it with `decodeKey`. */
  readonly s3Key: string;
  /** null when the manifest has no VersionId column. */
  readonly s3VersionId: string | null;
  readonly s3Bucket?: string;
  readonly s3BucketArn?: string;
}

export interface BatchEvent {
  readonly invocationSchemaVersion: '1.0' | '2.0';
  readonly invocationId: string;
  readonly job: { readonly id: string; readonly userArguments?: Readonly<Record<string, string>> | null };
  /** The service sends one task per invocation. */
  readonly tasks: readonly [BatchTask];
}

export type ResultCode = 'Succeeded' | 'TemporaryFailure' | 'PermanentFailure';

export interface BatchResponse {
  readonly invocationSchemaVersion: '1.0' | '2.0';
  /** What a task counts as that `results` leaves out. The service's default is TemporaryFailure. */
  readonly treatMissingKeysAs: ResultCode;
  readonly invocationId: string;
  readonly results: readonly { readonly taskId: string; readonly resultCode: ResultCode; readonly resultString: string }[];
}

/** The key as S3 knows it: `+` is a space, `%XX` a byte of UTF-8. */
export function decodeKey(s3Key: string): string {
  return decodeURIComponent(s3Key.replaceAll('+', ' '));
}

export function bucketOf(task: BatchTask): string {
  return task.s3Bucket ?? (task.s3BucketArn ?? '').split(':::').pop() ?? '';
}
