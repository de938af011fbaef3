import { type Finding, pathText } from '../operations/validateShape.js';
import { bucketArn, parseBucketArn, parseObjectArn } from './arn.js';

/**
 * Says what is wrong with the ARN of a bucket: the ARN of an object, a bucket's name, two colons, an s3:// address.
 */
export function checkBucketArn(arn: string, path: readonly string[], allowsDirectoryBucket: boolean): Finding[] {
  if (arn === '') return [];
  const bucket = parseBucketArn(arn);
  const member = pathText(path);
  if (bucket !== undefined && (allowsDirectoryBucket || !bucket.isDirectoryBucket)) return [];
  if (bucket?.isDirectoryBucket) {
    return [
      {
        path,
        code: 'directory-bucket',
        severity: 'error',
        message: `${member} must name a general purpose bucket, not a directory bucket.`,
      },
    ];
  }
  const object = parseObjectArn(arn) ?? parseObjectArn(arn.replace(/\/+$/, '/x'));
  if (object !== undefined) {
    const mended = bucketArn(object.bucket, object.partition);
    return [
      {
        path,
        code: 'object-arn-for-bucket',
        severity: 'error',
        message: `${member} must be the ARN of a bucket, but names something in it. Write ${mended}.`,
        fix: { title: `Change to ${mended}`, changes: [{ path, value: mended }] },
      },
    ];
  }
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(arn)) {
    const mended = bucketArn(arn);
    return [
      {
        path,
        code: 'bucket-name-for-arn',
        severity: 'error',
        message: `${member} must be the ARN of the bucket, not its name. Write ${mended}.`,
        fix: { title: `Change to ${mended}`, changes: [{ path, value: mended }] },
      },
    ];
  }
  return [
    {
      path,
      code: 'not-a-bucket-arn',
      severity: 'error',
      message: arnMistake(member, arn, 'a bucket', 'arn:aws:s3:::amzn-s3-demo-bucket'),
      ...s3UriFix(arn, path),
    },
  ];
}

/** A sentence for an S3 ARN that can't be read: an s3:// address, two colons, or anything else. */
export function arnMistake(member: string, arn: string, what: string, example: string): string {
  if (/^s3:\/\//i.test(arn)) return `${member} must be an ARN, not an s3:// address. Write ${mendS3Uri(arn)}.`;
  if (/^arn:[^:]+:s3::[^:]/.test(arn))
    return `${member} has two colons after s3 where an S3 ARN has three. Write ${arn.replace(/:s3::/, ':s3:::')}.`;
  return `${member} must be the ARN of ${what}, such as ${example}, but is ${JSON.stringify(arn)}.`;
}

function mendS3Uri(uri: string): string {
  return bucketArn(uri.replace(/^s3:\/\//i, '').replace(/\/+$/, ''));
}

/** The change of an s3:// address, or of an ARN with two colons, to an ARN; nothing for anything else. */
export function s3UriFix(arn: string, path: readonly string[]): Pick<Finding, 'fix'> {
  const mended = /^s3:\/\/./i.test(arn)
    ? mendS3Uri(arn)
    : /^arn:[^:]+:s3::[^:]/.test(arn)
      ? arn.replace(/:s3::/, ':s3:::')
      : undefined;
  return mended === undefined ? {} : { fix: { title: `Change to ${mended}`, changes: [{ path, value: mended }] } };
}
