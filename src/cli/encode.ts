import { resolve } from 'node:path';
import { BatchError } from '../base/errors.js';
import { ByteLineReader } from '../core/manifest/byteLines.js';
import { hasLoneSurrogate, utf8Length } from '../core/manifest/keyEncoding.js';
import { isBucketName, isLegacyBucketName } from '../core/manifest/rules/bucketName.js';
import { decodeUtf8 } from '../core/manifest/utf8.js';
import { formatManifestRow, type ListedObject, readListing } from '../core/manifest/writeManifest.js';
import type { CliCommand, CliIo } from './cliIo.js';
import { parseArguments, parseChoice, usageError } from './commandLine.js';
import { count, printable, writeOut } from './output.js';
import { readSource, sourceName } from './readSource.js';
import { isSameFile, replaceFile, type Write } from './replaceFile.js';

const inputKinds = ['auto', 'lines', 'json'] as const;

const help = [
  'Usage: s3batch encode [FILE] --bucket BUCKET [options]',
  '',
  'Makes a manifest from raw keys. FILE (stdin when left out, or -) holds a key a line, or JSON: the output of',
  '"aws s3api list-objects-v2" or "list-object-versions", or an array of keys.',
  '',
  'Options:',
  '  --bucket BUCKET        the bucket of all keys',
  '  --input KIND           lines, json, or auto (the default): JSON if the input begins with { or [ and is JSON',
  '  -o, --output OUT       where to write (default stdout)',
  '  --help                 show this',
  '',
  'Exit codes: 0 fine, 1 keys that no object can have, 2 could not run.',
  '',
].join('\n');

/** `s3batch encode`: 0 fine, 1 some keys are longer than S3 allows (written all the same), 2 could not run. */
export const encodeCommand: CliCommand = async (argv, io) => {
  const { values, positionals } = parseArguments(argv, {
    bucket: { type: 'string' },
    input: { type: 'string', default: 'auto' },
    output: { type: 'string', short: 'o', default: '-' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) {
    await writeOut(io.stdout, help);
    return 0;
  }
  const [path = '-', ...others] = positionals;
  if (others.length > 0) throw usageError('Name one file of keys, or none for stdin.');
  const { bucket, output } = values;
  if (bucket === undefined) throw usageError("Name the bucket of the keys with '--bucket'.");
  if (!isBucketName(bucket) && !isLegacyBucketName(bucket)) throw usageError(`'${bucket}' is not a possible bucket name.`);
  const kind = parseChoice('--input', values.input, inputKinds);
  if (path !== '-' && output !== '-' && (await isSameFile(resolve(io.cwd, path), resolve(io.cwd, output)))) {
    throw usageError(`'${output}' is the input itself.`);
  }

  const encoder = new KeyEncoder(bucket);
  const produce = (write: Write): Promise<void> => encodeSource(path, kind, encoder, io, write);
  if (output === '-') await produce((piece) => writeOut(io.stdout, piece));
  else await replaceFile(resolve(io.cwd, output), produce);
  if (encoder.overlong === 0) return 0;
  const first = `the first is number ${encoder.firstOverlong.toLocaleString('en')}`;
  await writeOut(io.stderr, `s3batch encode: ${count(encoder.overlong, 'key')} longer than 1,024 bytes; ${first}.\n`);
  return 1;
};

/** Turns keys into rows and remembers which ones no object can have. */
class KeyEncoder {
  readonly #bucket: string;
  #number = 0;
  overlong = 0;
  /** Counted from 1; 0 when there is none. */
  firstOverlong = 0;

  constructor(bucket: string) {
    this.#bucket = bucket;
  }

  row(object: ListedObject): string {
    this.#number += 1;
    if (hasLoneSurrogate(object.key)) {
      throw new BatchError('InvalidKey', `Key number ${this.#number} is not valid UTF-8; every S3 key is.`, {
        hint: 'Save the list of keys as UTF-8.',
      });
    }
    if (utf8Length(object.key) > 1024) {
      this.overlong += 1;
      if (this.firstOverlong === 0) this.firstOverlong = this.#number;
    }
    return formatManifestRow({ bucket: this.#bucket, ...object });
  }
}

/** Lines are encoded as they come; JSON has to be read whole first. */
async function encodeSource(
  path: string,
  kind: (typeof inputKinds)[number],
  encoder: KeyEncoder,
  io: CliIo,
  write: Write,
): Promise<void> {
  let rows: string[] = [];
  const reader = new ByteLineReader((line) => line.text !== '' && rows.push(encoder.row({ key: line.text })), {
    longLines: 'reject',
  });
  const flush = (): Promise<boolean> => {
    const text = rows.join('');
    rows = [];
    return write(text);
  };
  let held: Uint8Array[] | undefined = kind === 'lines' ? undefined : [];
  let isSure = kind === 'json';
  for await (const chunk of readSource(path, io)) {
    if (held !== undefined) {
      held.push(new Uint8Array(chunk));
      isSure ||= beginsLikeJson(held) === true;
      if (isSure || beginsLikeJson(held) === undefined) continue;
      for (const earlier of held) reader.push(earlier);
      held = undefined;
    } else reader.push(chunk);
    if (!(await flush())) return;
  }
  if (held !== undefined) {
    const bytes = Buffer.concat(held);
    const value = parseJson(bytes, sourceName(path), kind === 'json');
    if (value !== undefined) {
      for (const object of readListing(value.json)) {
        rows.push(encoder.row(object));
        if (rows.length >= 4096 && !(await flush())) return;
      }
      await flush();
      return;
    }
    reader.push(bytes);
  }
  reader.end();
  await flush();
}

/** Undefined while there are only spaces and line ends. */
function beginsLikeJson(chunks: readonly Uint8Array[]): boolean | undefined {
  for (const chunk of chunks) {
    for (const byte of chunk) {
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return byte === 0x7b || byte === 0x5b;
    }
  }
  return undefined;
}

/** Undefined when the bytes are not JSON and need not be. */
function parseJson(bytes: Uint8Array, name: string, isNeeded: boolean): { json: unknown } | undefined {
  const text = decodeUtf8(bytes);
  try {
    if (text === undefined) throw new SyntaxError('it is not UTF-8');
    return { json: JSON.parse(text) as unknown };
  } catch (error) {
    if (!isNeeded) return undefined;
    throw new BatchError('InvalidListing', `${printable(name)} is not JSON.`, { cause: error });
  }
}
