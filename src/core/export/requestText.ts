import { createJobRequestShape } from '../job/requestShapes.js';
import type { Shape } from '../operations/shape.js';
import { isRecord } from '../operations/validateShape.js';
import { oneLine } from '../view/oneLine.js';
import type { ExportedJob } from './exportFormat.js';

/** Stands for the ETag that is known once the manifest was uploaded. No text that the service takes has a NUL. */
export const etagMark = '\0ETag\0';

/** The request as JSON, in two parts when an ETag goes between them. */
export function requestParts(job: ExportedJob, indent?: number): readonly string[] {
  return JSON.stringify(requestWithMark(job), undefined, indent).split(JSON.stringify(etagMark).slice(1, -1));
}

/** The request as JSON, with the mark where the ETag of an uploaded manifest belongs. */
export function requestWithMark({ request, upload }: ExportedJob): Readonly<Record<string, unknown>> {
  const manifest = request['Manifest'];
  if (upload === undefined || !isRecord(manifest) || !isRecord(manifest['Location'])) return request;
  const { ETag: _etag, ObjectVersionId: _version, ...location } = manifest['Location'];
  return { ...request, Manifest: { ...manifest, Location: { ...location, ETag: etagMark } } };
}

/** A map of the user's may well have a member `code`; it never has this one. */
const isWritten = Symbol('code');

/** A value that is written as it stands, such as `new Date('2030-01-01')`. */
interface Code {
  readonly code: string;
  readonly [isWritten]: true;
}

/** How a language writes a literal. */
export interface LiteralStyle {
  readonly string: (text: string) => string;
  readonly name: (name: string) => string;
  readonly true: string;
  readonly false: string;
  readonly null: string;
  readonly indent: number;
}

export function codeOf(text: string): Code {
  return { code: text, [isWritten]: true };
}

function isCode(value: unknown): value is Code {
  return typeof value === 'object' && value !== null && isWritten in value;
}

/** Writes a literal over several lines; `depth` is how deep it already stands. Empty lists and structures stay on one. */
export function writeLiteral(value: unknown, style: LiteralStyle, depth = 0): string {
  if (isCode(value)) return value.code;
  if (typeof value === 'string') return style.string(value);
  if (typeof value === 'boolean') return value ? style.true : style.false;
  if (typeof value === 'number') return String(value);
  const parts = Array.isArray(value)
    ? value.map((item) => writeLiteral(item, style, depth + 1))
    : isRecord(value)
      ? Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .map(([name, member]) => `${style.name(name)}: ${writeLiteral(member, style, depth + 1)}`)
      : undefined;
  if (parts === undefined) return style.null;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return `${open}${close}`;
  const inner = ' '.repeat(style.indent * (depth + 1));
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${' '.repeat(style.indent * depth)}${close}`;
}

/** A copy of a request in which timestamps, and the mark of the ETag, are what `replace` makes of them. */
export function withCode(
  request: unknown,
  replace: { readonly timestamp?: (text: string) => unknown; readonly etag?: unknown },
  shape: Shape | undefined = createJobRequestShape,
): unknown {
  if (typeof request === 'string') {
    if (request === etagMark && replace.etag !== undefined) return replace.etag;
    return shape?.type === 'timestamp' && replace.timestamp !== undefined ? replace.timestamp(request) : request;
  }
  if (Array.isArray(request)) {
    return request.map((item) => withCode(item, replace, shape?.type === 'list' ? shape.item : undefined));
  }
  if (!isRecord(request)) return request;
  return Object.fromEntries(
    Object.entries(request).map(([name, member]) => [
      name,
      withCode(member, replace, shape?.type === 'structure' ? shape.members[name] : undefined),
    ]),
  );
}

/** A sentence as comment lines, whatever it holds. */
export function comment(text: string, mark: string): string {
  return `${mark} ${oneLine(text)}\n`;
}

/**
 * What `aws s3api put-object --cli-input-json` takes to store the manifest. SSE-S3, because a CSV manifest under SSE-KMS fails. Source:
 * S3 User Guide, batch-ops-create-job.
 */
export function uploadInput({ bucket, key }: NonNullable<ExportedJob['upload']>): string {
  return JSON.stringify({ Bucket: bucket, Key: key, ServerSideEncryption: 'AES256' });
}
