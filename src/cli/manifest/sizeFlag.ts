import { parseSizeBytes } from '../../core/manifest/making/parseAmount.js';
import { usageError } from '../commandLine.js';

/** A whole number of bytes, with K, M or G if wanted. */
export function parseSize(option: string, value: string): number {
  const size = parseSizeBytes(value);
  if (size === undefined) {
    throw usageError(`Option '${option}' takes a number of bytes such as 500000 or 64M, not '${value}'.`);
  }
  return size;
}
