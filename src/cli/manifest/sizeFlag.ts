import { usageError } from '../commandLine.js';

/** A whole number of bytes, with K, M or G if wanted. */
export function parseSize(option: string, value: string): number {
  const match = /^(\d+)([KMG]?)B?$/i.exec(value);
  const factor = 1024 ** ['', 'K', 'M', 'G'].indexOf((match?.[2] ?? '').toUpperCase());
  const size = match === null ? Number.NaN : Number(match[1]) * factor;
  if (!Number.isSafeInteger(size)) {
    throw usageError(`Option '${option}' takes a number of bytes such as 500000 or 64M, not '${value}'.`);
  }
  return size;
}
