import { createHash } from 'node:crypto';
import { ServiceError } from '../serviceError.js';
import { type Claim, type Keys, type SignedRequest, type SigningContext, verifySignature } from './authenticate.js';
import { decodeChunks } from './decodeChunks.js';
import { collectBody } from './receiveBody.js';
import { isSameSecret, sha256Hex } from './signature.js';

/** The payload as routers see it: framing removed, checked against its hash by the time it ends. */
export interface Payload {
  readonly body: AsyncIterable<Buffer>;
  readonly trailers: Readonly<Record<string, string>>;
}

/** Lambda takes 6 MB for a synchronous invocation (Lambda Developer Guide, quotas); a base64 body is no larger here. */
const bufferedLimitBytes = 6 * 1024 * 1024 + 64 * 1024;

const streamingForms: Readonly<Record<string, { isSigned: boolean; hasTrailer: boolean }>> = {
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { isSigned: false, hasTrailer: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { isSigned: true, hasTrailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { isSigned: true, hasTrailer: true },
};

/**
 * Verifies the signature and opens the payload. S3 signs what `x-amz-content-sha256` says, so its bodies stream; other services sign
 * the hash of the body, which is read whole first.
 */
export async function openPayload(
  request: SignedRequest,
  claim: Claim,
  raw: AsyncIterable<Buffer>,
  keys: Keys,
): Promise<Payload> {
  const stated = request.headers.get('x-amz-content-sha256')?.[0];
  if (claim.scope.service !== 's3') {
    const body = await collectBody(raw, bufferedLimitBytes);
    const hash = sha256Hex(body);
    if (stated !== undefined && /^[0-9a-f]{64}$/.test(stated) && !isSameSecret(stated, hash)) throw hashMismatch(stated, hash);
    verifySignature(request, claim, hash, keys);
    return { body: only(body), trailers: {} };
  }
  const payloadHash = stated ?? (claim.isPresigned ? presignedHash(request) : undefined);
  if (payloadHash === undefined) {
    throw new ServiceError(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const streaming = Object.hasOwn(streamingForms, payloadHash) ? streamingForms[payloadHash] : undefined;
  if (streaming === undefined && payloadHash !== 'UNSIGNED-PAYLOAD' && !/^[0-9a-f]{64}$/.test(payloadHash)) {
    throw new ServiceError(
      400,
      'InvalidArgument',
      `x-amz-content-sha256 must be UNSIGNED-PAYLOAD, ${Object.keys(streamingForms).join(', ')} or a valid sha256 value.`,
      { ArgumentName: 'x-amz-content-sha256', ArgumentValue: payloadHash },
    );
  }
  const context = verifySignature(request, claim, payloadHash, keys);
  if (payloadHash === 'UNSIGNED-PAYLOAD') return { body: raw, trailers: {} };
  if (streaming === undefined) return { body: checkHash(raw, payloadHash), trailers: {} };
  return openChunked(request, raw, streaming.isSigned ? context : undefined, streaming.hasTrailer);
}

function openChunked(
  request: SignedRequest,
  raw: AsyncIterable<Buffer>,
  signing: SigningContext | undefined,
  hasTrailer: boolean,
): Payload {
  const length = request.headers.get('x-amz-decoded-content-length')?.[0];
  if (length === undefined || !/^\d{1,15}$/.test(length)) {
    throw new ServiceError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const announced = (request.headers.get('x-amz-trailer') ?? []).join(',');
  const trailerNames = announced
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  if (hasTrailer !== trailerNames.length > 0) {
    throw new ServiceError(
      400,
      'InvalidRequest',
      'The x-amz-trailer header and the value of x-amz-content-sha256 contradict each other.',
    );
  }
  const trailers: Record<string, string> = {};
  return { body: decodeChunks(raw, { decodedLength: Number(length), signing, trailerNames, trailers }), trailers };
}

function presignedHash(request: SignedRequest): string {
  return new URLSearchParams(request.target.rawQuery).get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
}

async function* checkHash(raw: AsyncIterable<Buffer>, stated: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of raw) {
    hash.update(chunk);
    yield chunk;
  }
  const computed = hash.digest('hex');
  if (!isSameSecret(computed, stated)) throw hashMismatch(stated, computed);
}

function hashMismatch(stated: string, computed: string): ServiceError {
  return new ServiceError(
    400,
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: stated, S3ComputedContentSHA256: computed },
  );
}

async function* only(body: Buffer): AsyncGenerator<Buffer> {
  if (body.length > 0) yield body;
}
