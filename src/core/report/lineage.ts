import type { JobDescriptor } from '../job/jobTypes.js';
import type { JobFile } from '../job/jobFile.js';
import { toJobFile } from '../job/jobFile.js';
import { objectArn, parseObjectArn } from '../job/arn.js';
import type { ManifestField } from '../job/jobTypes.js';

/** What a job goes on from: tasks of another one that failed, were never attempted, or were left over by a sample. */
export type LineageKind = 'retry' | 'resume' | 'rest';

const words: Readonly<Record<LineageKind, string>> = { retry: 'Retries', resume: 'Resumes', rest: 'Goes on after sample' };

/** Source: API Reference, CreateJob. */
const maxDescription = 256;

/** What a job goes on from, as its description says, such as `Retries <id>, attempt 2`. */
export interface Lineage {
  readonly text: string;
  readonly jobId: string;
  readonly attempt: number;
}

/** The job that a job goes on from, as its description says; undefined when it says nothing of the kind. */
export function parseLineage(description: string | undefined): Lineage | undefined {
  const match = /\b(?:Retries|Resumes|Goes on after sample) ([0-9a-f-]{36}), attempt (\d{1,6})\b/.exec(description ?? '');
  return match?.[1] === undefined ? undefined : { text: match[0], jobId: match[1], attempt: Number(match[2]) };
}

/**
 * The next job after one: the same but for its manifest, with the lineage in its description ("Retries <id>, attempt 2"), where anybody
 * who lists the jobs sees it. The manifest goes beside the first one.
 */
export function nextJob(job: JobDescriptor, kind: LineageKind, fields: readonly ManifestField[] | undefined): JobFile {
  const attempt = (parseLineage(job.Description)?.attempt ?? 1) + 1;
  const own = (job.Description ?? '').replace(/ \((?:Retries|Resumes|Goes on after sample) [^)]*\)$/, '');
  const lineage = `${words[kind]} ${job.JobId}, attempt ${attempt}`;
  const room = maxDescription - lineage.length - 3;
  const description = own === '' || isLineage(own) ? lineage : `${own.slice(0, room)} (${lineage})`;
  const { ManifestGenerator: _, Manifest: before, ...same } = toJobFile(job);
  const used = fields ?? before?.Spec.Fields ?? ['Bucket', 'Key'];
  return {
    ...same,
    Description: description,
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: used },
      Location: { ObjectArn: besides(before?.Location.ObjectArn, job, `${kind}-${attempt}`) },
    },
  };
}

function isLineage(description: string): boolean {
  return parseLineage(description) !== undefined && /^(?:Retries|Resumes|Goes on)/.test(description);
}

/** A manifest of another name where the first one lies; beside the report when the service had made it. */
function besides(arn: string | undefined, job: JobDescriptor, word: string): string {
  const place = arn === undefined ? undefined : parseObjectArn(arn);
  if (place === undefined) return `${job.Report?.Bucket ?? 'arn:aws:s3:::manifests'}/manifests/${job.JobId}.${word}.csv`;
  const folder = place.key.slice(0, place.key.lastIndexOf('/') + 1);
  return objectArn(place.bucket, `${folder}${job.JobId}.${word}.csv`, place.partition);
}
