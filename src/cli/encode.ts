import { errorCode } from '../base/errors.js';
import { keyListKinds, type KeyListResult } from '../core/manifest/making/keyListEncoder.js';
import { parseChoice, usageError } from './commandLine.js';
import { defineCommand } from './defineCommand.js';
import { writeOut } from '../files/streams.js';
import { count } from './output.js';
import { writeEncoded } from '../files/making/encodeKeys.js';
import { openOutput, outputFlags, reportOutput, writeManifest } from './manifest/manifestOutput.js';

const help = [
  'Usage: s3batch encode [FILE] --bucket BUCKET [options]',
  '',
  'Makes a manifest from keys. FILE (stdin when left out, or -; .gz files are unpacked) holds one of',
  '  lines   a key a line',
  '  uris    s3://bucket/key a line',
  '  csv     a header row with a column Key, perhaps Bucket and VersionId, as Athena and Excel write it',
  '  json    the output of "aws s3api list-objects-v2" or "list-object-versions", or an array of keys',
  '',
  'Options:',
  '  --bucket BUCKET        the bucket of all keys; not needed when the input names buckets',
  '  --input KIND           lines, uris, csv, json, or auto (the default): what the first line looks like',
  '  --encoded              the keys are URL-encoded already, as those of S3 Inventory',
  '  --versions             lines and uris: the version follows the key after a tab; without one it is null',
  '  -o, --output OUT       where to write (default stdout)',
  '  --force                overwrite OUT if it exists',
  '  --help                 show this',
  '',
  'Exit codes: 0 fine, 1 keys that no object can have, 2 could not run.',
  '',
].join('\n');

const flags = {
  bucket: { type: 'string' },
  input: { type: 'string', default: 'auto' },
  encoded: { type: 'boolean' },
  versions: { type: 'boolean' },
  ...outputFlags,
} as const;

/** `s3batch encode`: 0 fine, 1 some keys are longer than S3 allows (written all the same), 2 could not run. */
export const encodeCommand = defineCommand(help, flags, async (values, operands, io) => {
  const [path = '-', ...others] = operands;
  if (others.length > 0) throw usageError('Name one file of keys, or none for stdin.');
  const kind = parseChoice('--input', values.input, ['auto', ...keyListKinds]);
  const output = await openOutput({ ...values, output: values.output ?? '-' }, [path], io);
  const options = {
    kind: kind === 'auto' ? undefined : kind,
    bucket: values.bucket,
    isEncoded: values.encoded,
    hasVersions: values.versions,
  };
  let result: KeyListResult | undefined;
  try {
    result = await writeManifest(output, io, (write, context) => writeEncoded(path, options, write, context));
  } catch (error) {
    if (errorCode(error) === 'NoBucket') throw usageError("Name the bucket of the keys with '--bucket'.");
    throw error;
  }
  // The reader of stdout went away.
  if (result === undefined) return 0;
  for (const note of notesOf(result)) await writeOut(io.stderr, `s3batch encode: ${note}\n`);
  await reportOutput(output, result.rows, [], io);
  return result.overlong > 0 ? 1 : 0;
});

function notesOf({ overlong, firstOverlong, deleteMarkers, encodedLooking }: KeyListResult): string[] {
  const notes: string[] = [];
  if (deleteMarkers > 0) notes.push(`${count(deleteMarkers, 'delete marker')} left out.`);
  if (encodedLooking > 0) {
    notes.push(
      `${count(encodedLooking, 'key')} with escapes such as %20, taken as they are. Were they encoded already, use '--encoded'.`,
    );
  }
  if (overlong > 0) {
    const first = `the first is number ${firstOverlong.toLocaleString('en')}`;
    notes.push(`${count(overlong, 'key')} longer than 1,024 bytes; ${first}.`);
  }
  return notes;
}
