import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { readFileBytes } from '../files/readFileBytes.js';
import { isSameFile } from '../files/replaceFile.js';
import { writeOut } from '../files/streams.js';
import type { TemporaryFolder } from '../files/temporaryFolder.js';
import type { CliIo } from './cliIo.js';
import { usageError } from './commandLine.js';
import { isS3 } from './s3Text.js';

/** Options that name a manifest to write. */
type OutputOption = 'retry' | 'resume';

/**
 * Where the manifests of `s3batch report` go: to files, or one of them to stdout (`-`), by way of a temporary file, since what is found at
 * the end of a report may change what was written before, or forbid it.
 */
export class ReportOutputs {
  readonly #io: CliIo;
  readonly #folder: TemporaryFolder;
  readonly #names: Readonly<Partial<Record<OutputOption, string>>>;
  #piped: string | undefined;

  /** Throws a usage error for names that can't be written to. */
  constructor(names: { readonly retry?: string; readonly resume?: string }, io: CliIo, folder: TemporaryFolder) {
    this.#io = io;
    this.#folder = folder;
    this.#names = names;
    for (const option of ['retry', 'resume'] as const) refuseName(option, names[option]);
    const { retry, resume } = names;
    if (retry !== undefined && resume !== undefined && (retry === resume || this.#resolved(retry) === this.#resolved(resume))) {
      throw usageError("Options '--retry' and '--resume' name the same output.");
    }
  }

  /** For what is told about the report: not the one that a manifest goes to. */
  get summary(): Writable {
    return Object.values(this.#names).includes('-') ? this.#io.stderr : this.#io.stdout;
  }

  /** The file to write to, for an option that was given. */
  async pathOf(option: OutputOption): Promise<string | undefined> {
    const name = this.#names[option];
    if (name === undefined) return undefined;
    if (name === '-') return (this.#piped = join(await this.#folder.newFolder(), `${option}.csv`));
    const path = this.#resolved(name);
    const other = option === 'resume' ? this.#names.retry : undefined;
    if (other !== undefined && other !== '-' && (await isSameFile(path, this.#resolved(other)))) {
      throw usageError("Options '--retry' and '--resume' name the same output.");
    }
    return path;
  }

  /** What people call the output. */
  nameOf(option: OutputOption): string {
    const name = this.#names[option] ?? '';
    return name === '-' ? '<stdout>' : name;
  }

  /** Writes to stdout what is to go there. */
  async pipe(): Promise<void> {
    if (this.#piped === undefined) return;
    for await (const chunk of readFileBytes(this.#piped)) if (!(await writeOut(this.#io.stdout, chunk))) return;
  }

  #resolved(name: string): string {
    return resolve(this.#io.cwd, name);
  }
}

function refuseName(option: OutputOption, name: string | undefined): void {
  if (name === undefined) return;
  if (name === '') throw usageError(`Option '--${option}' names no file.`);
  if (isS3(name)) throw usageError(`Option '--${option}' writes a file of this machine, or - for stdout, not '${name}'.`);
  if (/\.gz$/i.test(name)) throw usageError(`'${name}' would not be a gzip file: manifests are written as plain text.`);
}
