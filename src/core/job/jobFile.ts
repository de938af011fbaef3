import { withoutRunTags } from './runTags.js';
import type { CreateJobRequest, JobDescriptor, JobManifest, Tag } from './jobTypes.js';

/**
 * A job written down as `*.s3job.json`: the members of CreateJobRequest, JSON with comments, without `AccountId` and
 * `ClientRequestToken`, which belong to a submit. `ManifestFile` is ours: a path, relative to the job file and with forward slashes, of a
 * local CSV that is uploaded to `Manifest.Location.ObjectArn` at submit; the ETag is then filled in.
 */
export interface JobFile extends Omit<CreateJobRequest, 'AccountId' | 'ClientRequestToken' | 'Manifest'> {
  readonly ManifestFile?: string;
  readonly Manifest?: JobFileManifest;
}

export interface JobFileManifest {
  readonly Spec: JobManifest['Spec'];
  readonly Location: { readonly ObjectArn: string; readonly ETag?: string; readonly ObjectVersionId?: string };
}

export const jobFileSuffix = '.s3job.json';

/**
 * The request of a job file. The manifest's ETag is `manifestETag` when given, else the file's own.
 * `ManifestFile`, and the version of another object than the one just uploaded, are left behind.
 */
export function toCreateJobRequest(
  job: JobFile,
  submit: {
    readonly accountId: string;
    readonly clientRequestToken: string;
    /** Of the manifest that was just uploaded, or looked up. */
    readonly uploaded?: { readonly objectArn: string; readonly etag: string };
  },
): CreateJobRequest {
  const { ManifestFile: _, Manifest: manifest, ...rest } = job;
  const request: CreateJobRequest = { ...rest, AccountId: submit.accountId, ClientRequestToken: submit.clientRequestToken };
  if (manifest === undefined) return request;
  const { ETag: etag, ...location } = manifest.Location;
  if (submit.uploaded !== undefined) {
    const { objectArn, etag: uploadedETag } = submit.uploaded;
    return { ...request, Manifest: { Spec: manifest.Spec, Location: { ObjectArn: objectArn, ETag: bareETag(uploadedETag) } } };
  }
  return { ...request, Manifest: { Spec: manifest.Spec, Location: { ...location, ETag: bareETag(etag ?? '') } } };
}

/** An ETag without the quotes that HTTP puts around it. */
export function bareETag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1');
}

/** In this order are the members of a job file that we write. */
const memberOrder = [
  'Description',
  'Operation',
  'ManifestFile',
  'Manifest',
  'ManifestGenerator',
  'Report',
  'Priority',
  'RoleArn',
  'ConfirmationRequired',
  'Tags',
] as const satisfies readonly (keyof JobFile)[];

/** The text of a job file, with a newline at its end. Members that are left out, or that a job file doesn't store, are not in it. */
export function formatJobFile(job: JobFile): string {
  const members = memberOrder.filter((member) => job[member] !== undefined).map((member) => [member, job[member]]);
  return `${JSON.stringify(Object.fromEntries(members), undefined, 2)}\n`;
}

/** An existing job as a job file ("Save Job as File…"). Tags are not part of the description of a job and are given apart. */
export function toJobFile(descriptor: JobDescriptor, tags: readonly Tag[] = []): JobFile {
  const ownTags = withoutRunTags(tags);
  return {
    ...(descriptor.Description === undefined ? {} : { Description: descriptor.Description }),
    Operation: descriptor.Operation ?? {},
    // A request has but one of the two, and the generator is what the job was created with.
    ...(descriptor.ManifestGenerator !== undefined
      ? { ManifestGenerator: descriptor.ManifestGenerator }
      : descriptor.Manifest !== undefined
        ? { Manifest: descriptor.Manifest }
        : {}),
    Report: descriptor.Report ?? { Enabled: false },
    Priority: descriptor.Priority,
    RoleArn: descriptor.RoleArn ?? '',
    ConfirmationRequired: descriptor.ConfirmationRequired ?? true,
    ...(ownTags.length === 0 ? {} : { Tags: ownTags }),
  };
}
