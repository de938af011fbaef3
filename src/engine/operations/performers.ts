import type { OperationPerformer } from './operationPerformer.js';
import { s3ComputeObjectChecksum } from './s3ComputeObjectChecksum.js';
import { s3DeleteObjectTagging } from './s3DeleteObjectTagging.js';
import { s3InitiateRestoreObject } from './s3InitiateRestoreObject.js';
import { s3PutObjectAcl } from './s3PutObjectAcl.js';
import { s3PutObjectCopy } from './s3PutObjectCopy.js';
import { s3PutObjectLegalHold } from './s3PutObjectLegalHold.js';
import { s3PutObjectRetention } from './s3PutObjectRetention.js';
import { s3PutObjectTagging } from './s3PutObjectTagging.js';
import { s3ReplicateObject } from './s3ReplicateObject.js';
import { s3UpdateObjectEncryption } from './s3UpdateObjectEncryption.js';

/** Operations that the engine performs on its store, by their name in the catalogue. LambdaInvoke runs in hosts of its own (`run/`). */
const performers: Readonly<Record<string, OperationPerformer>> = {
  S3PutObjectCopy: s3PutObjectCopy,
  S3PutObjectTagging: s3PutObjectTagging,
  S3DeleteObjectTagging: s3DeleteObjectTagging,
  S3PutObjectAcl: s3PutObjectAcl,
  S3InitiateRestoreObject: s3InitiateRestoreObject,
  S3PutObjectRetention: s3PutObjectRetention,
  S3PutObjectLegalHold: s3PutObjectLegalHold,
  S3ReplicateObject: s3ReplicateObject,
  S3ComputeObjectChecksum: s3ComputeObjectChecksum,
  S3UpdateObjectEncryption: s3UpdateObjectEncryption,
};

/** undefined for LambdaInvoke, and for what the engine does not perform. */
export function findPerformer(operation: string): OperationPerformer<unknown> | undefined {
  // Each takes the parameters of its own operation, which the request has been validated against.
  return Object.hasOwn(performers, operation) ? (performers[operation] as OperationPerformer<unknown>) : undefined;
}
