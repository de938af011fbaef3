import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfAborted } from '../../base/async.js';
import { BatchError, errorCode } from '../../base/errors.js';
import type { JobDescriptor } from '../../core/job/jobTypes.js';
import type { TargetClient } from '../../core/job/target.js';
import { parseReportManifest } from '../../core/report/reportManifest.js';
import { reportLocation } from '../../core/view/jobDetails.js';
import { replaceFile } from '../../files/replaceFile.js';

export interface FetchRun {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of result files that are here. */
  readonly onProgress?: (doneBytes: number) => void;
}

/** A report that was copied to this machine, and where its result files came from, by the name of the copy. */
export interface FetchedReport {
  /** Of manifest.json. */
  readonly path: string;
  readonly places: ReadonlyMap<string, { readonly bucket: string; readonly key: string }>;
}

/** Copies the report of a job into a folder. Rejects with `NoReport` when it has none, or what the target's calls reject with. */
export async function fetchJobReport(
  client: TargetClient,
  job: JobDescriptor,
  folder: string,
  run: FetchRun = {},
): Promise<FetchedReport> {
  const location = reportLocation(job);
  if (location === undefined) {
    throw new BatchError('NoReport', 'This job was created without a completion report.', {
      hint: 'Enable the report when you create the job.',
    });
  }
  return fetchReport(client, { bucket: location.bucket, key: location.manifestKey }, join(folder, `job-${job.JobId}`), run);
}

/** Letters, digits and a few signs: what any file system holds and no path hides in. The service's own are hashes with `.csv`. */
const plainName = /^[A-Za-z0-9][\w.-]{0,200}$/;

/** Copies the report whose manifest.json is at a place. Throws `BadReport` for names of result files that could lead elsewhere. */
export async function fetchReport(
  client: TargetClient,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  folder: string,
  run: FetchRun = {},
): Promise<FetchedReport> {
  const bytes = await readManifest(client, bucket, key, run.signal);
  const { results } = parseReportManifest(new TextDecoder().decode(bytes));
  const places = new Map<string, { bucket: string; key: string }>();
  for (const result of results) {
    const name = result.key.slice(result.key.lastIndexOf('/') + 1);
    if (!plainName.test(name) || places.has(name)) {
      throw new BatchError('BadReport', `The report names a result file that is not copied: ${JSON.stringify(result.key)}.`, {
        hint: 'Copy the report yourself and open its manifest.json.',
      });
    }
    places.set(name, { bucket: result.bucket === '' ? bucket : result.bucket, key: result.key });
  }
  await mkdir(join(folder, 'results'), { recursive: true });
  let doneBytes = 0;
  for (const [name, place] of places) {
    const { chunks } = await client.openObject(place.bucket, place.key, {}, run.signal);
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
  const md5 = await md5File(client, bucket, key, run.signal);
  if (md5 !== undefined) await writeFile(`${path}.md5`, md5);
  return { path, places };
}

const missing: readonly (string | undefined)[] = ['NoSuchKey', 'NoSuchBucket', 'NotFound'];

async function readManifest(client: TargetClient, bucket: string, key: string, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return await client.getObject(bucket, key, signal);
  } catch (error) {
    if (!missing.includes(errorCode(error))) throw error;
    throw new BatchError('NoReport', `There is no completion report at s3://${bucket}/${key}.`, {
      hint: 'A job that ended before its first task has none.',
      cause: error,
    });
  }
}

async function md5File(client: TargetClient, bucket: string, key: string, signal?: AbortSignal): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await client.getObject(bucket, `${key}.md5`, signal));
  } catch (error) {
    if (!missing.includes(errorCode(error))) throw error;
    return undefined;
  }
}
