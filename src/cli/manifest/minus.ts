import { RowSet } from '../../core/manifest/making/rowSets.js';
import { RowWriter } from '../../core/manifest/making/rowWriter.js';
import type { CliCommand } from '../cliIo.js';
import { parseArguments, usageError } from '../commandLine.js';
import { parseFields } from '../fieldsFlag.js';
import { writeOut } from '../../files/streams.js';
import { Progress } from '../progress.js';
import { sourceName } from '../readSource.js';
import { openOutput, outputFlags, outputHelp, reportOutput } from './manifestOutput.js';
import { headerNotes, readManifest, type ReadManifest, refuseSecondStdin } from './readManifest.js';

const help = [
  'Usage: s3batch manifest minus A B... -o OUT [options]',
  '',
  'Writes the rows of A whose object is in none of the other manifests. A row that is in A twice goes twice, or stays twice.',
  'Takes 10 to 15 bytes of memory for each object of B.',
  '',
  'Options:',
  ...outputHelp,
  '  --fields LIST          columns of all manifests, such as Bucket,Key,Ignore (default Bucket,Key[,VersionId])',
  '  --help                 show this',
  '',
].join('\n');

/** `s3batch manifest minus`: 0 written, 2 could not run. */
export const minusCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, { ...outputFlags, fields: { type: 'string' } });
  if (values.help === true) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const [first, ...others] = positionals;
  if (first === undefined || others.length === 0) throw usageError('Name a manifest, and those to take away from it.');
  refuseSecondStdin(positionals);
  const fields = values.fields === undefined ? undefined : parseFields(values.fields);
  const output = await openOutput(values, positionals, io);

  const progress = new Progress(io);
  const read: [string, ReadManifest][] = [];
  let rows = 0;
  await output.produce(async (write) => {
    const set = new RowSet();
    let like: { name: string; columnCount: number } | undefined;
    for (const path of others) {
      const manifest = await readManifest(path, (row) => set.add(row), { fields, like, progress }, io);
      read.push([path, manifest]);
      if (manifest.columnCount !== undefined) like ??= { name: sourceName(path), columnCount: manifest.columnCount };
    }
    const pieces: Uint8Array[] = [];
    const writer = new RowWriter((piece) => pieces.push(piece));
    const keep = { fields, like, progress, output: { pieces, write } };
    const manifest = await readManifest(first, (row) => set.has(row) || writer.add(row), keep, io);
    read.push([first, manifest]);
    writer.end();
    for (const piece of pieces) await write(piece);
    rows = writer.rows;
  });
  progress.clear();
  await reportOutput(output, rows, headerNotes(read), io);
  return 0;
};
