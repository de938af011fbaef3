import { mkdtempSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeWhenInterrupted } from './temporaryFiles.js';

/** A folder for what must not outlive a command. It is made when the first place in it is asked for; to be disposed of. */
export class TemporaryFolder {
  readonly #prefix: string;
  #made: { readonly path: string; readonly settled: () => void } | undefined;
  #count = 0;

  /** `prefix`: what the name begins with, such as `s3batch-report-`. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** A new, empty folder in it. */
  async newFolder(): Promise<string> {
    if (this.#made === undefined) {
      // At once, so that no interruption finds a folder that is not noted yet.
      const path = mkdtempSync(join(tmpdir(), this.#prefix));
      this.#made = { path, settled: removeWhenInterrupted(path) };
    }
    this.#count += 1;
    const folder = join(this.#made.path, String(this.#count));
    await mkdir(folder);
    return folder;
  }

  async dispose(): Promise<void> {
    const made = this.#made;
    this.#made = undefined;
    if (made === undefined) return;
    await rm(made.path, { recursive: true, force: true, maxRetries: 3 });
    made.settled();
  }
}
