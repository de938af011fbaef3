import { ServiceError } from '../serviceError.js';
import { buildCanonicalRequest, canonicalPath, canonicalQuery, doubleEncodedPath } from './canonicalRequest.js';
import type { RequestTarget } from './requestTarget.js';
import { type CredentialScope, hmac, isSameSecret, readCredential, scopeText, sha256Hex, signingKey } from './signature.js';

/** What the signature covers, without the body. */
export interface SignedRequest {
  readonly method: string;
  readonly target: RequestTarget;
  /** All values of each header, lower-case names. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

export interface Claim {
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20260101T000000Z`. */
  readonly timestamp: string;
  readonly isPresigned: boolean;
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Seed of the chunk signatures of a signed `aws-chunked` payload. */
export interface SigningContext {
  readonly key: Buffer;
  readonly timestamp: string;
  readonly scope: string;
  readonly seedSignature: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
/** Source: S3 API Reference, error responses, RequestTimeTooSkewed: 15 minutes. */
const maxSkewMs = 15 * 60 * 1000;
/** Source: S3 User Guide, "Sharing objects with presigned URLs": 7 days. */
const maxExpirySeconds = 7 * 24 * 3600;

/**
 * Reads who signed, when and what, and checks everything that needs no body: form, access key id, clock. Errors are S3's own.
 */
export function readClaim(request: SignedRequest, keys: Keys, nowMs: number): Claim {
  const query = new URLSearchParams(request.target.rawQuery);
  const authorization = single(request, 'authorization');
  const isPresigned = query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature');
  if (authorization !== undefined && isPresigned) {
    throw new ServiceError(
      400,
      'InvalidArgument',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    );
  }
  if (authorization === undefined && !isPresigned) {
    if (query.has('AWSAccessKeyId') && query.has('Signature')) throw oldSignature();
    throw new ServiceError(403, 'AccessDenied', 'Access Denied');
  }
  const claim = isPresigned ? readPresigned(query) : readAuthorization(request, authorization ?? '');
  if (!isSameSecret(claim.scope.accessKeyId, keys.accessKeyId)) {
    throw new ServiceError(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', {
      AWSAccessKeyId: claim.scope.accessKeyId,
    });
  }
  if (isPresigned) checkExpiry(claim, query, nowMs);
  else checkSkew(claim, nowMs);
  checkSignedHeaders(request, claim);
  return claim;
}

/** Signature Version 2, which some tools still take for presigned URLs unless told otherwise. */
function oldSignature(): ServiceError {
  return new ServiceError(
    400,
    'InvalidRequest',
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  );
}

function readAuthorization(request: SignedRequest, authorization: string): Claim {
  const malformed = (what: string): ServiceError =>
    new ServiceError(400, 'AuthorizationHeaderMalformed', `The authorization header is malformed; ${what}.`);
  if (!authorization.startsWith(`${algorithm} `)) {
    if (authorization.startsWith('AWS ')) throw oldSignature();
    throw new ServiceError(400, 'InvalidArgument', 'Unsupported Authorization Type');
  }
  const fields = new Map<string, string>();
  for (const part of authorization.slice(algorithm.length + 1).split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) fields.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  const scope = readCredential(fields.get('Credential') ?? '');
  if (scope === undefined) throw malformed('the Credential is malformed');
  const signedHeaders = fields.get('SignedHeaders');
  const signature = fields.get('Signature');
  if (signedHeaders === undefined || signature === undefined) throw malformed('SignedHeaders and Signature are needed');
  const timestamp = single(request, 'x-amz-date') ?? timestampOf(single(request, 'date'));
  if (timestamp === undefined || parseTimestamp(timestamp) === undefined) {
    throw new ServiceError(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  }
  if (!timestamp.startsWith(scope.date)) throw malformed('Invalid credential date. Date is not the same as X-Amz-Date');
  return { scope, signedHeaders: signedHeaders.toLowerCase().split(';'), signature, timestamp, isPresigned: false };
}

function readPresigned(query: URLSearchParams): Claim {
  const malformed = (message: string): ServiceError => new ServiceError(400, 'AuthorizationQueryParametersError', message);
  const needed = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-Date', 'X-Amz-SignedHeaders', 'X-Amz-Expires'];
  if (needed.some((name) => query.getAll(name).length !== 1)) {
    throw malformed(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  if (query.get('X-Amz-Algorithm') !== algorithm) throw malformed(`X-Amz-Algorithm only supports "${algorithm}"`);
  const scope = readCredential(query.get('X-Amz-Credential') ?? '');
  if (scope === undefined) throw malformed('Error parsing the X-Amz-Credential parameter');
  const timestamp = query.get('X-Amz-Date') ?? '';
  if (parseTimestamp(timestamp) === undefined)
    throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  if (!timestamp.startsWith(scope.date)) throw malformed('Invalid credential date. Date is not the same as X-Amz-Date');
  const expires = query.get('X-Amz-Expires') ?? '';
  if (!/^\d{1,6}$/.test(expires) || Number(expires) > maxExpirySeconds) {
    throw malformed(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  }
  return {
    scope,
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').toLowerCase().split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    timestamp,
    isPresigned: true,
  };
}

function checkSkew(claim: Claim, nowMs: number): void {
  if (Math.abs((parseTimestamp(claim.timestamp) ?? 0) - nowMs) <= maxSkewMs) return;
  throw new ServiceError(
    403,
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    {
      RequestTime: claim.timestamp,
      ServerTime: new Date(nowMs).toISOString(),
      MaxAllowedSkewMilliseconds: String(maxSkewMs),
    },
  );
}

function checkExpiry(claim: Claim, query: URLSearchParams, nowMs: number): void {
  const signedAt = parseTimestamp(claim.timestamp) ?? 0;
  if (signedAt > nowMs + maxSkewMs) throw new ServiceError(403, 'AccessDenied', 'Request is not yet valid');
  const expiresAt = signedAt + Number(query.get('X-Amz-Expires')) * 1000;
  if (nowMs <= expiresAt) return;
  throw new ServiceError(403, 'AccessDenied', 'Request has expired', {
    Expires: new Date(expiresAt).toISOString(),
    ServerTime: new Date(nowMs).toISOString(),
  });
}

/** S3 wants the host and every `x-amz-` header under the signature, or a header could be added on the way. */
function checkSignedHeaders(request: SignedRequest, claim: Claim): void {
  const unsigned: string[] = [];
  if (!claim.signedHeaders.includes('host')) unsigned.push('host');
  if (claim.scope.service === 's3') {
    for (const name of request.headers.keys()) {
      if (name.startsWith('x-amz-') && !claim.signedHeaders.includes(name)) unsigned.push(name);
    }
  }
  if (unsigned.length > 0) {
    throw new ServiceError(403, 'AccessDenied', 'There were headers present in the request which were not signed', {
      HeadersNotSigned: unsigned.join(', '),
    });
  }
}

/**
 * Checks the signature with the payload hash that the client signed. S3 signs the path encoded once, all other services encoded twice
 * (IAM User Guide, "Create a signed AWS API request"); clients differ in what they leave raw, so the text as sent is tried first.
 */
export function verifySignature(request: SignedRequest, claim: Claim, payloadHash: string, keys: Keys): SigningContext {
  const { rawPath, rawQuery } = request.target;
  const key = signingKey(keys.secretAccessKey, claim.scope);
  const scope = scopeText(claim.scope);
  const headers = claim.signedHeaders.map((name) => [name, request.headers.get(name) ?? []] as const);
  const paths = claim.scope.service === 's3' ? [rawPath, canonicalPath(rawPath)] : [doubleEncodedPath(rawPath), rawPath];
  let first: { canonical: string; stringToSign: string } | undefined;
  for (const form of ['asSent', 'encoded'] as const) {
    for (const path of paths) {
      const query = canonicalQuery(rawQuery, form);
      const canonical = buildCanonicalRequest({ method: request.method, path, query, headers, payloadHash });
      const stringToSign = [algorithm, claim.timestamp, scope, sha256Hex(canonical)].join('\n');
      if (isSameSecret(hmac(key, stringToSign).toString('hex'), claim.signature)) {
        return { key, timestamp: claim.timestamp, scope, seedSignature: claim.signature };
      }
      first ??= { canonical, stringToSign };
    }
  }
  throw new ServiceError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      AWSAccessKeyId: claim.scope.accessKeyId,
      StringToSign: first?.stringToSign ?? '',
      SignatureProvided: claim.signature,
      CanonicalRequest: first?.canonical ?? '',
    },
  );
}

function single(request: SignedRequest, name: string): string | undefined {
  const values = request.headers.get(name);
  if (values === undefined) return undefined;
  if (values.length > 1) throw new ServiceError(400, 'InvalidArgument', `The ${name} header was sent more than once.`);
  return values[0];
}

/** Milliseconds since the epoch of `20260101T000000Z`, undefined when it is none. */
function parseTimestamp(text: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** The Date header, in HTTP or ISO form, as a timestamp. */
function timestampOf(date: string | undefined): string | undefined {
  if (date === undefined || parseTimestamp(date) !== undefined) return date;
  const time = Date.parse(date);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
