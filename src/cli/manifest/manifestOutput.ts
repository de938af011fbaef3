import { resolve } from 'node:path';
import { BatchError } from '../../base/errors.js';
import type { MakingContext } from '../../files/making/makingContext.js';
import type { CliIo } from '../cliIo.js';
import { usageError } from '../commandLine.js';
import { writeOut } from '../../files/streams.js';
import { count, printable } from '../output.js';
import { Progress } from '../progress.js';
import { makingContext } from './making.js';
import { isSameFile, replaceFile, statOf, type Write } from '../../files/replaceFile.js';

/** Options of all commands that write one manifest. */
export const outputFlags = {
  output: { type: 'string', short: 'o' },
  force: { type: 'boolean' },
} as const;

export const outputHelp = [
  '  -o, --output OUT       where to write; - for stdout',
  '  --force                overwrite OUT if it exists',
];

/** Where a command writes, after it was made sure that it may. */
export interface ManifestOutput {
  /** As given: `-` for stdout. */
  readonly path: string;
  /** Writes the whole file or nothing; see replaceFile. */
  produce<T>(write: (write: Write) => Promise<T>): Promise<T>;
}

/** Throws a usage error when there is no output, when it is one of the inputs, or when it exists and may not be overwritten. */
export async function openOutput(
  values: { readonly output?: string | undefined; readonly force?: boolean | undefined },
  inputs: readonly string[],
  io: CliIo,
): Promise<ManifestOutput> {
  const path = values.output;
  if (path === undefined || path === '') throw usageError("Say where to write with '-o OUT'.");
  if (path === '-') return { path, produce: (write) => write((piece) => writeOut(io.stdout, piece)) };
  const target = resolve(io.cwd, path);
  await refuseOutput(target, path, values.force === true, inputs, io);
  return { path, produce: (write) => replaceFile(target, write) };
}

/**
 * Throws for a file that may not be written, before any work is done for it. `name` is what errors call the file. Pipes and devices may
 * be written to: nothing is lost by that.
 */
export async function refuseOutput(
  target: string,
  name: string,
  isForced: boolean,
  inputs: readonly string[],
  io: CliIo,
): Promise<void> {
  if (/\.gz$/i.test(name)) throw usageError(`'${name}' would not be a gzip file: manifests are written as plain text.`);
  for (const input of inputs) {
    if (input !== '-' && (await isSameFile(resolve(io.cwd, input), target))) throw usageError(`'${name}' is an input itself.`);
  }
  const before = await statOf(target);
  if (before?.isDirectory() === true) throw new BatchError('CanNotWrite', `Can't write ${name}: it is a folder.`);
  if (before?.isFile() === true && !isForced) {
    throw new BatchError('FileExists', `'${name}' exists.`, { hint: "Use '--force' to overwrite it." });
  }
}

/** Runs what writes the manifest, with its progress on the terminal, and resolves with what it does. */
export async function writeManifest<T>(
  output: ManifestOutput,
  io: CliIo,
  make: (write: Write, context: MakingContext) => Promise<T>,
): Promise<T> {
  const progress = new Progress(io);
  try {
    return await output.produce((write) => make(write, makingContext(io, progress)));
  } finally {
    progress.clear();
  }
}

/** Says what was written: on stderr when the manifest itself went to stdout. */
export async function reportOutput(output: ManifestOutput, rows: number, notes: readonly string[], io: CliIo): Promise<void> {
  const isPiped = output.path === '-';
  const lines = [...notes, ...(isPiped ? [] : [`${count(rows, 'row')} in ${printable(output.path)}`])];
  if (lines.length > 0) await writeOut(isPiped ? io.stderr : io.stdout, `${lines.join('\n')}\n`);
}
