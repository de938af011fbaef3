import type { BucketFolder } from './bucketFolder.js';
import { compareUtf8 } from './keyOrder.js';

export interface WalkedKey {
  readonly key: string;
  readonly file: string;
}

/** Files that desktops put into folders people look at; they are objects only when they were uploaded under that name. */
const desktopFiles: ReadonlySet<string> = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

export interface KeyWalkOptions {
  readonly prefix: string;
  /** Keys up to this one are left out; empty for none. */
  readonly after: string;
  /** Whether the store has metadata of that key: tells an uploaded `.DS_Store` from one that the desktop left. */
  readonly hasMetadata: (key: string) => boolean;
}

/** A source of keys in order that can be told to leave a prefix out. */
export interface KeySource {
  keys(): AsyncIterable<WalkedKey>;
  /** No further key that begins with this. */
  skip(prefix: string): void;
}

/** Walks a bucket's folder in the order of UTF-8 bytes, reading only folders that can hold keys of the range. */
export class KeyWalk implements KeySource {
  readonly #folder: BucketFolder;
  readonly #options: KeyWalkOptions;
  #skipped: string | undefined;

  constructor(folder: BucketFolder, options: KeyWalkOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  skip(prefix: string): void {
    this.#skipped = prefix;
  }

  async *keys(): AsyncGenerator<WalkedKey> {
    const parts = this.#options.prefix.split('/').slice(0, -1);
    const base = parts.map((part) => `${part}/`).join('');
    yield* this.#below(await this.#folder.directoriesOf(parts), base);
  }

  async *#below(directories: readonly string[], base: string): AsyncGenerator<WalkedKey> {
    for (const { part, file, directories: below } of await this.#folder.entries(directories)) {
      if (file === undefined) {
        const prefix = `${base}${part}/`;
        if (this.#mayHold(prefix)) yield* this.#below(below, prefix);
        continue;
      }
      const key = base + part;
      if (!this.#isWanted(key)) continue;
      if (desktopFiles.has(part) && !this.#options.hasMetadata(key)) continue;
      yield { key, file };
    }
  }

  #isWanted(key: string): boolean {
    if (this.#skipped !== undefined && key.startsWith(this.#skipped)) return false;
    return key.startsWith(this.#options.prefix) && compareUtf8(key, this.#options.after) > 0;
  }

  #mayHold(folderPrefix: string): boolean {
    const { prefix, after } = this.#options;
    if (this.#skipped !== undefined && folderPrefix.startsWith(this.#skipped)) return false;
    if (!folderPrefix.startsWith(prefix) && !prefix.startsWith(folderPrefix)) return false;
    return compareUtf8(folderPrefix, after) >= 0 || after.startsWith(folderPrefix);
  }
}
