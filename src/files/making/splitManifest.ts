import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { throwIfAborted } from '../../base/async.js';
import { RowSplitter, type SplitLimits } from '../../core/manifest/making/splitRows.js';
import { describeWriteError } from '../fileErrors.js';
import { readSource, sourceName } from '../readSource.js';
import { moveToFree, removeIfThere, temporaryName, writeWhole } from '../replaceFile.js';
import { removeWhenInterrupted } from '../temporaryFiles.js';
import type { MakingContext } from './makingContext.js';
import { plainSize, shareOf } from './readManifest.js';

export interface SplitOptions {
  readonly limits: SplitLimits;
  /** Names of the parts: `part-###.csv`; relative to the context's folder. */
  readonly pattern: string;
  /** Parts that exist are overwritten. */
  readonly isForced: boolean;
  /** Throws when the part may not be written. `name` is what errors call it. */
  readonly check: (path: string, name: string) => Promise<void>;
}

export interface SplitResult {
  readonly rows: number;
  readonly parts: number;
}

/** Cuts a manifest into files. They appear all at once, or none does. */
export async function splitManifest(path: string, options: SplitOptions, context: MakingContext): Promise<SplitResult> {
  const files = new PartFiles(options, context);
  const pieces: [number, Uint8Array][] = [];
  const name = sourceName(path);
  const splitter = new RowSplitter((part, piece) => pieces.push([part, piece]), { ...options.limits, name });
  const drain = async (): Promise<void> => {
    for (const [part, piece] of pieces.splice(0)) await files.write(part, piece);
  };
  try {
    const totalBytes = await plainSize(path, context);
    let bytes = 0;
    for await (const chunk of readSource(path, context)) {
      throwIfAborted(context.signal);
      splitter.push(chunk);
      bytes += chunk.length;
      context.onProgress?.({ name, rows: splitter.rows, share: shareOf(bytes, totalBytes) });
      await drain();
    }
    splitter.end();
    await drain();
    await files.finish();
  } catch (error) {
    await files.discard();
    throw error;
  }
  return { rows: splitter.rows, parts: splitter.parts };
}

/** `part-###.csv` and 7 make `part-007.csv`; `part.csv` gives `part-0007.csv`. `number` counts from 1. */
export function partName(pattern: string, number: number): string {
  const place = /#+(?=[^/\\#]*$)/.exec(pattern);
  if (place !== null) {
    const digits = String(number).padStart(place[0].length, '0');
    return pattern.slice(0, place.index) + digits + pattern.slice(place.index + place[0].length);
  }
  const extension = extname(pattern);
  return `${pattern.slice(0, pattern.length - extension.length)}-${String(number).padStart(4, '0')}${extension}`;
}

interface PartFile {
  readonly temporary: string;
  readonly path: string;
  isMoved: boolean;
  settled(): void;
}

/** Writes parts one after the other, each beside its place, and moves them there only when all are whole. */
class PartFiles {
  readonly #options: SplitOptions;
  readonly #cwd: string;
  readonly #parts: PartFile[] = [];
  #file: FileHandle | undefined;

  constructor(options: SplitOptions, { cwd }: MakingContext) {
    this.#options = options;
    this.#cwd = cwd;
  }

  async write(part: number, piece: Uint8Array): Promise<void> {
    if (part === this.#parts.length) await this.#open(part);
    try {
      if (this.#file !== undefined) await writeWhole(this.#file, piece);
    } catch (error) {
      throw describeWriteError(this.#parts[part]?.path ?? '', error);
    }
  }

  async finish(): Promise<void> {
    await this.#close();
    for (const part of this.#parts) {
      await (this.#options.isForced ? rename : moveToFree)(part.temporary, part.path);
      part.isMoved = true;
    }
    for (const { settled } of this.#parts) settled();
  }

  /** Removes what was written; parts in their places too, unless they took the place of others that can't come back. */
  async discard(): Promise<void> {
    await this.#close();
    for (const { temporary, path, isMoved, settled } of this.#parts) {
      if (!isMoved) await removeIfThere(temporary);
      else if (!this.#options.isForced) await rm(path, { force: true });
      settled();
    }
  }

  async #open(part: number): Promise<void> {
    await this.#close();
    const name = partName(this.#options.pattern, part + 1);
    const path = resolve(this.#cwd, name);
    await this.#options.check(path, name);
    const temporary = temporaryName(path);
    this.#parts.push({ temporary, path, isMoved: false, settled: removeWhenInterrupted(temporary) });
    try {
      this.#file = await open(temporary, 'wx');
    } catch (error) {
      throw describeWriteError(path, error);
    }
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}
