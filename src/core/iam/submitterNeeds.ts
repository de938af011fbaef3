import { bucketArn, parseBucketArn, parseObjectArn, parseRoleArn } from '../job/arn.js';
import type { JobFile } from '../job/jobFile.js';
import type { PermissionNeed } from './permissionNeed.js';
import { literalPattern } from './resourcePattern.js';

export interface SubmitterNeeds {
  readonly needs: readonly PermissionNeed[];
  readonly notes: readonly string[];
}

/**
 * What whoever submits and follows this job must be allowed, with an identity policy: bucket policies can't give it. Source: S3 User
 * Guide, batch-ops-iam-role-policies; Service Authorization Reference, list_amazons3.
 */
export function needsOfSubmitter(job: JobFile, facts: { readonly region?: string } = {}): SubmitterNeeds {
  const needs: PermissionNeed[] = [];
  const add = (purpose: PermissionNeed['purpose'], actions: readonly string[], resource: string, why: string): void => {
    for (const action of actions) needs.push({ purpose, action, resource, why });
  };
  const role = parseRoleArn(job.RoleArn);
  const partition = role?.partition ?? 'aws';
  const jobs = `arn:${partition}:s3:${facts.region ?? '*'}:${role?.accountId ?? '*'}:job/*`;

  add('CreateJob', ['s3:CreateJob'], '*', 'Create the job. The action knows no resources.');
  add('PassRole', ['iam:PassRole'], job.RoleArn, 'Hand the job role to the service.');
  if ((job.Tags ?? []).length > 0)
    add('TagJob', ['s3:PutJobTagging'], jobs, 'Create the job with tags: refused as a whole without it.');

  const place = parseObjectArn(job.Manifest?.Location.ObjectArn ?? '');
  if (place !== undefined) {
    const manifest = `${bucketArn(place.bucket, place.partition)}/${literalPattern(place.key)}`;
    if (job.ManifestFile !== undefined) add('UploadManifest', ['s3:PutObject'], manifest, 'Upload ManifestFile as the manifest.');
    else add('ReadManifest', ['s3:GetObject'], manifest, 'Look up the ETag of the manifest.');
  }
  add('FollowJobs', ['s3:ListJobs'], '*', 'List jobs. The action knows no resources.');
  add('FollowJob', ['s3:DescribeJob', 's3:GetJobTagging'], jobs, 'Follow the job.');
  add('ChangeJob', ['s3:UpdateJobStatus'], jobs, 'Confirm or cancel the job.');
  add('ChangeJob', ['s3:UpdateJobPriority'], jobs, 'Change the priority of the job.');
  const report = job.Report.Enabled ? parseBucketArn(job.Report.Bucket ?? '') : undefined;
  if (report !== undefined) {
    const folder = job.Report.Prefix === undefined ? '' : `${literalPattern(job.Report.Prefix)}/`;
    const reports = `${bucketArn(report.bucket, report.partition)}/${folder}job-*`;
    add('ReadReport', ['s3:GetObject'], reports, 'Read the completion report.');
  }
  return {
    needs,
    notes: [
      'iam:PassRole has no condition iam:PassedToService: CreateJob was seen not to set that key, so such a condition always refuses.',
    ],
  };
}
