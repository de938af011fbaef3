import { ServiceError } from '../serviceError.js';

export interface ByteRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

/**
 * The bytes that a Range header asks for; undefined for the whole object, also when the header is malformed or asks for several ranges,
 * which S3 ignores. Rejects with `InvalidRange` when the object has none of them. Source: S3 API Reference, GetObject, Range.
 */
export function readByteRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '') {
    if (last === '') return undefined;
    if (Number(last) === 0 || sizeBytes === 0) throw invalidRange(header ?? '', sizeBytes);
    return { start: Math.max(0, sizeBytes - Number(last)), end: sizeBytes - 1 };
  }
  if (last !== '' && Number(last) < Number(first)) return undefined;
  if (Number(first) >= sizeBytes) throw invalidRange(header ?? '', sizeBytes);
  return { start: Number(first), end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}

export function invalidRange(requested: string, sizeBytes: number): ServiceError {
  return new ServiceError(416, 'InvalidRange', 'The requested range is not satisfiable', {
    RangeRequested: requested,
    ActualObjectSize: String(sizeBytes),
  });
}
