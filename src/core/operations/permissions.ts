import type { OperationPermissions } from './operation.js';

/** The start for an entry that names only what it needs. */
export const noPermissions: OperationPermissions = {
  objects: [],
  objectVersions: [],
  buckets: [],
  generatorBuckets: [],
  destinationObjects: [],
  functions: [],
  keys: [],
  destinationKeys: [],
};
