import { lambdaInvoke } from './lambdaInvoke.js';
import type { OperationDefinition } from './operation.js';
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

/** Every operation that the product knows, in the order in which lists show them. A new operation is one file and one line here. */
export const operations: readonly OperationDefinition[] = [
  lambdaInvoke,
  s3PutObjectCopy,
  s3PutObjectTagging,
  s3DeleteObjectTagging,
  s3PutObjectAcl,
  s3InitiateRestoreObject,
  s3PutObjectRetention,
  s3PutObjectLegalHold,
  s3ReplicateObject,
  s3ComputeObjectChecksum,
  s3UpdateObjectEncryption,
];

const byName = new Map(operations.map((operation) => [operation.name, operation]));

/** By the member of JobOperation; undefined when there is no such operation. */
export function findOperation(name: string): OperationDefinition | undefined {
  return byName.get(name);
}

/** Can the local engine run jobs with this operation? */
export function isPerformedLocally(name: string): boolean {
  return byName.get(name)?.isPerformedLocally === true;
}

/** The operations that jobs on a target of this kind can have. */
export function operationsFor(kind: 'local' | 'aws'): readonly OperationDefinition[] {
  return kind === 'aws' ? operations : operations.filter((operation) => operation.isPerformedLocally);
}
