import type { EngineRequest } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import { invalidArgument, notImplemented } from './s3Errors.js';

/** Query parameters that make another call of a request. Source: S3 API Reference, the calls' request syntax. */
const subresources: ReadonlySet<string> = new Set([
  'abac',
  'accelerate',
  'acl',
  'analytics',
  'annotation',
  'attributes',
  'cors',
  'delete',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metadataConfiguration',
  'metadataInventoryTable',
  'metadataJournalTable',
  'metadataTable',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'partNumber',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'renameObject',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'session',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versioning',
  'versions',
  'website',
]);

/** Refuses a request that names a sub-resource that its operation does not read. */
export function checkSubresources(request: EngineRequest, allowed: readonly string[]): void {
  for (const name of request.query.keys()) {
    if (subresources.has(name) && !allowed.includes(name)) throw notImplemented(`?${name} of ${request.method}`);
  }
}

/** What the engine does not have, by header. */
const refusedHeaders: readonly RegExp[] = [/^x-amz-write-offset-bytes$/, /^x-amz-mfa$/];

/** Refuses headers that ask for something the engine does not do, and a wrong expected bucket owner. */
export function checkHeaders(request: EngineRequest, accountId: string): void {
  for (const [name, value] of Object.entries(request.headers)) {
    if (refusedHeaders.some((pattern) => pattern.test(name))) throw notImplemented(`${name}: ${value}`);
  }
  for (const name of ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner']) {
    const owner = request.headers[name];
    if (owner === undefined) continue;
    if (!/^\d{12}$/.test(owner))
      throw invalidArgument(
        `The value of the expected bucket owner parameter must be an AWS Account ID... [${owner}]`,
        name,
        owner,
      );
    if (owner !== accountId) throw new ServiceError(403, 'AccessDenied', 'Access Denied');
  }
}
