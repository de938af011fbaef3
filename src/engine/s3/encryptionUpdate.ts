import { kmsKeyArnOf } from '../../core/operations/commonShapes.js';
import { validateShape } from '../../core/operations/validateShape.js';
import type { ObjectAddress, ObjectAttributes, StoredInfo, VersionedObjectStore } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { malformedXml, parseXml, type XmlElement } from '../xml/parseXml.js';
import { childText, onlyChild } from '../xml/readElement.js';
import { readCheckedText } from './integrity.js';
import type { S3Operation } from './s3Call.js';
import { invalidRequest } from './s3Errors.js';
import { versionHeader, versionOf } from './versionIds.js';

const maxEncryptionBytes = 64 * 1024;
const keyArnShape = kmsKeyArnOf('');

export interface KmsEncryption {
  readonly kmsKeyId: string;
  readonly isBucketKeyEnabled: boolean;
}

/** Source: S3 API Reference, UpdateObjectEncryption, with the texts of its errors. Whose key it is, is not checked: nothing is encrypted. */
export const updateObjectEncryption: S3Operation = async (call) => {
  const { request, store, bucket, key, context } = call;
  const { text } = await readCheckedText(request, maxEncryptionBytes);
  const root = parseXml(text);
  if (root.name !== 'ObjectEncryption') throw malformedXml();
  const target = readTarget(root);
  const info = await updateEncryption(store, { bucket, key, versionId: versionOf(call) }, target, context.clock.now());
  return { status: 200, headers: versionHeader(call, info) };
};

/** Changes SSE-S3 or SSE-KMS to SSE-KMS under this key, in place. `InvalidRequest` for what can't be changed, `AccessDenied` under object lock. */
export function updateEncryption(
  store: VersionedObjectStore,
  address: ObjectAddress,
  target: KmsEncryption,
  nowMs: number,
): Promise<StoredInfo> {
  return store.putEncryption(address, { algorithm: 'aws:kms', ...target }, (current) => checkUpdate(current, nowMs));
}

function checkUpdate({ encryption, retention, hasLegalHold }: Partial<ObjectAttributes>, nowMs: number): void {
  if (encryption?.algorithm === 'customer' || encryption?.algorithm === 'aws:kms:dsse') {
    throw invalidRequest(
      "The UpdateObjectEncryption operation doesn't support source objects with the encryption type DSSE-KMS or SSE-C. Only source objects encrypted with SSE-S3 or SSE-KMS are supported.",
    );
  }
  if (hasLegalHold === true || (retention !== undefined && retention.retainUntilMs > nowMs)) {
    throw new ServiceError(
      403,
      'AccessDenied',
      "The encryption type for the specified object can't be updated because that object is protected by S3 Object Lock. If the object has a governance-mode retention period or a legal hold, you must first remove the Object Lock status on the object before you issue your UpdateObjectEncryption request. You can't use the UpdateObjectEncryption operation with objects that have an Object Lock compliance mode retention period applied to them.",
    );
  }
}

function readTarget(root: XmlElement): KmsEncryption {
  if (onlyChild(root, 'DSSE-KMS') !== undefined || onlyChild(root, 'SSE-C') !== undefined) {
    throw invalidRequest(
      "The UpdateObjectEncryption operation doesn't support updating the encryption type to DSSE-KMS or SSE-C. Modify the request to specify SSE-KMS for the updated encryption type, and then try again.",
    );
  }
  const kms = onlyChild(root, 'SSE-KMS');
  if (kms === undefined) {
    throw invalidRequest(
      'Requests that modify an object encryption configuration require a valid new encryption type. Valid values are SSEKMS. Modify the request to specify SSE-KMS for the updated encryption type, and then try again.',
    );
  }
  const kmsKeyId = childText(kms, 'KMSKeyArn');
  if (kmsKeyId === undefined) {
    throw invalidRequest(
      "Requests that modify an object's encryption type to SSE-KMS require an AWS KMS key Amazon Resource Name (ARN). Modify the request to specify a KMS key ARN, and then try again.",
    );
  }
  if (validateShape(kmsKeyId, keyArnShape).length > 0) {
    throw invalidRequest(
      "Requests that modify an object's encryption type to SSE-KMS require a valid AWS KMS key Amazon Resource Name (ARN). Confirm that you have a correctly formatted KMS key ARN in your request, and then try again.",
    );
  }
  const bucketKey = childText(kms, 'BucketKeyEnabled') ?? 'false';
  if (bucketKey !== 'true' && bucketKey !== 'false') {
    throw invalidRequest(
      "The BucketKeyEnabled value isn't valid. Valid values are true or false. Modify the request to specify a valid value, and then try again.",
    );
  }
  return { kmsKeyId, isBucketKeyEnabled: bucketKey === 'true' };
}
