import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';
import { BatchError, errorCode, errorMessage } from '../../base/errors.js';
import type { EngineConnection } from '../../core/job/target.js';
import {
  type BucketLister,
  type BucketListing,
  type ListingCounts,
  ListingRows,
} from '../../core/manifest/making/bucketListing.js';
import { parseMoment } from '../../core/manifest/making/parseAmount.js';
import { KeyFilter } from '../../core/manifest/making/keyFilter.js';
import { parseS3Uri } from '../../core/manifest/s3Uri.js';
import { isRecord } from '../../core/operations/validateShape.js';
import { listBucket } from '../../files/making/listBucket.js';
import type { CliIo } from '../cliIo.js';
import { usageError } from '../commandLine.js';
import { defineCommand, onlyOperand } from '../defineCommand.js';
import { writeOut } from '../../files/streams.js';
import { count, printable } from '../output.js';
import { Progress } from '../progress.js';
import { statOf } from '../../files/replaceFile.js';
import { keyFilterFlags, keyFilterHelp } from './keyFilterFlags.js';
import { outputFlags, outputHelp, refuseOutput } from './manifestOutput.js';
import { parseSize } from './sizeFlag.js';

const help = [
  'Usage: s3batch manifest from-bucket s3://BUCKET[/PREFIX] -o OUT [options]',
  '',
  'Lists a bucket into a manifest, page by page: memory stays the same for millions of keys. Until the end the rows are in OUT.partial;',
  'a listing that was interrupted goes on with --resume.',
  '',
  'Options:',
  ...keyFilterHelp,
  '  --min-size N           objects of N bytes or more; N may end in K, M or G',
  '  --max-size N           objects of N bytes or less',
  '  --modified-after DATE  objects modified at DATE or later, such as 2026-01-31 or 2026-01-31T08:00:00Z',
  '  --modified-before DATE objects modified before DATE',
  '  --storage-class CLASS  objects of the class, such as STANDARD_IA; may be repeated',
  '  --versions             all versions, with a version column; delete markers are left out',
  '  --profile PROFILE      profile of the AWS configuration (default: what the environment says)',
  '  --region REGION        Region of the bucket (default: that of the profile or the environment)',
  '  --endpoint ENGINE      a local engine: a file with the line that "s3batch engine" prints; or the URL of another S3 service',
  '  --resume               go on with an unfinished listing of the same options; start when there is none',
  ...outputHelp,
  '  --help                 show this',
  '',
  'Exit codes: 0 written, 2 could not run, 130 interrupted.',
  '',
].join('\n');

const flags = {
  ...outputFlags,
  ...keyFilterFlags,
  'min-size': { type: 'string' },
  'max-size': { type: 'string' },
  'modified-after': { type: 'string' },
  'modified-before': { type: 'string' },
  'storage-class': { type: 'string', multiple: true },
  versions: { type: 'boolean' },
  profile: { type: 'string' },
  region: { type: 'string' },
  endpoint: { type: 'string' },
  resume: { type: 'boolean' },
} as const;

/** `s3batch manifest from-bucket`: 0 written, 2 could not run, 130 interrupted (and can be resumed). */
export const fromBucketCommand = defineCommand(help, flags, async (values, operands, io) => {
  const uri = onlyOperand(operands, 'Name one bucket, such as s3://bucket/prefix.');
  const place = parseS3Uri(uri);
  if (place === undefined || place.bucket === '') throw usageError(`'${uri}' is not of the form s3://bucket/prefix.`);
  const listing: BucketListing = {
    bucket: place.bucket,
    prefix: place.key ?? '',
    hasVersions: values.versions === true,
    filter: {
      suffixes: values.suffix,
      globs: values.glob,
      excludedGlobs: values.exclude,
      minSizeBytes: values['min-size'] === undefined ? undefined : parseSize('--min-size', values['min-size']),
      maxSizeBytes: values['max-size'] === undefined ? undefined : parseSize('--max-size', values['max-size']),
      modifiedFromMs: parseDate('--modified-after', values['modified-after']),
      modifiedBeforeMs: parseDate('--modified-before', values['modified-before']),
      storageClasses: values['storage-class']?.map((name) => name.toUpperCase()),
    },
  };
  // Patterns that can't be read are known before anything is sent.
  new KeyFilter(listing.filter).fits('');
  const { output } = values;
  if (output === undefined || output === '') throw usageError("Say where to write with '-o OUT'.");
  if (output === '-' && values.resume === true) throw usageError("Only a file can be resumed: say which with '-o OUT'.");
  if (output !== '-') {
    const target = resolve(io.cwd, output);
    await refuseOutput(target, output, values.force === true, [], io);
    // The rows are collected beside it and then take its place, which nothing but a file has.
    if ((await statOf(target))?.isFile() === false)
      throw usageError(`'${output}' is not a file. To write to a pipe, use '-o -'.`);
  }

  const lister = await openLister(values, io);
  try {
    return output === '-'
      ? await listToStdout(lister, listing, io)
      : await listToFile(lister, listing, output, { isResumed: values.resume === true, isForced: values.force === true }, io);
  } finally {
    lister.dispose();
  }
});

async function listToStdout(lister: BucketLister, listing: BucketListing, io: CliIo): Promise<number> {
  const rows = new ListingRows(listing);
  const progress = new Progress(io);
  for await (const page of lister.pages(listing)) {
    const text = rows.ofPage(page);
    progress.clear();
    if (!(await writeOut(io.stdout, text))) return 0;
    progress.show(() => progressText(rows.counts));
  }
  progress.clear();
  for (const note of notesOf(rows.counts)) await writeOut(io.stderr, `${note}\n`);
  return 0;
}

async function listToFile(
  lister: BucketLister,
  listing: BucketListing,
  output: string,
  options: { readonly isResumed: boolean; readonly isForced: boolean },
  io: CliIo,
): Promise<number> {
  const progress = new Progress(io);
  const interruption = interrupted();
  const how = ({ listed }: ListingCounts): string =>
    `${count(listed, 'key')} were listed; the same command with '--resume' goes on from there.`;
  try {
    const { isCancelled, counts } = await listBucket(
      lister,
      listing,
      resolve(io.cwd, output),
      {
        ...options,
        signal: interruption.signal,
        onResumed: async ({ listed }) => {
          await writeOut(io.stderr, `Going on after ${count(listed, 'key')}.\n`);
        },
        onProgress: (now) => progress.show(() => progressText(now)),
      },
      how,
    );
    progress.clear();
    if (isCancelled) {
      await writeOut(io.stderr, `Interrupted. ${how(counts)}\n`);
      return 130;
    }
    const lines = [...notesOf(counts), `${count(counts.rows, 'row')} in ${printable(output)}`];
    await writeOut(io.stdout, `${lines.join('\n')}\n`);
    return 0;
  } catch (error) {
    if (errorCode(error) !== 'UnfinishedListing') throw error;
    throw new BatchError('UnfinishedListing', errorMessage(error), {
      hint: "Use '--resume' to go on with it or '--force' to start anew.",
      cause: error,
    });
  } finally {
    progress.clear();
    interruption.dispose();
  }
}

/** Aborts when the process is asked to end, so that the state can be saved first. */
function interrupted(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = (): void => controller.abort();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.once(name, onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of names) process.removeListener(name, onSignal);
    },
  };
}

async function openLister(
  values: { readonly profile?: string; readonly region?: string; readonly endpoint?: string },
  io: CliIo,
): Promise<BucketLister> {
  const { profile, region, endpoint } = values;
  const aws = await import('../../aws/main.js');
  if (endpoint === undefined || /^https?:\/\//i.test(endpoint)) return aws.createAwsLister({ profile, region, endpoint });
  if (profile !== undefined || region !== undefined) {
    throw usageError("A local engine has no profiles: leave out '--profile' and '--region'.");
  }
  return aws.createLocalLister(await readConnection(resolve(io.cwd, endpoint), endpoint));
}

async function readConnection(path: string, name: string): Promise<EngineConnection> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new BatchError('CanNotRead', `Can't read ${name}.`, {
      hint: "Save the line that 's3batch engine' prints in a file and name it.",
      cause: error,
    });
  }
  const line = text.split('\n').find((item) => item.startsWith('{')) ?? '';
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  const needed = ['endpoint', 'accountId', 'region', 'accessKeyId', 'secretAccessKey', 'dataDirectory'];
  if (!isRecord(value) || typeof value['port'] !== 'number' || !needed.every((member) => typeof value[member] === 'string')) {
    throw new BatchError('BadConnection', `${name} does not hold the line that 's3batch engine' prints.`);
  }
  return value as unknown as EngineConnection;
}

function parseDate(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const time = parseMoment(value);
  if (time === undefined) {
    throw usageError(`Option '${option}' takes a date such as 2026-01-31 or 2026-01-31T08:00:00Z, not '${value}'.`);
  }
  return time;
}

function progressText({ listed, rows }: ListingCounts): string {
  return `${count(listed, 'key')} listed, ${count(rows, 'row')}`;
}

function notesOf({ deleteMarkers }: ListingCounts): string[] {
  return deleteMarkers === 0 ? [] : [`${count(deleteMarkers, 'delete marker')} left out.`];
}
