import { type OperationPerformer, successful } from './operationPerformer.js';
import { ServiceError } from '../serviceError.js';

interface EncryptionParameters {
  readonly ObjectEncryption: { readonly SSEKMS: { readonly KMSKeyArn: string; readonly BucketKeyEnabled?: boolean } };
}

/**
 * Changes the encryption in place. Source: S3 User Guide, batch-ops-update-encryption, for what is refused; the codes and texts are
 * emulated.
 */
export const s3UpdateObjectEncryption: OperationPerformer<EncryptionParameters> = {
  perform: async ({ store, clock }, { ObjectEncryption: { SSEKMS: target } }, task) => {
    const info = await store.head(task.bucket, task.key, task.versionId);
    const { algorithm } = info.encryption;
    if (algorithm === 'customer' || algorithm === 'aws:kms:dsse') {
      const name = algorithm === 'customer' ? 'SSE-C' : 'DSSE-KMS';
      throw new ServiceError(
        400,
        'InvalidRequest',
        `Updating the encryption of an object that is encrypted with ${name} is not supported.`,
      );
    }
    if (info.hasLegalHold === true || (info.retention !== undefined && info.retention.retainUntilMs > clock.now())) {
      throw new ServiceError(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
    }
    const { KMSKeyArn: kmsKeyId, BucketKeyEnabled: isBucketKeyEnabled = false } = target;
    await store.putEncryption({ ...task, versionId: info.versionId }, { algorithm: 'aws:kms', kmsKeyId, isBucketKeyEnabled });
    return successful;
  },
};
