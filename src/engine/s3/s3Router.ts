import { jobOfToken, runForJob } from '../changes/jobScope.js';
import type { EngineContext, EngineRequest, Router } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './aclCalls.js';
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './bucketCalls.js';
import {
  deleteBucketEncryption,
  deleteBucketReplication,
  deleteOwnershipControls,
  getBucketEncryption,
  getBucketReplication,
  getOwnershipControls,
  putBucketEncryption,
  putBucketReplication,
  putOwnershipControls,
} from './bucketSettingCalls.js';
import {
  getObjectLegalHold,
  getObjectLockConfiguration,
  getObjectRetention,
  putObjectLegalHold,
  putObjectLockConfiguration,
  putObjectRetention,
} from './lockCalls.js';
import { restoreObject } from './restoreCall.js';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './taggingCalls.js';
import { getBucketVersioning, listObjectVersions, putBucketVersioning } from './versionCalls.js';
import { isExistingBucketName } from './bucketName.js';
import { copyObject } from './copyObject.js';
import { deleteObjects } from './deleteObjects.js';
import { invalidBucketName } from './bucketStore.js';
import { updateObjectEncryption } from './encryptionUpdate.js';
import type { FileObjectStore } from './fileObjectStore.js';
import { checkHeaders, checkSubresources } from './guards.js';
import { listObjects, listObjectsV2 } from './listCalls.js';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
  uploadPartCopy,
} from './multipartCalls.js';
import { MultipartUploads } from './multipartUploads.js';
import { getObjectAttributes } from './objectAttributes.js';
import { deleteObject, getObject, headObject, putObject } from './objectCalls.js';
import { readAddress, type S3Operation } from './s3Call.js';

interface Route {
  readonly method: string;
  readonly scope: 'service' | 'bucket' | 'object';
  /** Query parameters that must be there; they and `reads` are the sub-resources that the call knows. */
  readonly query?: readonly string[];
  readonly header?: string;
  readonly reads?: readonly string[];
  readonly operation: S3Operation;
}

/** The first that fits counts, so the more particular ones come first. */
const routes: readonly Route[] = [
  { method: 'GET', scope: 'service', operation: listBuckets },
  { method: 'GET', scope: 'bucket', query: ['location'], operation: getBucketLocation },
  { method: 'GET', scope: 'bucket', query: ['versioning'], operation: getBucketVersioning },
  { method: 'PUT', scope: 'bucket', query: ['versioning'], operation: putBucketVersioning },
  { method: 'GET', scope: 'bucket', query: ['versions'], operation: listObjectVersions },
  { method: 'GET', scope: 'bucket', query: ['acl'], operation: getBucketAcl },
  { method: 'PUT', scope: 'bucket', query: ['acl'], operation: putBucketAcl },
  { method: 'GET', scope: 'bucket', query: ['encryption'], operation: getBucketEncryption },
  { method: 'PUT', scope: 'bucket', query: ['encryption'], operation: putBucketEncryption },
  { method: 'DELETE', scope: 'bucket', query: ['encryption'], operation: deleteBucketEncryption },
  { method: 'GET', scope: 'bucket', query: ['object-lock'], operation: getObjectLockConfiguration },
  { method: 'PUT', scope: 'bucket', query: ['object-lock'], operation: putObjectLockConfiguration },
  { method: 'GET', scope: 'bucket', query: ['ownershipControls'], operation: getOwnershipControls },
  { method: 'PUT', scope: 'bucket', query: ['ownershipControls'], operation: putOwnershipControls },
  { method: 'DELETE', scope: 'bucket', query: ['ownershipControls'], operation: deleteOwnershipControls },
  { method: 'GET', scope: 'bucket', query: ['replication'], operation: getBucketReplication },
  { method: 'PUT', scope: 'bucket', query: ['replication'], operation: putBucketReplication },
  { method: 'DELETE', scope: 'bucket', query: ['replication'], operation: deleteBucketReplication },
  { method: 'GET', scope: 'bucket', query: ['uploads'], operation: listMultipartUploads },
  { method: 'GET', scope: 'bucket', query: ['list-type'], operation: listObjectsV2 },
  { method: 'GET', scope: 'bucket', operation: listObjects },
  { method: 'PUT', scope: 'bucket', operation: createBucket },
  { method: 'HEAD', scope: 'bucket', operation: headBucket },
  { method: 'DELETE', scope: 'bucket', operation: deleteBucket },
  { method: 'POST', scope: 'bucket', query: ['delete'], operation: deleteObjects },
  { method: 'GET', scope: 'object', query: ['uploadId'], operation: listParts },
  { method: 'GET', scope: 'object', query: ['attributes'], operation: getObjectAttributes },
  { method: 'GET', scope: 'object', query: ['tagging'], operation: getObjectTagging },
  { method: 'PUT', scope: 'object', query: ['tagging'], operation: putObjectTagging },
  { method: 'DELETE', scope: 'object', query: ['tagging'], operation: deleteObjectTagging },
  { method: 'GET', scope: 'object', query: ['acl'], operation: getObjectAcl },
  { method: 'PUT', scope: 'object', query: ['acl'], operation: putObjectAcl },
  { method: 'GET', scope: 'object', query: ['retention'], operation: getObjectRetention },
  { method: 'PUT', scope: 'object', query: ['retention'], operation: putObjectRetention },
  { method: 'GET', scope: 'object', query: ['legal-hold'], operation: getObjectLegalHold },
  { method: 'PUT', scope: 'object', query: ['legal-hold'], operation: putObjectLegalHold },
  { method: 'PUT', scope: 'object', query: ['encryption'], operation: updateObjectEncryption },
  { method: 'POST', scope: 'object', query: ['restore'], operation: restoreObject },
  { method: 'GET', scope: 'object', reads: ['partNumber'], operation: getObject },
  { method: 'HEAD', scope: 'object', reads: ['partNumber'], operation: headObject },
  { method: 'PUT', scope: 'object', query: ['uploadId', 'partNumber'], header: 'x-amz-copy-source', operation: uploadPartCopy },
  { method: 'PUT', scope: 'object', query: ['uploadId', 'partNumber'], operation: uploadPart },
  { method: 'PUT', scope: 'object', header: 'x-amz-copy-source', operation: copyObject },
  { method: 'PUT', scope: 'object', operation: putObject },
  { method: 'DELETE', scope: 'object', query: ['uploadId'], operation: abortMultipartUpload },
  { method: 'DELETE', scope: 'object', operation: deleteObject },
  { method: 'POST', scope: 'object', query: ['uploads'], operation: createMultipartUpload },
  { method: 'POST', scope: 'object', query: ['uploadId'], operation: completeMultipartUpload },
];

/** S3 of the local engine. What it does not have is answered with 501 `NotImplemented`, never ignored. */
export function createS3Router(context: EngineContext, store: FileObjectStore): Router {
  const uploads = new MultipartUploads(store, context.clock);
  return async (request) => {
    if (request.service !== 's3') return undefined;
    const { bucket, key } = readAddress(request);
    const scope = bucket === '' && key === '' ? 'service' : key === '' ? 'bucket' : 'object';
    const route = routes.find((candidate) => candidate.scope === scope && fits(candidate, request));
    if (route === undefined) {
      throw new ServiceError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
        Method: request.method,
      });
    }
    checkSubresources(request, [...(route.query ?? []), ...(route.reads ?? [])]);
    checkHeaders(request, context.accountId);
    if (scope !== 'service' && !isExistingBucketName(bucket)) throw invalidBucketName(bucket);
    const answer = () => route.operation({ request, context, store, uploads, bucket, key });
    const jobId = jobOfToken(request.headers['x-amz-security-token']);
    return jobId === undefined ? answer() : runForJob(jobId, answer);
  };
}

function fits(route: Route, request: EngineRequest): boolean {
  return (
    route.method === request.method &&
    (route.query ?? []).every((name) => request.query.has(name)) &&
    (route.header === undefined || request.headers[route.header] !== undefined)
  );
}
