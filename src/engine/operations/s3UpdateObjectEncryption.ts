import { updateEncryption } from '../s3/encryptionUpdate.js';
import { type OperationPerformer, successful } from './operationPerformer.js';

interface EncryptionParameters {
  readonly ObjectEncryption: { readonly SSEKMS: { readonly KMSKeyArn: string; readonly BucketKeyEnabled?: boolean } };
}

/** Changes the encryption in place. Source: S3 User Guide, batch-ops-update-encryption. */
export const s3UpdateObjectEncryption: OperationPerformer<EncryptionParameters> = {
  perform: async ({ store, clock }, { ObjectEncryption: { SSEKMS: target } }, task) => {
    const { KMSKeyArn: kmsKeyId, BucketKeyEnabled: isBucketKeyEnabled = false } = target;
    await updateEncryption(store, task, { kmsKeyId, isBucketKeyEnabled }, clock.now());
    return successful;
  },
};
