/** The part of `vscode.Memento` that is needed. */
export interface Store {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const storeKey = 'manifest.remembered';

/** Files that a person declared to be a manifest, or not to be one, in this workspace. Files are URIs as text. */
export class RememberedFiles {
  readonly #store: Store;
  readonly #files: Map<string, boolean>;

  constructor(store: Store) {
    this.#store = store;
    const stored = store.get(storeKey);
    const entries = Array.isArray(stored) ? stored.filter(isEntry) : [];
    this.#files = new Map(entries);
  }

  /** True or false as declared, undefined when nobody said anything. */
  get(uri: string): boolean | undefined {
    return this.#files.get(uri);
  }

  async set(uri: string, isManifest: boolean): Promise<void> {
    this.#files.set(uri, isManifest);
    await this.#save();
  }

  /** Follows a rename of a file, or of a folder with files in it. */
  async rename(from: string, to: string): Promise<void> {
    let hasChanged = false;
    for (const [uri, isManifest] of Array.from(this.#files)) {
      if (uri !== from && !uri.startsWith(`${from}/`)) continue;
      this.#files.delete(uri);
      this.#files.set(to + uri.slice(from.length), isManifest);
      hasChanged = true;
    }
    if (hasChanged) await this.#save();
  }

  async #save(): Promise<void> {
    await this.#store.update(storeKey, [...this.#files]);
  }
}

function isEntry(value: unknown): value is [string, boolean] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'boolean';
}
