import { parse } from 'jsonc-parser';
import type { ManifestField } from '../../core/job/jobTypes.js';
import { findOperation } from '../../core/operations/catalogue.js';

/** What a job file says about the local manifest that it names. */
export interface ManifestDeclaration {
  /** `ManifestFile`: relative to the job file, forward slashes. */
  readonly path: string;
  /** `Manifest.Spec.Fields`, when they are there and valid. */
  readonly fields: readonly ManifestField[] | undefined;
  /** True when the job's operation takes objects of one bucket only. */
  readonly isOneBucketOnly: boolean;
}

const fieldNames: readonly string[] = ['Ignore', 'Bucket', 'Key', 'VersionId'];

/**
 * Reads the declaration out of the text of a job file, which may be wrong in any other way; undefined when it names no `ManifestFile`.
 * A chunk of its own: a workspace without job files never loads the catalogue for its manifests.
 */
export function readDeclaration(text: string): ManifestDeclaration | undefined {
  const jobFile: unknown = parse(text.replace(/^\uFEFF/, ' '));
  const path = member(jobFile, 'ManifestFile');
  if (typeof path !== 'string' || path === '') return undefined;
  const fields = member(member(member(jobFile, 'Manifest'), 'Spec'), 'Fields');
  const operation = member(jobFile, 'Operation');
  const name = typeof operation === 'object' && operation !== null ? Object.keys(operation)[0] : undefined;
  return {
    path,
    fields: isFields(fields) ? fields : undefined,
    isOneBucketOnly: name !== undefined && findOperation(name)?.isOneBucketOnly === true,
  };
}

function isFields(value: unknown): value is ManifestField[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => fieldNames.includes(item as string));
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
