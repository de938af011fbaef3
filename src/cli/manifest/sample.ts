import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { RowWriter } from '../../core/manifest/making/rowWriter.js';
import { RowSampler } from '../../core/manifest/making/sampleRows.js';
import type { CliCommand, CliIo } from '../cliIo.js';
import { parseArguments, parseWholeNumber, usageError } from '../commandLine.js';
import { parseFields } from '../fieldsFlag.js';
import { writeOut } from '../../files/streams.js';
import { Progress } from '../progress.js';
import type { Write } from '../../files/replaceFile.js';
import { removeWhenInterrupted } from '../../files/temporaryFiles.js';
import { openOutput, outputFlags, outputHelp, reportOutput } from './manifestOutput.js';
import { headerNotes, readManifest } from './readManifest.js';

const help = [
  'Usage: s3batch manifest sample FILE --rows N -o OUT [options]',
  '',
  'Writes N rows drawn at random, each as likely, in the order of the file; all rows when there are no more. The same manifest, N and',
  'seed give the same rows.',
  '',
  'Options:',
  '  --rows N               how many rows to draw',
  '  --seed S               a whole number (default 1)',
  '  --stratify-by-prefix   draw from each prefix in proportion to its rows, and at least one row from each if N allows',
  '  --prefix-depth D       with --stratify-by-prefix: levels of a prefix (default 1: logs/ of logs/2026/a.txt)',
  ...outputHelp,
  '  --fields LIST          columns of the manifest, such as Bucket,Key,Ignore (default Bucket,Key[,VersionId])',
  '  --help                 show this',
  '',
].join('\n');

/** `s3batch manifest sample`: 0 written, 2 could not run. */
export const sampleCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, {
    ...outputFlags,
    rows: { type: 'string' },
    seed: { type: 'string', default: '1' },
    'stratify-by-prefix': { type: 'boolean' },
    'prefix-depth': { type: 'string' },
    fields: { type: 'string' },
  });
  if (values.help === true) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) throw usageError('Name one manifest, or - for stdin.');
  if (values.rows === undefined) throw usageError("Say how many rows to draw with '--rows'.");
  const isStratified = values['stratify-by-prefix'] === true;
  if (values['prefix-depth'] !== undefined && !isStratified) {
    throw usageError("Option '--prefix-depth' needs '--stratify-by-prefix'.");
  }
  const sampler = new RowSampler({
    size: parseWholeNumber('--rows', values.rows, 1),
    seed: parseWholeNumber('--seed', values.seed, 0),
    prefixDepth: isStratified ? parseWholeNumber('--prefix-depth', values['prefix-depth'] ?? '1', 1) : undefined,
  });
  const fields = values.fields === undefined ? undefined : parseFields(values.fields);
  const output = await openOutput(values, positionals, io);

  const progress = new Progress(io);
  const pieces: Uint8Array[] = [];
  const writer = new RowWriter((piece) => pieces.push(piece));
  let notes: string[] = [];
  await withTwoReadings(path, io, (source) =>
    output.produce(async (write) => {
      const manifest = await readManifest(source, (row) => sampler.count(row), { fields, progress }, io);
      let isWanted = true;
      const writeWhileWanted: Write = async (piece) => (isWanted &&= await write(piece));
      const drawing = { fields, progress, output: { pieces, write: writeWhileWanted } };
      await readManifest(source, (row) => sampler.isDrawn(row) && writer.add(row), drawing, io);
      if (!isWanted) return;
      sampler.end();
      writer.end();
      for (const piece of pieces) await write(piece);
      notes = [
        ...headerNotes([[path, manifest]]),
        ...(isStratified ? [`Drawn from ${sampler.groupCount.toLocaleString('en')} prefixes.`] : []),
      ];
    }),
  );
  progress.clear();
  await reportOutput(output, writer.rows, notes, io);
  return 0;
};

/** Stdin can be read once only, so it is kept in a file for as long as it takes. */
async function withTwoReadings(path: string, io: CliIo, use: (source: string) => Promise<void>): Promise<void> {
  if (path !== '-') return use(path);
  const folder = await mkdtemp(join(tmpdir(), 's3batch-'));
  const settled = removeWhenInterrupted(folder);
  try {
    const file = join(folder, 'stdin');
    await pipeline(io.stdin, createWriteStream(file, { mode: 0o600 }));
    await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
    settled();
  }
}
