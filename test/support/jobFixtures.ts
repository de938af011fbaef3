import type { CreateJobRequest } from '../../src/core/job/jobTypes.js';

/** A request without a finding, as a person would write it. */
export const validRequest = {
  ConfirmationRequired: true,
  Operation: {
    LambdaInvoke: {
      FunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:rename-reports',
      InvocationSchemaVersion: '2.0',
      UserArguments: { destination: 'report-dest' },
    },
  },
  Report: {
    Enabled: true,
    Bucket: 'arn:aws:s3:::reports',
    Format: 'Report_CSV_20180820',
    Prefix: 'completion',
    ReportScope: 'AllTasks',
  },
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::manifests/manifest.csv', ETag: '60e460c9d1046e73f7dde5043ac3ae85' },
  },
  Description: 'Rename the reports',
  Priority: 10,
  RoleArn: 'arn:aws:iam::111122223333:role/batch-operations',
  Tags: [{ Key: 'team', Value: 'data' }],
} satisfies CreateJobRequest;

/** A deep copy of JSON with one member set, or removed with `undefined`. */
export function withMember(value: unknown, path: readonly (string | number)[], member: unknown): Record<string, unknown> {
  const copy = structuredClone(value) as Record<string, unknown>;
  let owner = copy as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) owner = owner[part] as Record<string | number, unknown>;
  const last = path.at(-1);
  if (last === undefined) throw new Error('A path has at least one part');
  if (member === undefined) delete owner[last];
  else owner[last] = member;
  return copy;
}
