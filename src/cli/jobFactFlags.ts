import { dirname, resolve } from 'node:path';
import { type ManifestReach, ReachCounter } from '../core/cost/manifestReach.js';
import type { JobFacts } from '../core/iam/jobFacts.js';
import type { JobFile } from '../core/job/jobFile.js';
import type { ManifestField } from '../core/job/jobTypes.js';
import { parseInventory } from '../core/manifest/making/inventory.js';
import type { CliIo } from './cliIo.js';
import { usageError } from './commandLine.js';
import { readAll, readSource } from '../files/readSource.js';

/** Options that say what a job file does not, for the policies of its role. */
export const jobFactFlags = {
  bucket: { type: 'string', multiple: true },
  region: { type: 'string' },
  'kms-key': { type: 'string', multiple: true },
  'manifest-key': { type: 'string', multiple: true },
  owner: { type: 'string', multiple: true },
  inventory: { type: 'string' },
} as const;

export const jobFactHelp = [
  '  --bucket NAME          a bucket whose objects the manifest lists; again for more. Needed only when the job does not say it',
  '  --region REGION        the Region of the job, when it names a function or a key without one',
  '  --kms-key KEY          a KMS key (ARN, id or alias) that the objects are encrypted with; again for more',
  '  --manifest-key KEY     a KMS key that an inventory manifest is encrypted with',
  '  --owner BUCKET=ACCOUNT the account that a bucket belongs to, when it is not that of the role; again for more',
  "  --inventory FILE       the manifest.json of the job's inventory, downloaded: its files and columns are then known",
];

interface JobFactValues {
  readonly bucket?: string[] | undefined;
  readonly region?: string | undefined;
  readonly 'kms-key'?: string[] | undefined;
  readonly 'manifest-key'?: string[] | undefined;
  readonly owner?: string[] | undefined;
  readonly inventory?: string | undefined;
}

/** What the options and the local manifest say. */
export async function readJobFacts(values: JobFactValues, path: string, job: JobFile, io: CliIo): Promise<JobFacts> {
  const inventory =
    values.inventory === undefined ? undefined : parseInventory(new TextDecoder().decode(await readAll(values.inventory, io)));
  const region = values.region ?? io.env['AWS_REGION'] ?? io.env['AWS_DEFAULT_REGION'];
  const buckets =
    values.bucket ??
    (inventory === undefined ? [...((await readReach(path, job, io))?.buckets.keys() ?? [])] : [inventory.sourceBucket]);
  return {
    ...(buckets.length === 0 ? {} : { buckets }),
    ...(region === undefined ? {} : { region }),
    ...(values['kms-key'] === undefined ? {} : { objectKeys: values['kms-key'] }),
    ...(values['manifest-key'] === undefined ? {} : { manifestKeys: values['manifest-key'] }),
    ...(values.owner === undefined ? {} : { owners: Object.fromEntries(values.owner.map(parseOwner)) }),
    ...(inventory === undefined
      ? {}
      : { inventoryFiles: inventory.parts.map((part) => part.key), hasVersions: inventory.columns.includes('VersionId') }),
  };
}

/** Rows and buckets of the manifest that a job file names; undefined when it names none. */
export async function readReach(path: string, job: JobFile, io: CliIo): Promise<ManifestReach | undefined> {
  if (job.ManifestFile === undefined) return undefined;
  const folder = path === '-' ? io.cwd : dirname(resolve(io.cwd, path));
  const fields: readonly ManifestField[] | undefined = job.Manifest?.Spec.Fields;
  const counter = new ReachCounter(job.ManifestFile, fields);
  for await (const chunk of readSource(resolve(folder, job.ManifestFile), io)) counter.push(chunk);
  return counter.end();
}

function parseOwner(text: string): readonly [string, string] {
  const [, bucket, account] = /^([^=]+)=(\d{12})$/.exec(text) ?? [];
  if (bucket === undefined || account === undefined) {
    throw usageError(`Option '--owner' takes BUCKET=ACCOUNT with an account of 12 digits, not '${text}'.`);
  }
  return [bucket, account];
}
