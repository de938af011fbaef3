import type { Stats } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeWriteError } from '../fileErrors.js';
import { fileChanged, isUnchanged } from '../readFileBytes.js';
import { readSource, sourceName } from '../readSource.js';
import { statOf, writeWhole } from '../replaceFile.js';
import { removeWhenInterrupted } from '../temporaryFiles.js';
import type { MakingContext } from './makingContext.js';

/**
 * Manifests that can be read more than once and are the same each time: what comes from stdin is kept in a temporary file as it is read
 * first; a file that was written to since throws `FileChanged`.
 */
export class RereadableInput {
  readonly #context: MakingContext;
  readonly #stats = new Map<string, Stats>();
  #kept: { readonly folder: string; readonly path: string; settled(): void } | undefined;

  constructor(context: MakingContext) {
    this.#context = context;
  }

  async *chunks(path: string): AsyncGenerator<Uint8Array, void, undefined> {
    if (path === '-') {
      if (this.#kept === undefined) yield* this.#readAndKeep();
      else yield* readSource(this.#kept.path, this.#context);
      return;
    }
    const stats = await statOf(resolve(this.#context.cwd, path));
    const before = this.#stats.get(path);
    if (before !== undefined && (stats === undefined || !isUnchanged(before, stats))) throw fileChanged(sourceName(path));
    if (stats?.isFile() === true) this.#stats.set(path, stats);
    yield* readSource(path, this.#context);
  }

  async dispose(): Promise<void> {
    if (this.#kept === undefined) return;
    await rm(this.#kept.folder, { recursive: true, force: true });
    this.#kept.settled();
  }

  async *#readAndKeep(): AsyncGenerator<Uint8Array, void, undefined> {
    const folder = await mkdtemp(join(tmpdir(), 's3batch-'));
    const path = join(folder, 'stdin');
    this.#kept = { folder, path, settled: removeWhenInterrupted(folder) };
    const file: FileHandle = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of readSource('-', this.#context)) {
        try {
          await writeWhole(file, chunk);
        } catch (error) {
          throw describeWriteError(path, error);
        }
        yield chunk;
      }
    } finally {
      await file.close();
    }
  }
}
