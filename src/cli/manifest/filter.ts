import { KeyFilter } from '../../core/manifest/making/keyFilter.js';
import { bucketOfRow, keyOfRow } from '../../core/manifest/making/manifestRows.js';
import { RowWriter } from '../../core/manifest/making/rowWriter.js';
import type { CliCommand } from '../cliIo.js';
import { parseArguments, usageError } from '../commandLine.js';
import { parseFields } from '../fieldsFlag.js';
import { writeOut } from '../../files/streams.js';
import { Progress } from '../progress.js';
import { keyFilterFlags, keyFilterHelp } from './keyFilterFlags.js';
import { openOutput, outputFlags, outputHelp, reportOutput } from './manifestOutput.js';
import { headerNotes, readManifest } from './readManifest.js';

const help = [
  'Usage: s3batch manifest filter FILE -o OUT [--prefix P] [--suffix S] [--glob G] [--exclude G] [options]',
  '',
  'Writes the rows whose decoded key fits. Of options of one kind one must fit, and of each kind that is given; see --exclude.',
  '',
  'Options:',
  '  --bucket BUCKET        keys of this bucket; may be repeated',
  '  --prefix TEXT          keys that begin with the text; may be repeated',
  ...keyFilterHelp,
  ...outputHelp,
  '  --fields LIST          columns of the manifest, such as Bucket,Key,Ignore (default Bucket,Key[,VersionId])',
  '  --help                 show this',
  '',
].join('\n');

/** `s3batch manifest filter`: 0 written (also when no row fits), 2 could not run. */
export const filterCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, {
    ...outputFlags,
    ...keyFilterFlags,
    bucket: { type: 'string', multiple: true },
    prefix: { type: 'string', multiple: true },
    fields: { type: 'string' },
  });
  if (values.help === true) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) throw usageError('Name one manifest, or - for stdin.');
  const filter = new KeyFilter({
    prefixes: values.prefix,
    suffixes: values.suffix,
    globs: values.glob,
    excludedGlobs: values.exclude,
  });
  const buckets = values.bucket === undefined ? undefined : new Set(values.bucket);
  if (filter.keepsAll && buckets === undefined) throw usageError("Say which rows to keep, such as with '--prefix logs/'.");
  const fields = values.fields === undefined ? undefined : parseFields(values.fields);
  const output = await openOutput(values, positionals, io);

  const progress = new Progress(io);
  const pieces: Uint8Array[] = [];
  const writer = new RowWriter((piece) => pieces.push(piece));
  let notes: string[] = [];
  await output.produce(async (write) => {
    const manifest = await readManifest(
      path,
      (row) => {
        if (buckets?.has(bucketOfRow(row)) === false) return;
        if (filter.keepsAll || filter.fits(keyOfRow(row))) writer.add(row);
      },
      { fields, progress, output: { pieces, write } },
      io,
    );
    writer.end();
    for (const piece of pieces) await write(piece);
    notes = headerNotes([[path, manifest]]);
  });
  progress.clear();
  await reportOutput(output, writer.rows, notes, io);
  return 0;
};
