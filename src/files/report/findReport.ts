import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BatchError, errorCode } from '../../base/errors.js';
import { parseReportManifest } from '../../core/report/reportManifest.js';
import { readFileBytes } from '../readFileBytes.js';
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
import { findZippedReport } from './zippedReport.js';

/**
 * Finds the files of a report. `path` is its manifest.json, the folder of it (`job-<id>`) or one above that holds a single report, a folder
 * of result files, one result file (`.csv`, `.csv.gz`), or a `.zip` of any of these. Throws `NoReport` when there is nothing of the kind,
 * `SeveralReports`, or `BadReport` for any other file. To be closed.
 */
export async function findReport(path: string): Promise<FoundReport> {
  const kind = await kindOf(path);
  if (kind === undefined) throw new BatchError('NoReport', `Can't read ${path}: there is no such file.`);
  if (kind === 'file') {
    if (/\.zip$/i.test(path)) return findZippedReport(path);
    return isResultFile(path) ? onlyFiles(path, [await diskFile(path)]) : readManifest(path);
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
      if (isResultFile(name)) files.push(await diskFile(join(folder, name)));
    }
  }
  if (files.length === 0) {
    throw new BatchError('NoReport', `There is no completion report in ${path}.`, {
      hint: 'Name the manifest.json of a report, or the folder job-<id> that holds it.',
    });
  }
  return onlyFiles(path, files);
}

function onlyFiles(path: string, files: readonly ReportFile[]): FoundReport {
  return { manifest: undefined, jobId: jobIdOf(resolve(path)), files, problems: [], close: () => undefined };
}

async function diskFile(path: string, status?: ReportFile['status'], md5?: string): Promise<ReportFile> {
  return {
    name: path,
    status,
    md5,
    sizeBytes: (await stat(path)).size,
    path: isPacked(path) ? undefined : path,
    open: () => readFileBytes(path, { isBlocking: true }),
  };
}

async function readManifest(path: string): Promise<FoundReport> {
  const { size } = await stat(path);
  if (size > maxManifestBytes) {
    throw new BatchError('BadReport', `${path} is no manifest.json of a completion report: it is too large.`, {
      hint: 'Result files are read when their names end with .csv or .csv.gz, and .zip files of them.',
    });
  }
  const bytes = await readFile(path);
  const manifest = parseReportManifest(bytes.toString('utf8'), path);
  const files: ReportFile[] = [];
  const problems = changedManifest(createHash('md5').update(bytes).digest('hex'), await textIfThere(`${path}.md5`));
  for (const { key, md5, status } of manifest.results) {
    const found = await findResultFile(dirname(path), key);
    if (found === undefined) problems.push(isMissing(key));
    else files.push(await diskFile(found, status, md5));
  }
  const keys = manifest.results.map(({ key }) => key);
  const jobId = jobIdOf(dirname(resolve(path))) ?? keys.map(jobIdOf).find((id) => id !== undefined);
  return { manifest, jobId, files, problems, close: () => undefined };
}

async function findResultFile(directory: string, key: string): Promise<string | undefined> {
  for (const place of placesOfResult(key)) {
    const path = join(directory, place);
    if ((await kindOf(path)) === 'file') return path;
  }
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

async function textIfThere(path: string): Promise<string | undefined> {
  return (await kindOf(path)) === 'file' ? await readFile(path, 'utf8') : undefined;
}
