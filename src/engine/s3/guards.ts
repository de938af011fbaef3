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

/** Storage classes whose objects are read like any other. Archived ones need a restore first. */
const readableClasses = ['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'];

/** What the engine does not have, by header: true means refused. */
const refusedHeaders: readonly (readonly [pattern: RegExp, isRefused: (value: string) => boolean])[] = [
  [/^x-amz-grant-/, () => true],
  [/^x-amz-tagging$/, (value) => value !== ''],
  [/^x-amz-object-lock-/, () => true],
  [/^x-amz-bucket-object-lock-enabled$/, (value) => value.toLowerCase() !== 'false'],
  [/^x-amz-object-ownership$/, (value) => value !== 'BucketOwnerEnforced'],
  [/^x-amz-server-side-encryption$/, (value) => value !== 'AES256'],
  [/^x-amz-server-side-encryption-(?!bucket-key-enabled$)/, () => true],
  [/^x-amz-copy-source-server-side-encryption-/, () => true],
  [/^x-amz-storage-class$/, (value) => !readableClasses.includes(value)],
  [/^x-amz-write-offset-bytes$/, () => true],
  [/^x-amz-mfa$/, () => true],
];

/** Refuses headers that ask for something the engine does not do, and a wrong expected bucket owner. */
export function checkHeaders(request: EngineRequest, accountId: string): void {
  for (const [name, value] of Object.entries(request.headers)) {
    if (refusedHeaders.some(([pattern, isRefused]) => pattern.test(name) && isRefused(value)))
      throw notImplemented(`${name}: ${value}`);
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
