import type { EngineRequest } from '../contracts.js';
import type { ObjectAddress } from '../objectStore.js';
import { invalidArgument, notImplemented } from './s3Errors.js';
import { readVersionId } from './versionIds.js';

/**
 * Reads `x-amz-copy-source`: `bucket/key` or `/bucket/key`, form-decoded once (`+` is a space, `%2F` may stand for the slash), with
 * `?versionId=…` at most. Source: S3 API Reference, CopyObject.
 */
export function readCopySource(request: EngineRequest): ObjectAddress {
  const header = request.headers['x-amz-copy-source'] ?? '';
  const invalid = (): Error =>
    invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey', 'x-amz-copy-source', header);
  const question = header.indexOf('?');
  const path = formDecode(question < 0 ? header : header.slice(0, question));
  if (path === undefined) throw invalid();
  if (path.startsWith('arn:')) throw notImplemented('x-amz-copy-source that is an access point');
  const trimmed = path.startsWith('/') ? path.slice(1) : path;
  const slash = trimmed.indexOf('/');
  if (slash <= 0 || slash === trimmed.length - 1) throw invalid();
  const source = { bucket: trimmed.slice(0, slash), key: trimmed.slice(slash + 1) };
  const version = question < 0 ? null : new URLSearchParams(header.slice(question + 1)).get('versionId');
  return version === null ? source : { ...source, versionId: readVersionId(version) };
}

/** Header bytes may be raw UTF-8 as well as escapes. Undefined when an escape is none or the bytes are not UTF-8. */
function formDecode(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}
