import type { ManifestField } from '../core/job/jobTypes.js';
import { parseChoice, usageError } from './commandLine.js';

const fieldNames: readonly ManifestField[] = ['Bucket', 'Key', 'VersionId', 'Ignore'];

/** The option that declares the columns of a manifest. */
export const fieldsFlag = { fields: { type: 'string' } } as const;

/** `manifest` says of which manifest they are. */
export function fieldsHelp(manifest: string): string {
  return `  --fields LIST          columns of ${manifest}, such as Bucket,Key,Ignore (default Bucket,Key[,VersionId])`;
}

/** `Manifest.Spec.Fields` of a job: Bucket and Key once each, VersionId once at most. Undefined when nothing was declared. */
export function parseFields(list: string | undefined): ManifestField[] | undefined {
  if (list === undefined) return undefined;
  const fields = list.split(',').map((name) => parseChoice('--fields', name.trim(), fieldNames));
  for (const name of ['Bucket', 'Key', 'VersionId'] as const) {
    const times = fields.filter((field) => field === name).length;
    if (times > 1) throw usageError(`Option '--fields' names ${name} ${times} times.`);
    if (times === 0 && name !== 'VersionId') throw usageError(`Option '--fields' must name ${name}.`);
  }
  return fields;
}
