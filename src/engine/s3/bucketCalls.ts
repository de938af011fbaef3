import { type BucketSettings, objectOwnerships } from '../objectStore.js';
import { parseXml } from '../xml/parseXml.js';
import { childText } from '../xml/readElement.js';
import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import { ownerId } from './accessControl.js';
import { checkBucketAcl, readNewAcl } from './aclCalls.js';
import { xmlTime } from './objectHeaders.js';
import { readCheckedText } from './integrity.js';
import { type S3Operation, s3Namespace, xmlAnswer } from './s3Call.js';
import { invalidArgument } from './s3Errors.js';

const maxConfigurationBytes = 64 * 1024;

/** Source: S3 API Reference, ListBuckets: up to 10,000 a page. */
const maxBucketsPerPage = 10_000;

export const listBuckets: S3Operation = async ({ request, store, context }) => {
  const prefix = request.query.get('prefix') ?? '';
  const after = request.query.get('continuation-token') ?? '';
  const maxText = request.query.get('max-buckets') ?? String(maxBucketsPerPage);
  const maxBuckets = Number(maxText);
  if (!/^\d+$/.test(maxText) || maxBuckets < 1 || maxBuckets > maxBucketsPerPage) {
    throw invalidArgument('Argument max-buckets must be an integer between 1 and 10000', 'max-buckets', maxText);
  }
  const region = request.query.get('bucket-region');
  const all = (await store.buckets.list()).filter(
    ({ name, location }) =>
      name.startsWith(prefix) && name > after && (region === null || region === (location ?? context.region)),
  );
  const page = all.slice(0, maxBuckets);
  const last = page.at(-1);
  return xmlAnswer(
    xmlDocument(
      xmlElement(
        'ListAllMyBucketsResult',
        [
          xmlElement('Owner', [xmlElement('ID', ownerId)]),
          xmlElement(
            'Buckets',
            page.map(({ name, createdAt, location }) =>
              xmlElement('Bucket', [
                xmlElement('Name', name),
                xmlElement('CreationDate', xmlTime(createdAt)),
                xmlElement('BucketRegion', location ?? context.region),
              ]),
            ),
          ),
          ...(page.length < all.length && last !== undefined ? [xmlElement('ContinuationToken', last.name)] : []),
          ...(prefix === '' ? [] : [xmlElement('Prefix', prefix)]),
        ],
        s3Namespace,
      ),
    ),
  );
};

export const createBucket: S3Operation = async (call) => {
  const { request, store, bucket } = call;
  const { text } = await readCheckedText(request, maxConfigurationBytes);
  const location = text.trim() === '' ? undefined : childText(parseXml(text), 'LocationConstraint');
  const settings: BucketSettings = {
    ...readNewAcl(call),
    ...readOwnership(request.headers['x-amz-object-ownership']),
    // Object lock comes with versioning. Source: S3 API Reference, CreateBucket.
    ...(request.headers['x-amz-bucket-object-lock-enabled']?.toLowerCase() === 'true'
      ? { versioning: 'Enabled', objectLock: {} }
      : {}),
  };
  checkBucketAcl(settings);
  await store.createBucket(bucket, location === '' ? undefined : location, settings);
  return { status: 200, headers: { location: `/${bucket}` } };
};

function readOwnership(text: string | undefined): Pick<BucketSettings, 'ownership'> {
  if (text === undefined) return {};
  const ownership = objectOwnerships.find((name) => name === text);
  if (ownership === undefined)
    throw invalidArgument(`Invalid x-amz-object-ownership header: ${text}`, 'x-amz-object-ownership', text);
  return { ownership };
}

export const headBucket: S3Operation = async ({ store, bucket, context }) => {
  const { location } = await store.bucketInfo(bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': location ?? context.region, 'content-type': 'application/xml' } };
};

export const deleteBucket: S3Operation = async ({ store, bucket }) => {
  await store.deleteBucket(bucket);
  return { status: 204 };
};

/** us-east-1 is written as nothing. Source: S3 API Reference, GetBucketLocation. */
export const getBucketLocation: S3Operation = async ({ store, bucket, context }) => {
  const region = (await store.bucketInfo(bucket)).location ?? context.region;
  return xmlAnswer(xmlDocument(xmlElement('LocationConstraint', region === 'us-east-1' ? '' : region, s3Namespace)));
};
