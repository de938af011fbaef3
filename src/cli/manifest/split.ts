import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { RowSplitter } from '../../core/manifest/making/splitRows.js';
import type { CliCommand, CliIo } from '../cliIo.js';
import { parseArguments, parseWholeNumber, usageError } from '../commandLine.js';
import { endStream, writeOut } from '../../files/streams.js';
import { count, printable } from '../output.js';
import { Progress } from '../progress.js';
import { readSource, sourceName } from '../readSource.js';
import { temporaryName, writeError } from '../../files/replaceFile.js';
import { removeWhenInterrupted } from '../../files/temporaryFiles.js';
import { outputFlags, refuseOutput } from './manifestOutput.js';
import { plainSize, shareOf } from './readManifest.js';
import { parseSize } from './sizeFlag.js';

const help = [
  'Usage: s3batch manifest split FILE --rows N -o PATTERN [options]',
  '       s3batch manifest split FILE --bytes N -o PATTERN [options]',
  '',
  'Cuts a manifest into parts at row ends. The parts one after the other are the file, byte for byte. No part is there before all are.',
  '',
  'Options:',
  '  --rows N               rows of a part, at most',
  '  --bytes N              bytes of a part, at most; N may end in K, M or G (1024 and so on)',
  '  -o, --output PATTERN   names of the parts: part-###.csv gives part-001.csv, part-002.csv, and so on',
  '                         (part.csv gives part-0001.csv)',
  '  --force                overwrite parts that exist',
  '  --help                 show this',
  '',
].join('\n');

/** `s3batch manifest split`: 0 written, 2 could not run. */
export const splitCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, {
    ...outputFlags,
    rows: { type: 'string' },
    bytes: { type: 'string' },
  });
  if (values.help === true) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) throw usageError('Name one manifest, or - for stdin.');
  if (values.rows === undefined && values.bytes === undefined) {
    throw usageError("Say how big a part may be with '--rows' or '--bytes'.");
  }
  const pattern = values.output;
  if (pattern === undefined || pattern === '-') throw usageError("Say how to name the parts, such as with '-o part-###.csv'.");
  const limits = {
    rows: values.rows === undefined ? undefined : parseWholeNumber('--rows', values.rows, 1),
    bytes: values.bytes === undefined ? undefined : parseSize('--bytes', values.bytes),
  };

  if (limits.bytes === 0) throw usageError("Option '--bytes' takes at least 1.");

  const progress = new Progress(io);
  const parts = new PartFiles((part) => partName(pattern, part + 1), values.force === true, path, io);
  const pieces: [number, Uint8Array][] = [];
  const splitter = new RowSplitter((part, piece) => pieces.push([part, piece]), { ...limits, name: sourceName(path) });
  const drain = async (): Promise<void> => {
    for (const [part, piece] of pieces.splice(0)) await parts.write(part, piece);
  };
  try {
    const totalBytes = await plainSize(path, io);
    let bytes = 0;
    for await (const chunk of readSource(path, io)) {
      splitter.push(chunk);
      bytes += chunk.length;
      progress.show(() => `${sourceName(path)}: ${count(splitter.parts, 'part')}${shareOf(bytes, totalBytes)}`);
      await drain();
    }
    splitter.end();
    await drain();
    await parts.finish();
  } catch (error) {
    await parts.discard();
    throw error;
  }
  progress.clear();
  const [first, last] = [partName(pattern, 1), partName(pattern, splitter.parts)];
  const names = splitter.parts < 2 ? first : `${first} to ${last}`;
  const where = splitter.parts === 0 ? '' : `: ${printable(names)}`;
  await writeOut(io.stdout, `${count(splitter.rows, 'row')} in ${count(splitter.parts, 'part')}${where}\n`);
  return 0;
};

/** `part-###.csv` and 7 make `part-007.csv`. `number` counts from 1. */
function partName(pattern: string, number: number): string {
  const place = /#+(?=[^/\\#]*$)/.exec(pattern);
  if (place !== null) {
    const digits = String(number).padStart(place[0].length, '0');
    return pattern.slice(0, place.index) + digits + pattern.slice(place.index + place[0].length);
  }
  const extension = extname(pattern);
  return `${pattern.slice(0, pattern.length - extension.length)}-${String(number).padStart(4, '0')}${extension}`;
}

/** Writes parts one after the other, each beside its place, and moves them there only when all are whole. */
class PartFiles {
  readonly #nameOf: (part: number) => string;
  readonly #isForced: boolean;
  readonly #input: string;
  readonly #io: CliIo;
  readonly #done: { temporary: string; path: string; settled(): void }[] = [];
  #stream: Writable | undefined;

  constructor(nameOf: (part: number) => string, isForced: boolean, input: string, io: CliIo) {
    this.#nameOf = nameOf;
    this.#isForced = isForced;
    this.#input = input;
    this.#io = io;
  }

  async write(part: number, piece: Uint8Array): Promise<void> {
    if (part === this.#done.length) await this.#open(part);
    const { path } = this.#done[part] ?? { path: '' };
    try {
      if (this.#stream !== undefined) await writeOut(this.#stream, piece);
    } catch (error) {
      throw writeError(path, error);
    }
  }

  async finish(): Promise<void> {
    await this.#close();
    for (const { temporary, path } of this.#done) await rename(temporary, path);
    for (const { settled } of this.#done) settled();
  }

  async discard(): Promise<void> {
    this.#stream?.destroy();
    for (const { temporary, settled } of this.#done) {
      await rm(temporary, { force: true });
      settled();
    }
  }

  async #open(part: number): Promise<void> {
    await this.#close();
    const name = this.#nameOf(part);
    const path = resolve(this.#io.cwd, name);
    await refuseOutput(path, name, this.#isForced, [this.#input], this.#io);
    const temporary = temporaryName(path);
    this.#done.push({ temporary, path, settled: removeWhenInterrupted(temporary) });
    const stream = createWriteStream(temporary);
    this.#stream = stream;
    await new Promise<void>((opened, failed) => {
      stream.once('open', () => opened());
      // Stays as the listener of later failures, which the write that fails reports.
      stream.on('error', (error) => failed(writeError(path, error) as Error));
    });
  }

  async #close(): Promise<void> {
    if (this.#stream !== undefined) await endStream(this.#stream);
    this.#stream = undefined;
  }
}
