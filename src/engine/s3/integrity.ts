import { createHash } from 'node:crypto';
import type { EngineRequest } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  checksumSizes,
  createChecksum,
  isChecksumAlgorithm,
} from './checksum.js';
import type { ReceivedFile } from './receiveFile.js';
import { invalidRequest, notImplemented } from './s3Errors.js';

/** What a client says its payload's digests are. */
export interface Integrity {
  /** The algorithm whose value the client sends, in a header or a trailer. */
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly hasContentMd5: boolean;
  /** Throws `BadDigest` when the payload is not what the client said. Call it once the body has ended: trailers come last. */
  verify(received: Pick<ReceivedFile, 'md5' | 'checksums'>): void;
}

const settings = new Set(['algorithm', 'mode', 'type']);

/** Source: S3 User Guide, checking-object-integrity-upload; API Reference, PutObject. */
export function readIntegrity(request: EngineRequest): Integrity {
  const md5 = readContentMd5(request.headers['content-md5']);
  const inHeaders = Object.keys(request.headers).flatMap(algorithmOfHeader);
  const inTrailers = (request.headers['x-amz-trailer'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
    .map(algorithmOfTrailer);
  if (inHeaders.length + inTrailers.length > 1) {
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  const [algorithm] = [...inHeaders, ...inTrailers];
  const announced = request.headers['x-amz-sdk-checksum-algorithm']?.toUpperCase();
  // For MD5 the SDKs send the header that was there before these checksums.
  if (announced !== undefined && !(announced === 'MD5' && md5 !== undefined)) {
    if (algorithm === undefined) {
      throw invalidRequest(
        'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
      );
    }
    if (announced !== algorithm) throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
  if (inHeaders.length > 0 && algorithm !== undefined) readValue(algorithm, request.headers[checksumHeader(algorithm)]);
  return {
    algorithm,
    hasContentMd5: md5 !== undefined,
    verify: (received) => {
      if (md5 !== undefined && !md5.equals(received.md5)) {
        throw new ServiceError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.', {
          ExpectedDigest: md5.toString('base64'),
          CalculatedDigest: received.md5.toString('base64'),
        });
      }
      if (algorithm === undefined) return;
      const header = checksumHeader(algorithm);
      const stated = readValue(algorithm, inHeaders.length > 0 ? request.headers[header] : request.trailers()[header]);
      if (received.checksums.get(algorithm)?.equals(stated) !== true) throw badChecksum(algorithm);
    },
  };
}

/** Source: the answer of S3 to CopyObject and CreateMultipartUpload; its list is as long as the service's at the time. */
export function unknownChecksum(): ServiceError {
  return invalidRequest(
    `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${checksumAlgorithms.join(', ')}]`,
  );
}

export function badChecksum(algorithm: string): ServiceError {
  return new ServiceError(400, 'BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
}

/** Reads a small body whole, checked like an object's, and says whether the client sent any digest of it. */
export async function readCheckedText(
  request: EngineRequest,
  limitBytes: number,
): Promise<{ text: string; isDigested: boolean }> {
  const integrity = readIntegrity(request);
  const text = await request.text(limitBytes);
  const bytes = Buffer.from(text);
  const checksums = new Map<ChecksumAlgorithm, Buffer>();
  if (integrity.algorithm !== undefined) {
    const checksum = await createChecksum(integrity.algorithm);
    checksum.update(bytes);
    checksums.set(integrity.algorithm, checksum.digest());
  }
  integrity.verify({ md5: createHash('md5').update(bytes).digest(), checksums });
  return { text, isDigested: integrity.hasContentMd5 || integrity.algorithm !== undefined };
}

function algorithmOfHeader(name: string): ChecksumAlgorithm[] {
  const match = /^x-amz-checksum-(.+)$/.exec(name);
  const suffix = match?.[1];
  if (suffix === undefined || settings.has(suffix)) return [];
  const algorithm = suffix.toUpperCase();
  if (!isChecksumAlgorithm(algorithm)) throw notImplemented(name);
  return [algorithm];
}

/**
 * All ten algorithms: the API Reference names them for both ways at once (PutObject, x-amz-sdk-checksum-algorithm), MD5 among them, which no
 * SDK sends so. Nothing else can be a trailer; the text is the service's.
 */
function algorithmOfTrailer(name: string): ChecksumAlgorithm {
  const algorithm = /^x-amz-checksum-(.+)$/.exec(name)?.[1]?.toUpperCase();
  if (algorithm !== undefined && isChecksumAlgorithm(algorithm)) return algorithm;
  throw invalidRequest('The value specified in the x-amz-trailer header is not supported');
}

function readContentMd5(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== text) {
    throw new ServiceError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.', { 'Content-MD5': text });
  }
  return bytes;
}

function readValue(algorithm: ChecksumAlgorithm, text: string | undefined): Buffer {
  const bytes = Buffer.from(text ?? '', 'base64');
  if (text === undefined || bytes.length !== checksumSizes[algorithm] || bytes.toString('base64') !== text) {
    throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
  return bytes;
}
