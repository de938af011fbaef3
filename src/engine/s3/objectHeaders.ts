import type { EngineContext, EngineRequest } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import { xmlElement } from '../xml/writeXml.js';
import { defined } from './defined.js';
import { readAclHeaders } from './aclText.js';
import { checksumHeader } from './checksum.js';
import { encryptionHeaders, readEncryption } from './encryptionHeaders.js';
import { lockHeaders, readLockHeaders } from './lockHeaders.js';
import { checkRedirectLocation, checkUserMetadata, metadataHeaders, metadataPrefix, metadataText } from './metadataRules.js';
import { readTagHeader } from './tagText.js';
import { restoreHeader, storageClasses } from './restoreRules.js';
import type { ObjectAttributes, StoredInfo } from '../objectStore.js';
import { defaultContentType } from './store/foundFile.js';

/** Headers that S3 keeps with an object and returns with it. Source: S3 User Guide, UsingMetadata, system-defined metadata. */
const systemHeaders = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
] as const;

/** What a request says about the object that it makes. */
export function readAttributes(request: EngineRequest): ObjectAttributes {
  const systemMetadata: Record<string, string> = {};
  const userMetadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if ((systemHeaders as readonly string[]).includes(name)) {
      const kept = name === 'content-encoding' ? withoutChunking(value) : value;
      if (kept !== '') systemMetadata[name] = kept;
    } else if (name.startsWith(metadataPrefix)) {
      const text = metadataText(value);
      const short = name.slice(metadataPrefix.length);
      Object.defineProperty(userMetadata, short, { value: text, enumerable: true, configurable: true, writable: true });
    }
  }
  checkUserMetadata(userMetadata);
  checkRedirectLocation(systemMetadata['x-amz-website-redirect-location']);
  const contentType = request.headers['content-type'];
  return {
    contentType: contentType === undefined || contentType === '' ? defaultContentType : contentType,
    systemMetadata,
    userMetadata,
    ...readStorageClass(request),
    ...readLockHeaders(request),
    ...defined('acl', readAclHeaders(request)),
    ...defined(
      'tags',
      request.headers['x-amz-tagging'] === undefined ? undefined : readTagHeader(request.headers['x-amz-tagging']),
    ),
    ...defined('encryption', readEncryption(request)),
  };
}

function readStorageClass(request: EngineRequest): { storageClass?: string } {
  const storageClass = request.headers['x-amz-storage-class'];
  if (storageClass === undefined) return {};
  if (!storageClasses.includes(storageClass)) {
    throw new ServiceError(400, 'InvalidStorageClass', 'The storage class you specified is not valid', {
      StorageClassRequested: storageClass,
    });
  }
  return { storageClass };
}

/** `aws-chunked` is how the body travels, not what the object is. */
function withoutChunking(encoding: string): string {
  return encoding
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part.toLowerCase() !== 'aws-chunked')
    .join(',');
}

/** Query parameters of GetObject that replace a header of the answer. */
const overrides: Readonly<Record<string, string>> = {
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-content-type': 'content-type',
  'response-expires': 'expires',
};

/** The headers of GetObject and HeadObject, without those of length and range. */
export function objectHeaders(info: StoredInfo, request: EngineRequest, context: EngineContext): Record<string, string> {
  const restore = restoreHeader(info.restore, context.clock.now());
  const headers: Record<string, string> = {
    'content-type': info.contentType,
    etag: `"${info.etag}"`,
    'last-modified': info.lastModified.toUTCString(),
    'accept-ranges': 'bytes',
    ...encryptionHeaders(info.encryption, context),
    ...lockHeaders(info),
    ...(info.tags.length === 0 ? {} : { 'x-amz-tagging-count': String(info.tags.length) }),
    ...(info.replicationStatus === undefined ? {} : { 'x-amz-replication-status': info.replicationStatus }),
    ...info.systemMetadata,
    ...(info.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': info.storageClass }),
    ...(restore === undefined ? {} : { 'x-amz-restore': restore }),
  };
  Object.assign(headers, metadataHeaders(info.userMetadata));
  for (const [parameter, header] of Object.entries(overrides)) {
    const value = request.query.get(parameter);
    if (value !== null) headers[header] = headerText(parameter, value);
  }
  return headers;
}

/** Checksums of an object or a part as elements: `ChecksumCRC32`. */
export function checksumElements(checksums: Readonly<Record<string, string>>): string[] {
  return Object.entries(checksums).map(([algorithm, value]) => xmlElement(`Checksum${algorithm}`, value));
}

/** The checksums kept with an object, as headers. */
export function checksumHeaders(info: StoredInfo): Record<string, string> {
  const entries = Object.entries(info.checksums);
  if (entries.length === 0) return {};
  return Object.fromEntries([
    ...entries.map(([algorithm, value]) => [checksumHeader(algorithm), value]),
    ['x-amz-checksum-type', info.checksumType],
  ]) as Record<string, string>;
}

function headerText(parameter: string, value: string): string {
  if (!/^[\t\u0020-\u007e\u00a0-\u00ff]*$/.test(value)) {
    throw new ServiceError(400, 'InvalidArgument', `Header value cannot be represented using ISO-8859-1.`, {
      ArgumentName: parameter,
      ArgumentValue: value,
    });
  }
  return value;
}

/** A time as S3 writes it in XML: whole seconds, as in Last-Modified. */
export function xmlTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}.000Z`;
}
