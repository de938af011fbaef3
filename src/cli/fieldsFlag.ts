import type { ManifestField } from '../core/job/jobTypes.js';
import { parseChoice, usageError } from './commandLine.js';

const fieldNames: readonly ManifestField[] = ['Bucket', 'Key', 'VersionId', 'Ignore'];

/** `Manifest.Spec.Fields` of a job: Bucket and Key once each, VersionId once at most. */
export function parseFields(list: string): ManifestField[] {
  const fields = list.split(',').map((name) => parseChoice('--fields', name.trim(), fieldNames));
  for (const name of ['Bucket', 'Key', 'VersionId'] as const) {
    const times = fields.filter((field) => field === name).length;
    if (times > 1) throw usageError(`Option '--fields' names ${name} ${times} times.`);
    if (times === 0 && name !== 'VersionId') throw usageError(`Option '--fields' must name ${name}.`);
  }
  return fields;
}
