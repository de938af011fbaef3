/** `handlerTypes.ts` as it goes into generated projects; a test holds the two equal. */
export const handlerTypesText = `/**
 * What S3 Batch Operations sends to a Lambda function and what it reads of the answer.
 * Sources: S3 User Guide, "Invoke AWS Lambda function" (batch-ops-invoke-lambda), for schema 1.0 and the response; AWS Storage Blog,
 * "Automate object processing in Amazon S3 directory buckets with S3 Batch Operations and AWS Lambda", for schema 2.0.
 */

export type SchemaVersion = '1.0' | '2.0';

/** One object of the manifest, as schema 1.0 (the default) sends it. */
export interface BatchTaskV1 {
  readonly taskId: string;
  /** Form-encoded: \`+\` is a space and \`%XX\` a byte of UTF-8. Decode it before use. */
  readonly s3Key: string;
  /** null when the manifest names no version. */
  readonly s3VersionId: string | null;
  /** \`arn:aws:s3:::bucket\`. */
  readonly s3BucketArn: string;
}

export interface BatchEventV1 {
  readonly invocationSchemaVersion: '1.0';
  readonly invocationId: string;
  readonly job: { readonly id: string };
  /** In practice one task an invocation. */
  readonly tasks: readonly [BatchTaskV1, ...BatchTaskV1[]];
}

/** One object of the manifest, as schema 2.0 sends it. */
export interface BatchTaskV2 {
  readonly taskId: string;
  /** Form-encoded: \`+\` is a space and \`%XX\` a byte of UTF-8. Decode it before use. */
  readonly s3Key: string;
  /** null when the manifest names no version. */
  readonly s3VersionId: string | null;
  /** The bucket's name, where schema 1.0 has an ARN. */
  readonly s3Bucket: string;
}

export interface BatchEventV2 {
  readonly invocationSchemaVersion: '2.0';
  readonly invocationId: string;
  readonly job: {
    readonly id: string;
    /** The job's UserArguments, the same for every task. Absent when the job has none. */
    readonly userArguments?: Readonly<Record<string, string>> | null;
  };
  /** In practice one task an invocation. */
  readonly tasks: readonly [BatchTaskV2, ...BatchTaskV2[]];
}

export type BatchEvent = BatchEventV1 | BatchEventV2;

/**
 * What became of a task. \`Succeeded\`: done. \`TemporaryFailure\`: the service runs the task again before the job ends.
 * \`PermanentFailure\`: the task failed and is not run again.
 */
export type ResultCode = 'Succeeded' | 'TemporaryFailure' | 'PermanentFailure';

export interface BatchResult {
  /** Copied from the task. */
  readonly taskId: string;
  readonly resultCode: ResultCode;
  /** Goes into the completion report; cut to 1,024 characters. */
  readonly resultString: string;
}

/** What the function returns; the same for both schemas. */
export interface BatchResponse {
  /** Copied from the event. */
  readonly invocationSchemaVersion: SchemaVersion;
  /** What a task counts as that \`results\` leaves out. The service takes TemporaryFailure when it is absent. */
  readonly treatMissingKeysAs?: ResultCode;
  /** Copied from the event. */
  readonly invocationId: string;
  readonly results: readonly BatchResult[];
}
`;
