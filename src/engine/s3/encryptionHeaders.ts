import { createHash } from 'node:crypto';
import type { EngineContext, EngineRequest } from '../contracts.js';
import type { ObjectEncryption } from '../objectStore.js';
import { ServiceError } from '../serviceError.js';
import { invalidArgument, invalidRequest } from './s3Errors.js';

/** Encryption as headers say it. Nothing is encrypted here: emulated. Source: S3 User Guide, serv-side-encryption. */

const prefix = 'x-amz-server-side-encryption';
const customerKeyBytes = 32;

/** What a request asks for; undefined when it leaves it to the bucket. */
export function readEncryption({ headers }: Pick<EngineRequest, 'headers'>): ObjectEncryption | undefined {
  const keyMd5 = readCustomerKey({ headers }, `${prefix}-customer`);
  const algorithm = headers[prefix];
  if (keyMd5 !== undefined) {
    if (algorithm !== undefined)
      throw invalidArgument(
        'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
        prefix,
        algorithm,
      );
    return { algorithm: 'customer', keyMd5 };
  }
  const kmsKeyId = headers[`${prefix}-aws-kms-key-id`];
  if (algorithm === 'aws:kms' || algorithm === 'aws:kms:dsse') {
    const isBucketKeyEnabled = headers[`${prefix}-bucket-key-enabled`]?.toLowerCase() === 'true';
    return { algorithm, ...(kmsKeyId === undefined ? {} : { kmsKeyId }), ...(isBucketKeyEnabled ? { isBucketKeyEnabled } : {}) };
  }
  if (kmsKeyId !== undefined) {
    throw invalidArgument(
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      prefix,
      algorithm ?? 'null',
    );
  }
  if (algorithm === undefined) return undefined;
  if (algorithm !== 'AES256') throw invalidArgument('The encryption method specified is not supported', prefix, algorithm);
  return { algorithm };
}

/** The headers that tell how an object is encrypted. */
export function encryptionHeaders(
  encryption: ObjectEncryption,
  context: Pick<EngineContext, 'region' | 'accountId'>,
): Record<string, string> {
  switch (encryption.algorithm) {
    case 'AES256':
      return { [prefix]: 'AES256' };
    case 'customer':
      return { [`${prefix}-customer-algorithm`]: 'AES256', [`${prefix}-customer-key-md5`]: encryption.keyMd5 };
    case 'aws:kms':
    case 'aws:kms:dsse':
      return {
        [prefix]: encryption.algorithm,
        [`${prefix}-aws-kms-key-id`]: kmsKeyArn(encryption.kmsKeyId, context),
        ...(encryption.isBucketKeyEnabled === true ? { [`${prefix}-bucket-key-enabled`]: 'true' } : {}),
      };
  }
}

/** S3 answers with the key's ARN whatever way it was named. The AWS managed key's id is made up. */
export function kmsKeyArn(keyId: string | undefined, { region, accountId }: Pick<EngineContext, 'region' | 'accountId'>): string {
  if (keyId?.startsWith('arn:') === true) return keyId;
  const name = keyId ?? '00000000-0000-4000-8000-000000000053';
  return `arn:aws:kms:${region}:${accountId}:${name.startsWith('alias/') ? name : `key/${name}`}`;
}

/** Throws unless the request brings the key that the object was stored with, or none for an object without. */
export function checkCustomerKey(
  request: Pick<EngineRequest, 'headers'>,
  encryption: ObjectEncryption,
  headerPrefix = `${prefix}-customer`,
): void {
  const keyMd5 = readCustomerKey(request, headerPrefix);
  if (encryption.algorithm !== 'customer') {
    if (keyMd5 === undefined) return;
    throw invalidRequest('The encryption parameters are not applicable to this object.');
  }
  if (keyMd5 === undefined) {
    throw invalidRequest(
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    );
  }
  if (keyMd5 !== encryption.keyMd5) throw new ServiceError(403, 'AccessDenied', 'Access Denied');
}

/** MD5 of the customer's key in base64, checked; undefined when the request has none. */
function readCustomerKey({ headers }: Pick<EngineRequest, 'headers'>, headerPrefix: string): string | undefined {
  const [algorithm, key, stated] = ['algorithm', 'key', 'key-md5'].map((name) => headers[`${headerPrefix}-${name}`]);
  if (algorithm === undefined && key === undefined && stated === undefined) return undefined;
  if (algorithm === undefined) {
    throw invalidArgument(
      'Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.',
      `${headerPrefix}-algorithm`,
      'null',
    );
  }
  if (algorithm !== 'AES256') {
    throw new ServiceError(
      400,
      'InvalidEncryptionAlgorithmError',
      'The Encryption request you specified is not valid. Supported value: AES256.',
    );
  }
  if (key === undefined) {
    throw invalidArgument(
      'Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.',
      `${headerPrefix}-key`,
      'null',
    );
  }
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== customerKeyBytes) {
    throw invalidArgument('The secret key was invalid for the specified algorithm.', `${headerPrefix}-key`, '');
  }
  const keyMd5 = createHash('md5').update(bytes).digest('base64');
  if (stated === undefined) {
    throw invalidArgument(
      'Requests specifying Server Side Encryption with Customer provided keys must provide the client calculated MD5 of the secret key.',
      `${headerPrefix}-key-MD5`,
      'null',
    );
  }
  if (stated !== keyMd5) {
    throw invalidArgument(
      'The calculated MD5 hash of the key did not match the hash that was provided.',
      `${headerPrefix}-key-MD5`,
      stated,
    );
  }
  return keyMd5;
}
