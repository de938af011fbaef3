import { findOperation } from '../operations/catalogue.js';
import { noPermissions } from '../operations/permissions.js';
import type { OperationDefinition, OperationPermissions } from '../operations/operation.js';
import { isRecord } from '../operations/validateShape.js';
import { bucketArn, parseArn, parseBucketArn, parseFunctionArn, parseObjectArn, parseRoleArn, type RoleArn } from '../job/arn.js';
import type { JobFile } from '../job/jobFile.js';
import type { JobFacts, PolicyGap } from './jobFacts.js';
import { keyResource } from './keyResource.js';
import type { NeedPurpose, PermissionNeed } from './permissionNeed.js';
import { literalPattern } from './resourcePattern.js';

export interface JobNeeds {
  /** The job role; undefined when RoleArn names none. */
  readonly role: RoleArn | undefined;
  readonly needs: readonly PermissionNeed[];
  /** While there are any, `needs` are not complete. */
  readonly gaps: readonly PolicyGap[];
  /** Sentences: what was assumed, and what no policy of the role can give. */
  readonly notes: readonly string[];
}

/**
 * Everything that the role of one job must be allowed, and nothing else. Source: S3 User Guide, batch-ops-iam-role-policies and the page
 * of each operation.
 */
export function needsOfJob(job: JobFile, facts: JobFacts = {}): JobNeeds {
  return new NeedCollector(job, facts).collect();
}

class NeedCollector {
  readonly #job: JobFile;
  readonly #facts: JobFacts;
  readonly #role: RoleArn | undefined;
  readonly #needs: PermissionNeed[] = [];
  readonly #gaps: PolicyGap[] = [];
  readonly #notes: string[] = [];
  /** By bucket name; what the job itself says of owners, and what is known besides. */
  readonly #owners: Map<string, string>;

  constructor(job: JobFile, facts: JobFacts) {
    this.#job = job;
    this.#facts = facts;
    this.#role = parseRoleArn(job.RoleArn);
    this.#owners = new Map(Object.entries({ ...ownersInJob(job), ...facts.owners }));
  }

  collect(): JobNeeds {
    if (this.#role === undefined) {
      this.#gaps.push({ code: 'no-role', message: 'RoleArn is not the ARN of a role. Write arn:aws:iam::ACCOUNT:role/NAME.' });
    }
    this.#manifest();
    this.#generator();
    this.#report();
    this.#operation();
    return { role: this.#role, needs: this.#needs, gaps: this.#gaps, notes: this.#notes };
  }

  #add(purpose: NeedPurpose, actions: readonly string[], resource: string, why: string, bucket?: string): void {
    const owner = bucket === undefined ? undefined : this.#otherOwner(bucket);
    for (const action of actions) {
      this.#needs.push({ purpose, action, resource, why, ...(owner === undefined ? {} : { owner }) });
    }
  }

  #manifest(): void {
    const manifest = this.#job.Manifest;
    if (manifest === undefined) return;
    const place = parseObjectArn(manifest.Location.ObjectArn);
    if (place === undefined) return;
    const { bucket, partition } = place;
    const read = ['s3:GetObject', 's3:GetObjectVersion'];
    const at = (key: string): string => `${bucketArn(bucket, partition)}/${key}`;
    this.#add('ReadManifest', read, at(literalPattern(place.key)), 'Read the manifest.', bucket);
    if (manifest.Spec.Format !== 'S3InventoryReport_CSV_20161130') return;

    const layout = inventoryLayout(place.key);
    const files = this.#facts.inventoryFiles;
    if (files !== undefined) {
      const patterns = files.length <= 20 ? files.map(literalPattern) : [`${literalPattern(commonFolder(files))}*`];
      for (const pattern of patterns)
        this.#add('ReadManifest', read, at(pattern), 'Read the data files of the inventory.', bucket);
    } else if (layout !== undefined) {
      this.#add(
        'ReadManifest',
        read,
        at(`${literalPattern(layout.dataFolder)}*`),
        'Read the data files of the inventory.',
        bucket,
      );
    } else {
      this.#add(
        'ReadManifest',
        read,
        at('*'),
        'Read the data files of the inventory, which may be anywhere in its bucket.',
        bucket,
      );
      this.#notes.push(
        'The manifest does not lie where S3 Inventory puts it, so its data files may be anywhere: the role may read all of its bucket.',
      );
    }
    for (const key of this.#facts.manifestKeys ?? []) {
      this.#key(['kms:Decrypt', 'kms:GenerateDataKey'], key, 'Read the inventory, which is encrypted with KMS.');
    }
  }

  #generator(): void {
    const generator = generatorOf(this.#job);
    const source = generator === undefined ? undefined : parseBucketArn(textOf(generator['SourceBucket']));
    if (generator === undefined || source === undefined) return;
    const arn = bucketArn(source.bucket, source.partition);
    this.#add(
      'GenerateManifest',
      ['s3:PutInventoryConfiguration', ...this.#permissions().generatorBuckets],
      arn,
      'Let the service list the objects of the bucket.',
      source.bucket,
    );
    const output = generator['ManifestOutputLocation'];
    const target = isRecord(output) ? parseBucketArn(textOf(output['Bucket'])) : undefined;
    if (generator['EnableManifestOutput'] !== true || !isRecord(output) || target === undefined) return;
    // The names below the prefix are not documented, so whatever begins with it is in.
    const place = `${bucketArn(target.bucket, target.partition)}/${literalPattern(textOf(output['ManifestPrefix']))}*`;
    this.#add('StoreManifest', ['s3:PutObject'], place, 'Store the generated list.', target.bucket);
    this.#add('StoreManifest', ['s3:GetObject', 's3:GetObjectVersion'], place, 'Read the generated list.', target.bucket);
    this.#aclOf(target.bucket, 'StoreManifest', place, 'Store the generated list in a bucket of another account that has ACLs.');
    const encryption = output['ManifestEncryption'];
    const sse = isRecord(encryption) ? encryption['SSEKMS'] : undefined;
    if (isRecord(sse) && typeof sse['KeyId'] === 'string') {
      this.#key(
        ['kms:Decrypt', 'kms:GenerateDataKey'],
        sse['KeyId'],
        'Store and read the generated list, which is encrypted with KMS.',
      );
    }
  }

  #report(): void {
    const report = this.#job.Report;
    const bucket = report.Enabled ? parseBucketArn(report.Bucket ?? '') : undefined;
    if (bucket === undefined) return;
    const folder = report.Prefix === undefined ? '' : `${literalPattern(report.Prefix)}/`;
    const place = `${bucketArn(bucket.bucket, bucket.partition)}/${folder}job-*`;
    this.#add(
      'WriteReport',
      ['s3:PutObject'],
      place,
      'Write the completion report; without it the job ends as Failed although its tasks were done.',
      bucket.bucket,
    );
    this.#aclOf(bucket.bucket, 'WriteReport', place, 'Write the report into a bucket of another account that has ACLs.');
  }

  #operation(): void {
    const [name, operation, parameters] = operationOf(this.#job);
    if (operation === undefined) {
      this.#gaps.push({ code: 'no-operation', message: `The job has no known operation${name === '' ? '' : ` (${name})`}.` });
      return;
    }
    const permissions = this.#permissions();
    const hasVersions = this.#hasVersions();
    const objects = [...permissions.objects, ...(hasVersions ? permissions.objectVersions : [])];
    if (objects.length + permissions.buckets.length > 0) this.#onObjects(operation, objects, permissions.buckets);
    this.#destination(operation, parameters, permissions);
    if (permissions.functions.length > 0) this.#function(textOf(parameters['FunctionArn']), permissions.functions);
    if (permissions.keys.length > 0) {
      const keys = [...(this.#facts.objectKeys ?? []), ...keysInFilter(this.#job)];
      for (const key of keys) this.#key(permissions.keys, key, `${operation.label}: the objects are encrypted with this key.`);
      if (keys.length === 0) {
        this.#notes.push('If the objects are encrypted with KMS keys, name the keys: the role needs them too.');
      }
    }
  }

  #onObjects(operation: OperationDefinition, objectActions: readonly string[], bucketActions: readonly string[]): void {
    const generator = generatorOf(this.#job);
    const source = generator === undefined ? undefined : parseBucketArn(textOf(generator['SourceBucket']))?.bucket;
    const layout =
      this.#job.Manifest?.Spec.Format === 'S3InventoryReport_CSV_20161130'
        ? inventoryLayout(parseObjectArn(this.#job.Manifest.Location.ObjectArn)?.key ?? '')
        : undefined;
    const buckets =
      this.#facts.buckets ?? (source === undefined ? (layout === undefined ? undefined : [layout.sourceBucket]) : [source]);
    if (buckets === undefined || buckets.length === 0) {
      this.#gaps.push({
        code: 'objects-bucket-unknown',
        message: `${operation.label} needs permissions on the objects, but the job does not say which buckets they are in.`,
      });
      return;
    }
    const keys = generator === undefined ? '*' : keysOfFilter(generator['Filter']);
    for (const bucket of buckets) {
      if (isDirectoryBucketName(bucket)) {
        this.#directoryBucket(bucket, `${operation.label}: open a session on the directory bucket.`);
        continue;
      }
      const arn = bucketArn(bucket, this.#partition());
      this.#add('ActOnObjects', objectActions, `${arn}/${keys}`, `${operation.label}: what it does to each object.`, bucket);
      for (const action of bucketActions) this.#add('ReadBucket', [action], arn, bucketWhy(operation, action), bucket);
    }
  }

  #destination(
    operation: OperationDefinition,
    parameters: Readonly<Record<string, unknown>>,
    permissions: OperationPermissions,
  ): void {
    const target = parseBucketArn(textOf(parameters['TargetResource']));
    if (target?.isDirectoryBucket === true) {
      const resource = textOf(parameters['TargetResource']);
      this.#add('WriteCopies', ['s3express:CreateSession'], resource, `${operation.label}: open a session on the target bucket.`);
    } else if (target !== undefined) {
      const prefix = literalPattern(textOf(parameters['TargetKeyPrefix']));
      const place = `${bucketArn(target.bucket, target.partition)}/${prefix}*`;
      this.#add(
        'WriteCopies',
        permissions.destinationObjects,
        place,
        `${operation.label}: write the new objects.`,
        target.bucket,
      );
    }
    const key = encryptingKey(parameters);
    if (key !== undefined) this.#key(permissions.destinationKeys, key, `${operation.label}: encrypt with this key.`);
  }

  #directoryBucket(bucket: string, why: string): void {
    const { region } = this.#facts;
    if (region === undefined) {
      this.#regionGap(`The ARN of the directory bucket ${bucket} has a Region, which the job does not say.`);
      return;
    }
    const account = this.#owners.get(bucket) ?? this.#role?.accountId ?? '*';
    this.#add(
      'ActOnObjects',
      ['s3express:CreateSession'],
      `arn:${this.#partition()}:s3express:${region}:${account}:bucket/${bucket}`,
      why,
      bucket,
    );
  }

  #function(given: string, actions: readonly string[]): void {
    const parsed = parseFunctionArn(given);
    if (parsed === undefined) return;
    const region = parsed.region ?? this.#facts.region;
    if (region === undefined) {
      this.#regionGap(`FunctionArn ${JSON.stringify(given)} has no Region, and the job does not say it.`);
      return;
    }
    const account = parsed.accountId ?? this.#role?.accountId ?? '*';
    const partition = parseArn(given)?.partition ?? this.#partition();
    // A qualified call is judged by the qualified ARN, an unqualified one by that of the function itself (Lambda Developer Guide,
    // lambda-api-permissions-ref).
    const qualifier = parsed.qualifier === undefined ? '' : `:${literalPattern(parsed.qualifier)}`;
    const resource = `arn:${partition}:lambda:${region}:${account}:function:${parsed.name}${qualifier}`;
    const owner = account === this.#role?.accountId ? undefined : account;
    for (const action of actions) {
      const why = 'Call the function for each object.';
      this.#needs.push({ purpose: 'InvokeFunction', action, resource, why, ...(owner === undefined ? {} : { owner }) });
    }
    this.#notes.push(
      "What the function does with the objects needs permissions of the function's own role, not of the job role.",
    );
  }

  #key(actions: readonly string[], key: string, why: string): void {
    const account = this.#role?.accountId ?? '*';
    const found = keyResource(key, { partition: this.#partition(), region: this.#facts.region, accountId: account });
    if (found === undefined) {
      this.#regionGap(`The KMS key ${JSON.stringify(key)} has no Region, and the job does not say it.`);
      return;
    }
    const owner = found.accountId === account ? undefined : found.accountId;
    for (const action of actions) {
      this.#needs.push({
        purpose: 'UseKey',
        action,
        resource: found.resource,
        why,
        ...(found.condition === undefined ? {} : { condition: found.condition }),
        ...(owner === undefined ? {} : { owner }),
      });
    }
  }

  #aclOf(bucket: string, purpose: NeedPurpose, resource: string, why: string): void {
    if (this.#otherOwner(bucket) !== undefined) this.#add(purpose, ['s3:PutObjectAcl'], resource, why, bucket);
  }

  #regionGap(message: string): void {
    this.#gaps.push({ code: 'region-unknown', message });
  }

  #otherOwner(bucket: string): string | undefined {
    const owner = this.#owners.get(bucket);
    return owner === this.#role?.accountId ? undefined : owner;
  }

  #partition(): string {
    return this.#role?.partition ?? 'aws';
  }

  #permissions(): OperationPermissions {
    const [, operation, parameters] = operationOf(this.#job);
    return operation === undefined ? noPermissions : permissionsOf(operation, parameters);
  }

  #hasVersions(): boolean {
    const spec = this.#job.Manifest?.Spec;
    if (spec?.Format === 'S3BatchOperations_CSV_20180820') return spec.Fields?.includes('VersionId') ?? false;
    // Generated lists carry versions; of inventories most do.
    return this.#facts.hasVersions ?? true;
  }
}

/** What an operation needs with these parameters. */
function permissionsOf(operation: OperationDefinition, parameters: Readonly<Record<string, unknown>>): OperationPermissions {
  const more: Partial<OperationPermissions> = operation.permissionsFor?.(parameters) ?? {};
  const kinds = Object.keys(noPermissions) as (keyof OperationPermissions)[];
  const merged = kinds.map((kind) => [kind, [...operation.permissions[kind], ...(more[kind] ?? [])]] as const);
  return Object.fromEntries(merged) as unknown as OperationPermissions;
}

function operationOf(
  job: JobFile,
): [name: string, operation: OperationDefinition | undefined, Readonly<Record<string, unknown>>] {
  const [name = ''] = Object.keys(job.Operation);
  const parameters = job.Operation[name];
  return [name, findOperation(name), isRecord(parameters) ? parameters : {}];
}

function generatorOf(job: JobFile): Record<string, unknown> | undefined {
  const generator = isRecord(job.ManifestGenerator) ? job.ManifestGenerator['S3JobManifestGenerator'] : undefined;
  return isRecord(generator) ? generator : undefined;
}

/** Accounts that the job expects buckets to belong to. */
function ownersInJob(job: JobFile): Record<string, string> {
  const owners: Record<string, string> = {};
  const note = (arn: unknown, owner: unknown): void => {
    const bucket = parseBucketArn(textOf(arn))?.bucket;
    if (bucket !== undefined && typeof owner === 'string') owners[bucket] = owner;
  };
  note(job.Report.Bucket, job.Report.ExpectedBucketOwner);
  const generator = generatorOf(job);
  note(generator?.['SourceBucket'], generator?.['ExpectedBucketOwner']);
  const output = generator?.['ManifestOutputLocation'];
  if (isRecord(output)) note(output['Bucket'], output['ExpectedManifestBucketOwner']);
  return owners;
}

/** The key that an operation encrypts with: that of Copy, or that of Update object encryption. */
function encryptingKey(parameters: Readonly<Record<string, unknown>>): string | undefined {
  const encryption = parameters['ObjectEncryption'];
  const sse = isRecord(encryption) ? encryption['SSEKMS'] : undefined;
  const key = parameters['SSEAwsKmsKeyId'] ?? (isRecord(sse) ? sse['KMSKeyArn'] : undefined);
  return typeof key === 'string' && key !== '' ? key : undefined;
}

/** KMS keys that the generator's filter asks for: the listed objects are encrypted with them. */
function keysInFilter(job: JobFile): string[] {
  const filter = generatorOf(job)?.['Filter'];
  const wanted = isRecord(filter) ? filter['MatchAnyObjectEncryption'] : undefined;
  if (!Array.isArray(wanted)) return [];
  return wanted
    .filter(isRecord)
    .flatMap((encryption) => Object.values(encryption))
    .flatMap((kind) => (isRecord(kind) && typeof kind['KmsKeyArn'] === 'string' ? [kind['KmsKeyArn']] : []));
}

/** The keys that a filter can match, as pattern: by prefix, else by suffix, else all. */
function keysOfFilter(filter: unknown): string {
  const constraint = isRecord(filter) ? filter['KeyNameConstraint'] : undefined;
  const only = (member: string): string | undefined => {
    const list: unknown = isRecord(constraint) ? constraint[member] : undefined;
    return Array.isArray(list) && list.length === 1 && typeof list[0] === 'string' ? list[0] : undefined;
  };
  const prefix = only('MatchAnyPrefix');
  const suffix = only('MatchAnySuffix');
  // Both at once would leave out keys in which the two overlap.
  if (prefix !== undefined) return `${literalPattern(prefix)}*`;
  return suffix === undefined ? '*' : `*${literalPattern(suffix)}`;
}

/** `<prefix>/<source bucket>/<configuration>/<date>/manifest.json`. Source: S3 User Guide, storage-inventory-location. */
function inventoryLayout(key: string): { readonly sourceBucket: string; readonly dataFolder: string } | undefined {
  const match = /^((?:.*\/)?([^/]+)\/[^/]+\/)\d{4}-\d\d-\d\dT\d\d-\d\dZ\/manifest\.json$/.exec(key);
  const [, folder, sourceBucket] = match ?? [];
  return folder === undefined || sourceBucket === undefined ? undefined : { sourceBucket, dataFolder: `${folder}data/` };
}

/** The folder that all keys are in; empty when there is none. */
function commonFolder(keys: readonly string[]): string {
  let common = keys[0] ?? '';
  for (const key of keys) {
    while (!key.startsWith(common)) common = common.slice(0, -1);
  }
  return common.slice(0, common.lastIndexOf('/') + 1);
}

function isDirectoryBucketName(bucket: string): boolean {
  return bucket.endsWith('--x-s3');
}

function bucketWhy(operation: OperationDefinition, action: string): string {
  if (action === 's3:ListBucket')
    return `${operation.label}: without it a missing key is reported as AccessDenied, not as NoSuchKey.`;
  if (action === 's3:GetBucketObjectLockConfiguration')
    return `${operation.label}: the service looks whether the bucket has Object Lock.`;
  return `${operation.label}: read the bucket.`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
