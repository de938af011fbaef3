import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { type FixCounts, ManifestByteFixer } from '../core/manifest/fixAll.js';
import { type LintResult, ManifestByteLinter } from '../core/manifest/lintManifest.js';
import type { LintOptions } from '../core/manifest/lintOptions.js';
import type { CliIo } from './cliIo.js';
import { parseWholeNumber, usageError } from './commandLine.js';
import { defineCommand } from './defineCommand.js';
import { lintOptionFlags, lintOptionHelp, parseLintOptions } from './lintOptionFlags.js';
import { writeOut } from '../files/streams.js';
import { count, printable, styleOf } from './output.js';
import { readSource, sourceName } from '../files/readSource.js';
import { isSameFile, type Write } from '../files/replaceFile.js';
import type { MakingContext } from '../files/making/makingContext.js';
import { plainSize, shareOf } from '../files/making/readManifest.js';
import { openOutput, outputFlags, outputHelp, writeManifest } from './manifest/manifestOutput.js';
import { textReport } from './lintFormats/textReport.js';

const help = [
  'Usage: s3batch fix FILE -o OUT [options]',
  '       s3batch fix FILE --in-place [options]',
  '',
  'Applies every fix whose result is certain and writes the manifest to OUT: byte order mark, header row, blank lines,',
  'space around fields, raw characters in keys, bad escapes, missing version ids. All other bytes stay as they are.',
  'FILE may be - for stdin, OUT - for stdout (the report then goes to stderr).',
  '',
  'Options:',
  ...outputHelp,
  '  --in-place             overwrite the input',
  ...lintOptionHelp,
  '  --max-problems N       list at most N problems that are left (default 100)',
  '  --help                 show this',
  '',
  'Exit codes: 0 no error left, 1 errors left, 2 could not run.',
  '',
].join('\n');

const flags = {
  ...lintOptionFlags,
  ...outputFlags,
  'in-place': { type: 'boolean' },
  'max-problems': { type: 'string', default: '100' },
} as const;

/** `s3batch fix`: 0 no error left, 1 errors left that a person must decide, 2 could not run. */
export const fixCommand = defineCommand(help, flags, async (values, operands, io) => {
  const [input, ...others] = operands;
  if (input === undefined || others.length > 0) throw usageError('Name one manifest to fix, or - for stdin.');
  const path = await outputPath(input, values, io);
  const output = await openOutput({ output: path, force: values['in-place'] === true || values.force === true }, [], io);
  const options: LintOptions = {
    ...parseLintOptions(values),
    maxProblems: parseWholeNumber('--max-problems', values['max-problems'], 0),
  };

  const outcome = await writeManifest(output, io, (write, context) => fixSource(input, options, write, context));
  const name = path === '-' ? '<stdout>' : path;
  await writeReport(path === '-' ? io.stderr : io.stdout, sourceName(input), name, outcome, io);
  return outcome.left.errors > 0 ? 1 : 0;
});

async function outputPath(
  input: string,
  values: { readonly output?: string; readonly 'in-place'?: boolean },
  io: CliIo,
): Promise<string> {
  const { output } = values;
  const isInPlace = values['in-place'] === true;
  if (isInPlace && output !== undefined) throw usageError("Use '-o' or '--in-place', not both.");
  if (isInPlace && input === '-') throw usageError('Stdin can not be overwritten; name an output with -o.');
  const path = isInPlace ? input : output;
  if (path === undefined) throw usageError("Say where to write with '-o OUT', or '--in-place' to overwrite the input.");
  if (!isInPlace && path !== '-' && input !== '-' && (await isSameFile(resolve(io.cwd, input), resolve(io.cwd, path)))) {
    throw usageError(`'${path}' is the input itself. Use '--in-place' to overwrite it.`);
  }
  return path;
}

interface Outcome {
  readonly fixed: FixCounts;
  readonly left: LintResult;
}

/**
 * Reads, fixes, writes and judges what was written in one go. Two fixers in a row, because encoding a stray quote can change how the
 * lines around it divide into rows; the second settles that.
 */
async function fixSource(input: string, options: LintOptions, write: Write, context: MakingContext): Promise<Outcome> {
  const linter = new ManifestByteLinter(options);
  let pieces: Uint8Array[] = [];
  const second = new ManifestByteFixer(options, (piece) => {
    const bytes = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece;
    if (bytes.length > 0) pieces.push(bytes);
  });
  let between: Uint8Array[] = [];
  const first = new ManifestByteFixer(options, (piece) => {
    between.push(typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece);
  });
  const pass = async (): Promise<boolean> => {
    const settled = Buffer.concat(between);
    between = [];
    second.push(settled);
    return flush();
  };
  const flush = async (): Promise<boolean> => {
    const bytes = Buffer.concat(pieces);
    pieces = [];
    linter.push(bytes);
    return write(bytes);
  };
  const totalBytes = await plainSize(input, context);
  let bytes = 0;
  for await (const chunk of readSource(input, context)) {
    first.push(chunk);
    bytes += chunk.length;
    context.onProgress?.({ name: sourceName(input), rows: linter.snapshot().rows, share: shareOf(bytes, totalBytes) });
    if (!(await pass())) break;
  }
  const fixed = first.end();
  await pass();
  const more = second.end();
  await flush();
  return { fixed: sumCounts(fixed, more), left: linter.end() };
}

function sumCounts(first: FixCounts, second: FixCounts): FixCounts {
  const sum: Record<string, number> = { ...first };
  for (const [rule, number] of Object.entries(second)) sum[rule] = (sum[rule] ?? 0) + number;
  return sum;
}

async function writeReport(stream: Writable, input: string, output: string, outcome: Outcome, io: CliIo): Promise<void> {
  const entries = Object.entries(outcome.fixed);
  const total = entries.reduce((sum, [, number]) => sum + number, 0);
  const lines = [
    `${printable(input)} -> ${printable(output)}: ${total === 0 ? 'nothing to fix' : `${count(total, 'problem')} fixed`}`,
  ];
  for (const [rule, number] of entries) lines.push(`  ${rule} ${number.toLocaleString('en')}`);
  const { errors, warnings, information } = outcome.left;
  if (errors + warnings + information > 0) lines.push('Left to decide:');
  await writeOut(stream, `${lines.join('\n')}\n${textReport([{ path: output, result: outcome.left }], styleOf(io))}`);
}
