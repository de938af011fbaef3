import type { EngineStateName } from './engineController.js';

/** Every context key that we set; the `when` clauses of package.json may use only these of ours, and a test holds the two equal. */
export interface ContextKeyTypes {
  's3batch.engineState': EngineStateName;
  /** The active editor shows a manifest. */
  's3batch.isManifest': boolean;
  /** The Jobs view shows only what fits a filter. */
  's3batch.isFiltered': boolean;
  's3batch.jobsGrouping': 'target' | 'status';
  /** The Report view has something to show. */
  's3batch.hasReport': boolean;
}
export type ContextKeyId = keyof ContextKeyTypes;

const ids: Readonly<Record<ContextKeyId, null>> = {
  's3batch.engineState': null,
  's3batch.isManifest': null,
  's3batch.isFiltered': null,
  's3batch.jobsGrouping': null,
  's3batch.hasReport': null,
};
export const contextKeyIds = Object.keys(ids) as readonly ContextKeyId[];
