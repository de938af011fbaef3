import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import * as zlib from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { continueCrc32, crc32Polynomial } from '../../base/crc32.js';
import { BatchError, errorCode, errorMessage } from '../../base/errors.js';
import { parseReportManifest } from '../../core/report/reportManifest.js';
import { readStream } from '../readFileBytes.js';
import {
  changedManifest,
  type FoundReport,
  isMissing,
  isPacked,
  isResultFile,
  jobIdOf,
  maxManifestBytes,
  placesOfResult,
  type ReportFile,
} from './reportFile.js';

/**
 * The report in a `.zip`, read without unpacking it to disk: names of entries are compared and shown, never used as paths. Throws
 * `NoReport` when it holds none, `SeveralReports`, and `CanNotRead` when it is no zip file.
 */
export async function findZippedReport(path: string): Promise<FoundReport> {
  const zip = await openZip(path);
  try {
    return await find(path, zip);
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function find(path: string, zip: ZipFile): Promise<FoundReport> {
  const entries = await readEntries(path, zip);
  const close = (): void => zip.close();
  const file = (entry: Entry, status?: ReportFile['status'], md5?: string): ReportFile => ({
    name: `${path}: ${entry.fileName}`,
    status,
    md5,
    sizeBytes: entry.uncompressedSize,
    path: undefined,
    open: () => readEntry(path, zip, entry),
  });
  const manifests = [...entries.keys()].filter((name) => posix.basename(name) === 'manifest.json').toSorted();
  const [only, ...others] = manifests;
  if (others.length > 0) {
    throw new BatchError('SeveralReports', `There are ${manifests.length} reports in ${path}.`, {
      hint: 'Unpack it, and choose the manifest.json of one of them.',
    });
  }
  const entry = only === undefined ? undefined : entries.get(only);
  if (only === undefined || entry === undefined) {
    const files = [...entries.values()].filter(({ fileName }) => isResultFile(fileName)).map((each) => file(each));
    if (files.length === 0) throw new BatchError('NoReport', `There is no completion report in ${path}.`);
    const jobId = [path, ...entries.keys()].map(jobIdOf).find((id) => id !== undefined);
    return { manifest: undefined, jobId, files, problems: [], close };
  }

  const bytes = await readSmall(path, zip, entry);
  const manifest = parseReportManifest(bytes.toString('utf8'), `${path}: ${only}`);
  const md5Entry = entries.get(`${only}.md5`);
  const md5File = md5Entry === undefined ? undefined : (await readSmall(path, zip, md5Entry)).toString('utf8');
  const problems = changedManifest(createHash('md5').update(bytes).digest('hex'), md5File);
  const files: ReportFile[] = [];
  for (const { key, md5, status } of manifest.results) {
    const found = findEntry(entries, posix.dirname(only), key);
    if (found === undefined) problems.push(isMissing(key));
    else files.push(file(found, status, md5));
  }
  const jobId = [posix.dirname(only), ...manifest.results.map(({ key }) => key)].map(jobIdOf).find((id) => id !== undefined);
  return { manifest, jobId, files, problems, close };
}

function findEntry(entries: ReadonlyMap<string, Entry>, folder: string, key: string): Entry | undefined {
  return placesOfResult(key)
    .map((place) => entries.get(posix.join(folder, place)))
    .find((entry) => entry !== undefined);
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false });
  } catch (error) {
    throw cannotRead(path, error);
  }
}

async function readEntries(path: string, zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (name.endsWith('/') || name.startsWith('__MACOSX/')) continue;
      if (entries.has(name)) throw new Error(`it holds ${name} twice`);
      entries.set(name, entry);
    }
  } catch (error) {
    throw cannotRead(path, error);
  }
  return entries;
}

async function* readEntry(path: string, zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (entry.isEncrypted()) throw new Error(`${entry.fileName} is encrypted`);
    const stream = await zip.openReadStreamPromise(entry);
    if (!isPacked(entry.fileName)) yield* withRightSum(readStream(stream), entry);
    else {
      const unpacked = zlib.createGunzip();
      stream.on('error', (error) => unpacked.destroy(error));
      yield* readStream(stream.pipe(unpacked));
    }
  } catch (error) {
    throw cannotRead(path, error);
  }
}

/** Node's own is fast, but only there since 20.15. */
const crc32 =
  'crc32' in zlib ? zlib.crc32 : (chunk: Uint8Array, value: number): number => continueCrc32(crc32Polynomial, chunk, value);

/** Unpacking alone does not tell bytes that were changed since. */
async function* withRightSum(chunks: AsyncIterable<Uint8Array>, entry: Entry): AsyncGenerator<Uint8Array, void, undefined> {
  let sum = 0;
  for await (const chunk of chunks) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== entry.crc32) throw new Error(`${entry.fileName} is damaged`);
}

async function readSmall(path: string, zip: ZipFile, entry: Entry): Promise<Buffer> {
  if (entry.uncompressedSize > maxManifestBytes) throw cannotRead(path, new Error(`${entry.fileName} is too big`));
  const chunks: Uint8Array[] = [];
  for await (const chunk of readEntry(path, zip, entry)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function cannotRead(path: string, error: unknown): BatchError {
  const reason = errorMessage(error).replace(/\.+$/, '');
  const isNoZip = /^(?:End of central directory|Invalid comment length|invalid central directory)/i.test(reason);
  const isDamaged = errorCode(error)?.startsWith('Z_') === true;
  const sentence = isNoZip ? 'it is no zip file, or not all of one' : isDamaged ? 'it is damaged' : reason;
  return new BatchError('CanNotRead', `Can't read ${path}: ${sentence}.`, { cause: error });
}
