import type { EngineRequest } from '../contracts.js';
import type { Precondition, StoredInfo } from '../objectStore.js';
import { noSuchKey, notImplemented, preconditionFailed } from './s3Errors.js';

/**
 * Judges the conditions of a read. Returns true when the answer is 304; throws `PreconditionFailed`. Source: S3 API Reference, GetObject
 * (If-Match before If-Unmodified-Since, If-None-Match before If-Modified-Since), and RFC 9110, 13.2.2.
 */
export function isNotModified(request: EngineRequest, info: StoredInfo): boolean {
  const { headers } = request;
  checkUnmodified(info, headers['if-match'], headers['if-unmodified-since'], 'If-Match', 'If-Unmodified-Since');
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) return matches(noneMatch, info);
  const since = parseTime(headers['if-modified-since']);
  return since !== undefined && seconds(info) <= since;
}

/** The conditions of a copy's source, all of them failures when they do not hold. */
export function checkCopySource(request: EngineRequest, info: StoredInfo): void {
  const prefix = 'x-amz-copy-source-if-';
  const { headers } = request;
  checkUnmodified(
    info,
    headers[`${prefix}match`],
    headers[`${prefix}unmodified-since`],
    `${prefix}match`,
    `${prefix}unmodified-since`,
  );
  const noneMatch = headers[`${prefix}none-match`];
  if (noneMatch !== undefined) {
    if (matches(noneMatch, info)) throw preconditionFailed(`${prefix}none-match`);
    return;
  }
  const since = parseTime(headers[`${prefix}modified-since`]);
  if (since !== undefined && seconds(info) <= since) throw preconditionFailed(`${prefix}modified-since`);
}

function checkUnmodified(
  info: StoredInfo,
  match: string | undefined,
  unmodifiedSince: string | undefined,
  matchName: string,
  sinceName: string,
): void {
  if (match !== undefined) {
    if (!matches(match, info)) throw preconditionFailed(matchName);
    return;
  }
  const since = parseTime(unmodifiedSince);
  if (since !== undefined && seconds(info) > since) throw preconditionFailed(sinceName);
}

/** True when the Range header counts: there is no If-Range, or it names this state of the object. */
export function holdsIfRange(request: EngineRequest, info: StoredInfo): boolean {
  const condition = request.headers['if-range'];
  if (condition === undefined) return true;
  const time = parseTime(condition);
  return time === undefined ? matches(condition, info) : seconds(info) <= time;
}

/** The conditions of a write, judged at the moment it becomes visible. Source: S3 User Guide, conditional-writes. */
export function writeCondition(request: EngineRequest, key: string): Precondition | undefined {
  const noneMatch = request.headers['if-none-match'];
  const match = request.headers['if-match'];
  if (noneMatch === undefined && match === undefined) return undefined;
  if (noneMatch !== undefined && (noneMatch.trim() !== '*' || match !== undefined))
    throw notImplemented('If-None-Match other than * on a write');
  return (current) => {
    if (noneMatch !== undefined && current !== undefined) throw preconditionFailed('If-None-Match');
    if (match === undefined) return;
    if (current === undefined) throw noSuchKey(key);
    if (!matches(match, current)) throw preconditionFailed('If-Match');
  };
}

/** The condition of a delete: only If-Match. */
export function deleteCondition(request: EngineRequest): Precondition | undefined {
  const match = request.headers['if-match'];
  for (const name of ['x-amz-if-match-last-modified-time', 'x-amz-if-match-size']) {
    if (request.headers[name] !== undefined) throw notImplemented(name);
  }
  return match === undefined ? undefined : etagCondition(match);
}

export function etagCondition(match: string): Precondition {
  return (current) => {
    if (current !== undefined && !matches(match, current)) throw preconditionFailed('If-Match');
  };
}

function matches(header: string, info: StoredInfo): boolean {
  return header.split(',').some((part) => {
    const etag = part
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    return etag === '*' || etag === info.etag;
  });
}

function seconds(info: StoredInfo): number {
  return Math.floor(info.lastModified.getTime() / 1000);
}

/** Seconds since the epoch; undefined for what is no date, which is ignored as in RFC 9110. */
function parseTime(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}
