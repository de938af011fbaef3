import { BitList } from '../../core/manifest/making/bitList.js';
import { shardCount } from '../../core/manifest/making/identitySet.js';
import type { ManifestRow, ManifestRowsOptions } from '../../core/manifest/making/manifestRows.js';
import { RowSet } from '../../core/manifest/making/rowSets.js';
import { RowWriter } from '../../core/manifest/making/rowWriter.js';
import { sourceName } from '../readSource.js';
import type { Write } from '../replaceFile.js';
import type { MakingContext } from './makingContext.js';
import { drain, readManifest, type ReadManifest, type ReadManifestOptions } from './readManifest.js';
import { RereadableInput } from './rereadableInput.js';

export interface SetOptions {
  /** Columns of all manifests; see ManifestRowsOptions. */
  readonly fields?: ManifestRowsOptions['fields'];
  /** Memory for the objects that are remembered at a time; beyond it the manifests are read more than once. */
  readonly limitBytes?: number;
}

/** What a set operation has made. */
export interface SetResult {
  /** Written. */
  readonly rows: number;
  readonly read: readonly ReadManifest[];
  /** How often the manifests were read. */
  readonly passes: number;
}

/**
 * Writes the rows of the manifests one after the other, of each object only the first. One manifest alone is deduplicated. When the
 * objects do not fit into the limit, what is decided by then is written, and for the rest the manifests are read again, once for each
 * share of the objects that fits.
 */
export async function writeUnion(
  paths: readonly string[],
  options: SetOptions,
  write: Write,
  context: MakingContext,
): Promise<SetResult> {
  const operation = new SetOperation(options, write, context);
  try {
    const repeated = new BitList();
    let undecidedFrom = Infinity;
    let read: readonly ReadManifest[] = [];
    let from = 0;
    do {
      const set = new RowSet({ ...limitOf(options), from });
      const isFirst = from === 0;
      const manifests = await operation.pass(paths, isFirst, (row, number) => {
        const isNew = set.add(row);
        if (number >= undecidedFrom) {
          if (isNew === false) repeated.add(number);
        } else if (isFirst) {
          if (isNew === true) operation.writer.add(row);
          if (set.isCut) undecidedFrom = number + 1;
        }
      });
      if (isFirst) read = manifests;
      from = set.end;
    } while (from < shardCount && operation.isWanted);
    if (undecidedFrom < Infinity) {
      await operation.pass(paths, true, (row, number) => {
        if (number >= undecidedFrom && !repeated.has(number)) operation.writer.add(row);
      });
    }
    return await operation.finish(read);
  } finally {
    await operation.dispose();
  }
}

/**
 * Writes the rows of a manifest whose object is in none of the others. A row that is there twice goes twice, or stays twice. When the
 * objects of the others do not fit into the limit, the manifests are read once for each share that fits.
 */
export async function writeDifference(
  path: string,
  others: readonly string[],
  options: SetOptions,
  write: Write,
  context: MakingContext,
): Promise<SetResult> {
  const operation = new SetOperation(options, write, context);
  try {
    const leftOut = new BitList();
    let read: readonly ReadManifest[] = [];
    let from = 0;
    do {
      const set = new RowSet({ ...limitOf(options), from });
      const taking = await operation.pass(others, false, (row) => set.add(row));
      const isOnly = from === 0 && !set.isCut;
      const whole = await operation.pass([path], isOnly, (row, number) => {
        const isTaken = set.has(row);
        if (isTaken === true) leftOut.add(number);
        else if (isOnly) operation.writer.add(row);
      });
      if (from === 0) read = [...whole, ...taking];
      from = set.end;
      if (isOnly) return await operation.finish(read);
    } while (from < shardCount);
    await operation.pass([path], true, (row, number) => {
      if (!leftOut.has(number)) operation.writer.add(row);
    });
    return await operation.finish(read);
  } finally {
    await operation.dispose();
  }
}

function limitOf({ limitBytes }: SetOptions): { limitBytes?: number } {
  return limitBytes === undefined ? {} : { limitBytes };
}

/** The readings of one set operation, and its output. */
class SetOperation {
  readonly writer: RowWriter;
  readonly #options: SetOptions;
  readonly #context: MakingContext;
  readonly #input: RereadableInput;
  readonly #pieces: Uint8Array[] = [];
  readonly #write: Write;
  #like: { readonly name: string; readonly columnCount: number } | undefined;
  #passes = 0;
  #isWanted = true;

  constructor(options: SetOptions, write: Write, context: MakingContext) {
    this.#options = options;
    this.#context = context;
    this.#input = new RereadableInput(context);
    this.writer = new RowWriter((piece) => this.#pieces.push(piece));
    this.#write = async (piece) => (this.#isWanted &&= await write(piece));
  }

  /** False when nobody reads the output any more. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Reads manifests one after the other; rows are numbered through, from 0. */
  async pass(
    paths: readonly string[],
    writes: boolean,
    onRow: (row: ManifestRow, number: number) => void,
  ): Promise<readonly ReadManifest[]> {
    this.#passes += 1;
    let number = 0;
    const read: ReadManifest[] = [];
    for (const path of paths) {
      if (!this.#isWanted) break;
      const options: ReadManifestOptions = {
        fields: this.#options.fields,
        like: this.#like,
        input: this.#input,
        ...(writes ? { output: { pieces: this.#pieces, write: this.#write } } : {}),
      };
      const manifest = await readManifest(path, (row) => onRow(row, number++), options, this.#context);
      read.push(manifest);
      if (manifest.columnCount !== undefined) this.#like ??= { name: sourceName(path), columnCount: manifest.columnCount };
    }
    return read;
  }

  async finish(read: readonly ReadManifest[]): Promise<SetResult> {
    this.writer.end();
    await drain({ pieces: this.#pieces, write: this.#write });
    return { rows: this.writer.rows, read, passes: this.#passes };
  }

  async dispose(): Promise<void> {
    await this.#input.dispose();
  }
}
