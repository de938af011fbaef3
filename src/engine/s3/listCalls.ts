import { xmlDocument, xmlElement } from '../xml/writeXml.js';
import type { StoredInfo } from '../objectStore.js';
import { ownerId } from './accessControl.js';
import { xmlTime } from './objectHeaders.js';
import { type S3Call, type S3Operation, s3Namespace, xmlAnswer } from './s3Call.js';
import { invalidArgument, invalidRequest } from './s3Errors.js';

const maxKeysPerPage = 1000;

/** Source: S3 API Reference, ListObjectsV2. */
export const listObjectsV2: S3Operation = async (call) => {
  const { query } = call.request;
  const type = query.get('list-type') ?? '';
  if (type !== '2') throw invalidArgument('Invalid List Type specified in Request', 'list-type', type);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const common = readListing(call);
  const { page, objects } = await call.store.list(call.bucket, {
    ...common,
    after: token === null ? startAfter : readToken(token),
  });
  const { encode } = common;
  return xmlAnswer(
    xmlDocument(
      xmlElement(
        'ListBucketResult',
        [
          xmlElement('Name', call.bucket),
          xmlElement('Prefix', encode(common.prefix)),
          ...(token === null ? [] : [xmlElement('ContinuationToken', token)]),
          ...(startAfter === '' ? [] : [xmlElement('StartAfter', encode(startAfter))]),
          xmlElement('KeyCount', objects.length + page.commonPrefixes.length),
          xmlElement('MaxKeys', common.maxKeys),
          ...(common.delimiter === '' ? [] : [xmlElement('Delimiter', encode(common.delimiter))]),
          ...(query.get('encoding-type') === null ? [] : [xmlElement('EncodingType', 'url')]),
          xmlElement('IsTruncated', page.isTruncated),
          ...(page.isTruncated ? [xmlElement('NextContinuationToken', writeToken(page.last))] : []),
          ...objects.map((info) => contents(info, encode, query.get('fetch-owner') === 'true')),
          ...page.commonPrefixes.map((prefix) => commonPrefixElement(prefix, encode)),
        ],
        s3Namespace,
      ),
    ),
  );
};

/** Source: S3 API Reference, ListObjects: NextMarker only with a delimiter. */
export const listObjects: S3Operation = async (call) => {
  const { query } = call.request;
  const marker = query.get('marker') ?? '';
  const common = readListing(call);
  const { page, objects } = await call.store.list(call.bucket, { ...common, after: marker });
  const { encode } = common;
  return xmlAnswer(
    xmlDocument(
      xmlElement(
        'ListBucketResult',
        [
          xmlElement('Name', call.bucket),
          xmlElement('Prefix', encode(common.prefix)),
          xmlElement('Marker', encode(marker)),
          ...(page.isTruncated && common.delimiter !== '' ? [xmlElement('NextMarker', encode(page.last))] : []),
          xmlElement('MaxKeys', common.maxKeys),
          ...(common.delimiter === '' ? [] : [xmlElement('Delimiter', encode(common.delimiter))]),
          ...(query.get('encoding-type') === null ? [] : [xmlElement('EncodingType', 'url')]),
          xmlElement('IsTruncated', page.isTruncated),
          ...objects.map((info) => contents(info, encode, true)),
          ...page.commonPrefixes.map((prefix) => commonPrefixElement(prefix, encode)),
        ],
        s3Namespace,
      ),
    ),
  );
};

export interface Listing {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly encode: (text: string) => string;
}

/** What every listing of keys is asked with. */
export function readListing({ request }: S3Call): Listing {
  const { query } = request;
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: readMaximum(query.get('max-keys'), 'max-keys'),
    encode: readEncoding(query.get('encoding-type')),
  };
}

/** A page size: up to 1,000, and no more when the client asks for more. */
export function readMaximum(text: string | null, name: string): number {
  if (text === null || text === '') return maxKeysPerPage;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2_147_483_647) {
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  }
  return Math.min(Number(text), maxKeysPerPage);
}

/** The number of the part that the page before ended with; 0 for none. `name` is that of the parameter or header. */
export function readPartMarker(text: string | null, name: string): number {
  if (text === null || text === '') return 0;
  if (!/^\d{1,5}$/.test(text)) throw invalidRequest(`Argument ${name} must be an integer between 0 and 2147483647`);
  return Number(text);
}

export function readEncoding(type: string | null): (text: string) => string {
  if (type === null) return (text) => text;
  if (type !== 'url') throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type);
  return encodeListed;
}

/** `encoding-type=url`: form encoding that keeps slashes. */
export function encodeListed(text: string): string {
  let out = '';
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.*/]/.test(character)) out += character;
    else out += byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function contents(info: StoredInfo, encode: (text: string) => string, hasOwner: boolean): string {
  return xmlElement('Contents', objectElements(info, encode, hasOwner));
}

/** What a listing says of an object, the key first. */
export function objectElements(info: StoredInfo, encode: (text: string) => string, hasOwner: boolean): readonly string[] {
  const algorithms = Object.keys(info.checksums);
  return [
    xmlElement('Key', encode(info.key)),
    xmlElement('LastModified', xmlTime(info.lastModified)),
    xmlElement('ETag', `"${info.etag}"`),
    ...algorithms.map((algorithm) => xmlElement('ChecksumAlgorithm', algorithm)),
    ...(algorithms.length === 0 ? [] : [xmlElement('ChecksumType', info.checksumType)]),
    xmlElement('Size', info.sizeBytes),
    ...(hasOwner ? [xmlElement('Owner', [xmlElement('ID', ownerId)])] : []),
    xmlElement('StorageClass', info.storageClass),
  ];
}

export function commonPrefixElement(prefix: string, encode: (text: string) => string): string {
  return xmlElement('CommonPrefixes', [xmlElement('Prefix', encode(prefix))]);
}

const tokenMark = 's3batch:';

function writeToken(last: string): string {
  return Buffer.from(tokenMark + last).toString('base64url');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(tokenMark))
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  return text.slice(tokenMark.length);
}
