import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '../../base/async.js';
import { BatchError, errorCode } from '../../base/errors.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import { ReportScanner, type ScannedRow } from '../../core/report/readReport.js';
import { type ListedResult, parseReportManifest, type ReportManifest } from '../../core/report/reportManifest.js';
import { reportLocation } from '../../core/view/jobDetails.js';
import { replaceFile } from '../replaceFile.js';
import { maxManifestBytes } from './reportFile.js';

/** The part of a target, or of anything else that reads S3, that reports are fetched with. */
export interface ObjectReader {
  openObject(
    bucket: string,
    key: string,
    options?: object,
    signal?: AbortSignal,
  ): Promise<{ readonly chunks: AsyncIterable<Uint8Array> }>;
}

export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

export interface FetchRun {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of result files that are here. */
  readonly onProgress?: (doneBytes: number) => void;
}

/** A report that was copied to this machine, and where its files came from. */
export interface FetchedReport {
  /** Of manifest.json. */
  readonly path: string;
  readonly origin: ObjectPlace;
  /** Of its result files, by the name of the copy. */
  readonly places: ReadonlyMap<string, ObjectPlace>;
}

/** Copies the report of a job into a folder. Rejects with `NoReport` when it has none, or what the target's calls reject with. */
export async function fetchJobReport(
  reader: ObjectReader,
  job: JobDescriptor,
  folder: string,
  run: FetchRun = {},
): Promise<FetchedReport> {
  return fetchReport(reader, placeOf(job), join(folder, `job-${job.JobId}`), run);
}

/** Letters, digits and a few signs: what any file system holds and no path hides in. The service's own are hashes with `.csv`. */
const plainName = /^[A-Za-z0-9][\w.-]{0,200}$/;

/**
 * Copies the report whose manifest.json is at a place. Result files that are not there are left out: who reads the copy finds that they are
 * missing. Throws `BadReport` for names of result files that could lead elsewhere.
 */
export async function fetchReport(
  reader: ObjectReader,
  origin: ObjectPlace,
  folder: string,
  run: FetchRun = {},
): Promise<FetchedReport> {
  const { bytes, results } = await readManifest(reader, origin, run.signal);
  const places = new Map<string, ObjectPlace>();
  for (const result of results) {
    const name = lastPart(result.key);
    if (!plainName.test(name) || places.has(name)) {
      throw new BatchError('BadReport', `The report names a result file that is not copied: ${JSON.stringify(result.key)}.`, {
        hint: 'Copy the report yourself and open its manifest.json.',
      });
    }
    places.set(name, placeOfResult(result, origin));
  }
  await mkdir(join(folder, 'results'), { recursive: true });
  let doneBytes = 0;
  for (const [name, { bucket, key }] of places) {
    const chunks = await openIfThere(reader, { bucket, key }, run.signal);
    if (chunks === undefined) continue;
    await replaceFile(join(folder, 'results', name), async (write) => {
      for await (const chunk of chunks) {
        throwIfAborted(run.signal);
        await write(chunk);
        doneBytes += chunk.length;
        run.onProgress?.(doneBytes);
      }
    });
  }
  const path = join(folder, 'manifest.json');
  await writeFile(path, bytes);
  const md5 = await md5File(reader, origin, run.signal);
  if (md5 !== undefined) await writeFile(`${path}.md5`, md5);
  return { path, origin, places };
}

/** A text that names files of the copy, with what they are copies of instead. */
export function withOriginalNames({ path, origin, places }: FetchedReport, text: string): string {
  let named = text;
  for (const [name, place] of places) named = named.replaceAll(join(dirname(path), 'results', name), uriOf(place));
  return named.replaceAll(path, uriOf(origin));
}

/**
 * Reads rows of a job's report as they come, without keeping a byte of it. `isWanted` chooses among the result files. Rejects as
 * `fetchJobReport` does.
 */
export async function streamJobReport(
  reader: ObjectReader,
  job: JobDescriptor,
  onRow: (row: ScannedRow) => void,
  options: { readonly isWanted?: (result: ListedResult) => boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { isWanted = () => true, signal } = options;
  const origin = placeOf(job);
  const { results } = await readManifest(reader, origin, signal);
  for (const result of results.filter(isWanted)) {
    const { bucket, key } = placeOfResult(result, origin);
    const scanner = new ReportScanner(onRow);
    const { chunks } = await reader.openObject(bucket, key, {}, signal);
    for await (const chunk of chunks) {
      throwIfAborted(signal);
      scanner.push(chunk);
    }
    scanner.end();
  }
}

export function uriOf({ bucket, key }: ObjectPlace): string {
  return `s3://${bucket}/${key}`;
}

function placeOf(job: JobDescriptor): ObjectPlace {
  const location = reportLocation(job);
  if (location !== undefined) return { bucket: location.bucket, key: location.manifestKey };
  throw new BatchError('NoReport', 'This job was created without a completion report.', {
    hint: 'Enable the report when you create the job.',
  });
}

/**
 * The service writes result files below the folder of manifest.json. Nowhere else are they read, whatever bucket and key manifest.json
 * names: a report that was copied is whole in its new place, and one of a stranger can't have other objects read, and shown.
 */
function placeOfResult({ key }: ListedResult, origin: ObjectPlace): ObjectPlace {
  const folder = origin.key.slice(0, -lastPart(origin.key).length);
  const beside = `${folder}${lastPart(key)}`;
  return { bucket: origin.bucket, key: key === beside ? beside : `${folder}results/${lastPart(key)}` };
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

async function openIfThere(
  reader: ObjectReader,
  { bucket, key }: ObjectPlace,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  try {
    return (await reader.openObject(bucket, key, {}, signal)).chunks;
  } catch (error) {
    if (!missing.includes(errorCode(error))) throw error;
    return undefined;
  }
}

const missing: readonly (string | undefined)[] = ['NoSuchKey', 'NoSuchBucket', 'NotFound'];

async function readManifest(
  reader: ObjectReader,
  place: ObjectPlace,
  signal?: AbortSignal,
): Promise<Pick<ReportManifest, 'results'> & { readonly bytes: Uint8Array }> {
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(reader, place, signal);
  } catch (error) {
    if (!missing.includes(errorCode(error))) throw error;
    throw new BatchError('NoReport', `There is no completion report at ${uriOf(place)}.`, {
      hint: 'A job that ended before its first task has none.',
      cause: error,
    });
  }
  return { bytes, results: parseReportManifest(new TextDecoder().decode(bytes), uriOf(place)).results };
}

async function md5File(reader: ObjectReader, { bucket, key }: ObjectPlace, signal?: AbortSignal): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await readWhole(reader, { bucket, key: `${key}.md5` }, signal));
  } catch (error) {
    if (!missing.includes(errorCode(error))) throw error;
    return undefined;
  }
}

async function readWhole(reader: ObjectReader, place: ObjectPlace, signal?: AbortSignal): Promise<Uint8Array> {
  const { chunks } = await reader.openObject(place.bucket, place.key, {}, signal);
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    throwIfAborted(signal);
    parts.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > maxManifestBytes) {
      throw new BatchError('BadReport', `${uriOf(place)} is no manifest.json of a completion report: it is too large.`);
    }
  }
  return Buffer.concat(parts);
}
