import type { ManifestField } from '../job/jobTypes.js';

/** Which column of a manifest holds what; an index of -1 means that there is none. */
export interface ManifestLayout {
  readonly bucket: number;
  readonly key: number;
  readonly versionId: number;
  /** How many columns each row must have; undefined before the first data row of a manifest whose columns are not declared. */
  readonly columnCount: number | undefined;
  readonly isDeclared: boolean;
}

/** The layout before anything is known: Bucket, Key and, if the row has a third column, VersionId. */
export const openLayout: ManifestLayout = { bucket: 0, key: 1, versionId: 2, columnCount: undefined, isDeclared: false };

/** The layout that `Manifest.Spec.Fields` of a job declares. */
export function declaredLayout(fields: readonly ManifestField[]): ManifestLayout {
  return {
    bucket: fields.indexOf('Bucket'),
    key: fields.indexOf('Key'),
    versionId: fields.indexOf('VersionId'),
    columnCount: fields.length,
    isDeclared: true,
  };
}

/** The layout that follows from the first data row: `Bucket,Key[,VersionId]`, all further columns without meaning. */
export function layoutOfFirstRow(columnCount: number): ManifestLayout {
  return { bucket: 0, key: 1, versionId: columnCount > 2 ? 2 : -1, columnCount, isDeclared: false };
}
