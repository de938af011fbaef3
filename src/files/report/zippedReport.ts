import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { createGunzip } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { BatchError, errorMessage } from '../../base/errors.js';
import { parseReportManifest } from '../../core/report/reportManifest.js';
import { readStream } from '../readFileBytes.js';
import { changedManifest, type FoundReport, isMissing, isResultFile, jobIdOf, type ReportFile } from './reportFile.js';

/** A manifest.json names a few files; whatever is bigger is none, and is not read into memory. */
const maxManifestBytes = 16 * 1024 * 1024;

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
    md5: /\.gz$/i.test(entry.fileName) ? undefined : md5,
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
  const manifest = parseReportManifest(bytes.toString('utf8'));
  const md5Entry = entries.get(`${only}.md5`);
  const md5File = md5Entry === undefined ? undefined : (await readSmall(path, zip, md5Entry)).toString('utf8');
  const problems = changedManifest(createHash('md5').update(bytes).digest('hex'), md5File);
  const files: ReportFile[] = [];
  for (const { key, md5, status } of manifest.results) {
    const found = findEntry(entries, posix.dirname(only), key);
    if (found === undefined) problems.push(isMissing(key));
    else files.push(file(found, status, md5 === '' ? undefined : md5));
  }
  const jobId = [posix.dirname(only), ...manifest.results.map(({ key }) => key)].map(jobIdOf).find((id) => id !== undefined);
  return { manifest, jobId, files, problems, close };
}

/** In `results` beside the manifest, beside it, or where the whole key leads. */
function findEntry(entries: ReadonlyMap<string, Entry>, folder: string, key: string): Entry | undefined {
  const name = posix.basename(key);
  const direct = entries.get(posix.join(folder, 'results', name)) ?? entries.get(posix.join(folder, name));
  if (direct !== undefined) return direct;
  for (const [path, entry] of entries) if (path === key || path.endsWith(`/${key}`)) return entry;
  return undefined;
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
    for await (const entry of zip.eachEntry()) if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
  } catch (error) {
    throw cannotRead(path, error);
  }
  return entries;
}

async function* readEntry(path: string, zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (entry.isEncrypted()) throw new Error(`${entry.fileName} is encrypted`);
    const stream = await zip.openReadStreamPromise(entry);
    if (!/\.gz$/i.test(entry.fileName)) yield* readStream(stream);
    else {
      const unpacked = createGunzip();
      stream.on('error', (error) => unpacked.destroy(error));
      yield* readStream(stream.pipe(unpacked));
    }
  } catch (error) {
    throw cannotRead(path, error);
  }
}

async function readSmall(path: string, zip: ZipFile, entry: Entry): Promise<Buffer> {
  if (entry.uncompressedSize > maxManifestBytes) throw cannotRead(path, new Error(`${entry.fileName} is too big`));
  const chunks: Uint8Array[] = [];
  for await (const chunk of readEntry(path, zip, entry)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function cannotRead(path: string, error: unknown): BatchError {
  return new BatchError('CanNotRead', `Can't read ${path}: ${errorMessage(error)}.`, { cause: error });
}
