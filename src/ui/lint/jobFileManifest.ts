import type { ManifestField } from '../../core/job/jobTypes.js';

/** What a job file says about the local manifest that it names. */
export interface ManifestDeclaration {
  /** `ManifestFile`: relative to the job file, forward slashes. */
  readonly path: string;
  /** `Manifest.Spec.Fields`, when they are there and valid. */
  readonly fields: readonly ManifestField[] | undefined;
  /** The one member of `Operation`. */
  readonly operation: string | undefined;
}

const fieldNames: readonly string[] = ['Ignore', 'Bucket', 'Key', 'VersionId'];

/** Reads the declaration out of a job file's value, which may be wrong in any other way; undefined when it names no `ManifestFile`. */
export function manifestDeclaration(jobFile: unknown): ManifestDeclaration | undefined {
  const path = member(jobFile, 'ManifestFile');
  if (typeof path !== 'string' || path === '') return undefined;
  const fields = member(member(member(jobFile, 'Manifest'), 'Spec'), 'Fields');
  const operation = member(jobFile, 'Operation');
  return {
    path,
    fields: isFields(fields) ? fields : undefined,
    operation: typeof operation === 'object' && operation !== null ? Object.keys(operation)[0] : undefined,
  };
}

function isFields(value: unknown): value is ManifestField[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => fieldNames.includes(item as string));
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
