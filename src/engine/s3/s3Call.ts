import type { EngineContext, EngineRequest, EngineResponse } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import type { FileObjectStore } from './fileObjectStore.js';
import type { MultipartUploads } from './multipartUploads.js';

/** One S3 request with what it is about. */
export interface S3Call {
  readonly request: EngineRequest;
  readonly context: EngineContext;
  readonly store: FileObjectStore;
  readonly uploads: MultipartUploads;
  /** Empty for calls of the service itself (ListBuckets). */
  readonly bucket: string;
  /** Empty for calls of a bucket. */
  readonly key: string;
}

export type S3Operation = (call: S3Call) => Promise<EngineResponse>;

/** XML namespace of S3's answers. */
export const s3Namespace = { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/' } as const;

/** Reads bucket and key of a path-style or virtual-hosted request; the path is decoded once, `+` stays `+`. */
export function readAddress(request: EngineRequest): { bucket: string; key: string } {
  const path = request.rawPath.slice(1);
  if (request.hostBucket !== undefined) return { bucket: request.hostBucket, key: decodePath(path) };
  const slash = path.indexOf('/');
  return slash < 0
    ? { bucket: decodePath(path), key: '' }
    : { bucket: decodePath(path.slice(0, slash)), key: decodePath(path.slice(slash + 1)) };
}

/** Percent-decodes UTF-8; rejects what is none with `InvalidURI`. */
export function decodePath(raw: string): string {
  try {
    const bytes = raw.replace(/%([0-9A-Fa-f]{2})|%/g, (_, hex: string | undefined) => {
      if (hex === undefined) throw new URIError('bad escape');
      return String.fromCharCode(Number.parseInt(hex, 16));
    });
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    throw new ServiceError(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

export function xmlAnswer(body: string, headers: Readonly<Record<string, string>> = {}): EngineResponse {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body };
}
