/**
 * ARNs of what a job names. Parsers give undefined for what is not such an ARN; formatters don't check their arguments.
 * Source of the forms: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3", and Lambda's.
 */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  /** Everything after the fifth colon. */
  readonly resource: string;
}

export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):([^]*)$/.exec(text);
  if (match === null) return undefined;
  const [, partition = '', service = '', region = '', accountId = '', resource = ''] = match;
  if (partition === '' || service === '' || resource === '') return undefined;
  return { partition, service, region, accountId, resource };
}

/** The partition that a Region is in; `aws` when the Region says nothing else. */
export function partitionOf(region: string): string {
  const prefixes: readonly (readonly [string, string])[] = [
    ['cn-', 'aws-cn'],
    ['us-gov-', 'aws-us-gov'],
    ['us-isob-', 'aws-iso-b'],
    ['us-isof-', 'aws-iso-f'],
    ['us-iso-', 'aws-iso'],
    ['eu-isoe-', 'aws-iso-e'],
    ['eusc-', 'aws-eusc'],
  ];
  return prefixes.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

/** `arn:aws:s3:::bucket` */
export function bucketArn(bucket: string, partition = 'aws'): string {
  return `arn:${partition}:s3:::${bucket}`;
}

export interface BucketArn {
  readonly partition: string;
  readonly bucket: string;
  /** True for `arn:aws:s3express:region:account:bucket/name--zone--x-s3`. */
  readonly isDirectoryBucket: boolean;
}

/** The ARN of a general purpose bucket or of a directory bucket, not of an object, an access point or a job. */
export function parseBucketArn(text: string): BucketArn | undefined {
  const arn = parseArn(text);
  if (arn === undefined) return undefined;
  if (arn.service === 's3') {
    // General purpose buckets have neither Region nor account in their ARN.
    if (arn.region !== '' || arn.accountId !== '' || /[/:*]/.test(arn.resource)) return undefined;
    return { partition: arn.partition, bucket: arn.resource, isDirectoryBucket: false };
  }
  const directory = arn.service === 's3express' ? /^bucket\/([^/:*]+)$/.exec(arn.resource)?.[1] : undefined;
  if (directory === undefined || arn.region === '' || arn.accountId === '') return undefined;
  return { partition: arn.partition, bucket: directory, isDirectoryBucket: true };
}

/** `arn:aws:s3:::bucket/key`; the key as it is, not encoded. */
export function objectArn(bucket: string, key: string, partition = 'aws'): string {
  return `arn:${partition}:s3:::${bucket}/${key}`;
}

export interface ObjectArn {
  readonly partition: string;
  readonly bucket: string;
  readonly key: string;
}

export function parseObjectArn(text: string): ObjectArn | undefined {
  const arn = parseArn(text);
  if (arn === undefined || arn.service !== 's3' || arn.region !== '' || arn.accountId !== '') return undefined;
  const slash = arn.resource.indexOf('/');
  if (slash <= 0 || slash === arn.resource.length - 1) return undefined;
  const bucket = arn.resource.slice(0, slash);
  if (bucket.includes(':')) return undefined;
  return { partition: arn.partition, bucket, key: arn.resource.slice(slash + 1) };
}

/** `arn:aws:lambda:region:account:function:name[:qualifier]` */
export function functionArn(region: string, accountId: string, functionName: string, qualifier?: string): string {
  const suffix = qualifier === undefined ? '' : `:${qualifier}`;
  return `arn:${partitionOf(region)}:lambda:${region}:${accountId}:function:${functionName}${suffix}`;
}

export interface FunctionArn {
  readonly name: string;
  /** Version, alias or `$LATEST`. */
  readonly qualifier?: string;
  readonly region?: string;
  readonly accountId?: string;
}

const functionPattern =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:([a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9_-]+)(?::(\$LATEST|[a-zA-Z0-9_-]+))?$/;

/** A full ARN, a partial one (`123456789012:function:name`) or a name, as Lambda and CreateJob take them. */
export function parseFunctionArn(text: string): FunctionArn | undefined {
  const match = functionPattern.exec(text);
  if (match === null) return undefined;
  const [, region, accountId, name, qualifier] = match;
  if (name === undefined) return undefined;
  return {
    name,
    ...(qualifier === undefined ? {} : { qualifier }),
    ...(region === undefined ? {} : { region }),
    ...(accountId === undefined ? {} : { accountId }),
  };
}

/** `arn:aws:iam::account:role/name`; the name may begin with a path. */
export function roleArn(accountId: string, roleName: string, partition = 'aws'): string {
  return `arn:${partition}:iam::${accountId}:role/${roleName}`;
}

export interface RoleArn {
  readonly partition: string;
  readonly accountId: string;
  /** Without the path. */
  readonly name: string;
  /** `/` when there is none, else `/path/`. */
  readonly path: string;
}

export function parseRoleArn(text: string): RoleArn | undefined {
  const arn = parseArn(text);
  if (arn === undefined || arn.service !== 'iam' || arn.region !== '' || !/^\d{12}$/.test(arn.accountId)) return undefined;
  const match = /^role(\/(?:[!-~]+\/)?)([\w+=,.@-]{1,64})$/.exec(arn.resource);
  if (match === null) return undefined;
  const [, path = '/', name = ''] = match;
  return { partition: arn.partition, accountId: arn.accountId, name, path };
}

/** `arn:aws:s3:region:account:job/id` */
export function jobArn(region: string, accountId: string, jobId: string): string {
  return `arn:${partitionOf(region)}:s3:${region}:${accountId}:job/${jobId}`;
}
