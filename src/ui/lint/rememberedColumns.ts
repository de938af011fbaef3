import type { ManifestField } from '../../core/job/jobTypes.js';
import type { Store } from './rememberedFiles.js';

const storeKey = 'manifest.columns';

/** Columns that a person declared for manifests that no job file names, in this workspace. Files are URIs as text. */
export class RememberedColumns {
  readonly #store: Store;
  readonly #columns: Map<string, readonly ManifestField[]>;

  constructor(store: Store) {
    this.#store = store;
    const stored = store.get(storeKey);
    this.#columns = new Map(Array.isArray(stored) ? stored.filter(isEntry) : []);
  }

  get(uri: string): readonly ManifestField[] | undefined {
    return this.#columns.get(uri);
  }

  async set(uri: string, columns: readonly ManifestField[]): Promise<void> {
    this.#columns.set(uri, columns);
    await this.#store.update(storeKey, [...this.#columns]);
  }
}

const names: readonly unknown[] = ['Ignore', 'Bucket', 'Key', 'VersionId'];

function isEntry(value: unknown): value is [string, ManifestField[]] {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false;
  const columns: unknown = value[1];
  return Array.isArray(columns) && columns.every((column) => names.includes(column));
}
