import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { BatchError, errorCode } from '../../base/errors.js';
import { parseReportManifest, type ReportManifest } from '../../core/report/reportManifest.js';

/** A result file of a report, on this machine. */
export interface ReportFile {
  /** Absolute. */
  readonly path: string;
  /** What its manifest says the MD5 is; undefined when there is no manifest. */
  readonly md5: string | undefined;
}

/** The files of a report as they lie on this machine, and what is missing of it. */
export interface FoundReport {
  /** Undefined when only result files were found. */
  readonly manifest: ReportManifest | undefined;
  readonly jobId: string | undefined;
  readonly files: readonly ReportFile[];
  /** Result files that the manifest names and that are not here, by key. */
  readonly missing: readonly string[];
}

/**
 * Finds the files of a report. `path` is its manifest.json, the folder of it (`job-<id>`) or one above that holds a single report, a folder
 * of result files, or one result file (`.csv`, `.csv.gz`). Throws `NoReport` when there is nothing of the kind, `BadReport` for another JSON.
 */
export async function findReport(path: string): Promise<FoundReport> {
  const kind = await kindOf(path);
  if (kind === undefined) throw new BatchError('NoReport', `Can't read ${path}: there is no such file.`);
  if (kind === 'file') {
    return isResultFile(path)
      ? { manifest: undefined, jobId: jobIdOf(path), files: [{ path, md5: undefined }], missing: [] }
      : readManifest(path);
  }
  const manifest = join(path, 'manifest.json');
  if ((await kindOf(manifest)) === 'file') return readManifest(manifest);

  const jobs: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name, 'manifest.json');
    if (entry.isDirectory() && entry.name.startsWith('job-') && (await kindOf(inner)) === 'file') jobs.push(inner);
  }
  const [only, ...others] = jobs.toSorted();
  if (only !== undefined && others.length === 0) return readManifest(only);
  if (only !== undefined) {
    throw new BatchError('SeveralReports', `There are ${jobs.length} reports in ${path}.`, {
      hint: `Name one of them, such as ${dirname(only)}.`,
    });
  }
  const files: ReportFile[] = [];
  for (const folder of [path, join(path, 'results')]) {
    if ((await kindOf(folder)) !== 'folder') continue;
    for (const name of (await readdir(folder)).toSorted()) {
      if (isResultFile(name)) files.push({ path: join(folder, name), md5: undefined });
    }
  }
  if (files.length === 0) {
    throw new BatchError('NoReport', `There is no completion report in ${path}.`, {
      hint: 'Name the manifest.json of a report, or the folder job-<id> that holds it.',
    });
  }
  return { manifest: undefined, jobId: jobIdOf(path), files, missing: [] };
}

async function readManifest(path: string): Promise<FoundReport> {
  const manifest = parseReportManifest(await readFile(path, 'utf8'));
  const files: ReportFile[] = [];
  const missing: string[] = [];
  for (const { key, md5 } of manifest.results) {
    const found = await findResultFile(dirname(path), key);
    if (found === undefined) missing.push(key);
    else files.push({ path: found, md5: md5 === '' ? undefined : md5 });
  }
  return { manifest, jobId: jobIdOf(path), files, missing };
}

/** Beside the manifest as the service lays it out, flat beside it, or under the bucket's root when the whole bucket was copied. */
async function findResultFile(directory: string, key: string): Promise<string | undefined> {
  const name = basename(key);
  const candidates = [join(directory, 'results', name), join(directory, name)];
  const segments = key.split('/').filter((segment) => segment !== '');
  if (!segments.includes('..')) {
    for (let root = directory; ; root = dirname(root)) {
      candidates.push(join(root, ...segments));
      if (dirname(root) === root) break;
    }
  }
  for (const candidate of candidates) if ((await kindOf(candidate)) === 'file') return candidate;
  return undefined;
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

function isResultFile(name: string): boolean {
  return /\.csv(\.gz)?$/i.test(name);
}

/** From the folder `job-<id>` that reports lie in. */
function jobIdOf(path: string): string | undefined {
  return resolve(path)
    .split(/[/\\]/)
    .toReversed()
    .map((segment) => /^job-([a-zA-Z0-9_-]{5,36})$/.exec(segment)?.[1])
    .find((id) => id !== undefined);
}
