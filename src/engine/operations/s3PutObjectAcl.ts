import { cannedAcl } from '../s3/accessControl.js';
import { type OperationPerformer, successful } from './operationPerformer.js';
import { grantOf, type RequestGrant } from './operationValues.js';

interface AclParameters {
  readonly AccessControlPolicy?: {
    readonly CannedAccessControlList?: string;
    /** Its owner is required and, as the bucket's owner owns everything here, not looked at. */
    readonly AccessControlList?: { readonly Grants?: readonly RequestGrant[] };
  };
}

/** Source: S3 User Guide, batch-ops-put-object-acl. */
export const s3PutObjectAcl: OperationPerformer<AclParameters> = {
  perform: async ({ store }, { AccessControlPolicy: policy = {} }, task) => {
    const { CannedAccessControlList: canned, AccessControlList: list } = policy;
    await store.putAcl(task, canned === undefined ? (list?.Grants ?? []).map(grantOf) : cannedAcl(canned));
    return successful;
  },
};
