import type { ManifestField } from '../../core/job/jobTypes.js';

const names: readonly ManifestField[] = ['Bucket', 'Key', 'VersionId', 'Ignore'];

/** The columns as written, or undefined when the service would refuse them. */
export function parseColumns(text: string): ManifestField[] | undefined {
  const columns = text.split(',').map((part) => names.find((name) => name.toLowerCase() === part.trim().toLowerCase()));
  const count = (name: string): number => columns.filter((column) => column === name).length;
  if (columns.includes(undefined) || count('Bucket') !== 1 || count('Key') !== 1 || count('VersionId') > 1) return undefined;
  return columns.filter((column) => column !== undefined);
}
