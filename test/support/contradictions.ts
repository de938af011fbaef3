/** Where AWS's own documents contradict each other, or what was seen, and what we take to be true. */
export interface Contradiction {
  readonly subject: string;
  /** Each with the page that says so. */
  readonly statements: readonly [string, string, ...string[]];
  /** What this product goes by. */
  readonly taken: string;
}

export const contradictions: readonly Contradiction[] = [
  {
    subject: 'Objects in one job',
    statements: [
      '20 billion for most operations, 4 billion for Restore (the page of each operation)',
      '1 billion for Copy, Restore, tagging and ACL (troubleshooting-batch-operations)',
    ],
    taken: 'The pages of the operations, which are newer.',
  },
  {
    subject: 'A delete operation',
    statements: [
      'There are eleven operations, none of which deletes objects (batch-ops-operations)',
      '"Delete: 1 billion" (troubleshooting-batch-operations)',
    ],
    taken: 'There is none: use a function or a lifecycle rule.',
  },
  {
    subject: 'Name of the Lambda operation',
    statements: ['`LambdaInvoke` (API Reference, JobOperation)', '`LambdaInvokeFunction` (one page of the guide)'],
    taken: '`LambdaInvoke`.',
  },
  {
    subject: 'ConfirmationRequired left out',
    statements: [
      '"Only required for jobs created through the console" (API Reference, CreateJob)',
      'Without `--no-confirmation-required` the job stays suspended (guide for the CLI; seen with SDKs that drop `false`)',
    ],
    taken: 'The job waits in Suspended: always write it.',
  },
  {
    subject: 'Priority',
    statements: ['"Any positive integer" (batch-ops-job-priority)', '0 to 2,147,483,647 (model of the API)'],
    taken: 'The model: 0 is accepted.',
  },
  {
    subject: 'Checksum CRC64NVME with type COMPOSITE',
    statements: ['Full object only (table of batch-ops-compute-checksums)', 'COMPOSITE (Java sample of the same page)'],
    taken: 'The table: an error.',
  },
  {
    subject: 'Manifest and generator in one request',
    statements: ['Exactly one of the two (API Reference, CreateJob)', 'Both (CLI sample of batch-ops-compute-checksums)'],
    taken: 'Exactly one.',
  },
  {
    subject: 'Format of a manifest',
    statements: [
      'Two formats (API Reference, JobManifestFormat)',
      '`S3InventoryReport_CSV_20211130` as `Manifest.Spec.Format` (samples on the web)',
    ],
    taken: 'The third name is only what the generator writes.',
  },
  {
    subject: 'Columns of a completion report',
    statements: [
      '`ReportSchema`: … TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage (manifest.json of the report)',
      'HTTP status before error code (every report seen, and the samples of batch-ops-examples-reports)',
    ],
    taken: 'HTTP status comes first, whatever the schema says.',
  },
  {
    subject: 'Place of a completion report',
    statements: [
      '`<prefix>/job-<id>/report.json` (API Reference, JobReport)',
      '`<prefix>/job-<id>/manifest.json` (guide, and every report seen)',
    ],
    taken: '`manifest.json`.',
  },
  {
    subject: 'How long ended jobs are kept',
    statements: [
      '90 days (batch-ops-list-jobs, troubleshooting-batch-operations)',
      '30 days (one sentence of API Reference, ListJobs)',
    ],
    taken: '90 days.',
  },
  {
    subject: 'Error for a job that does not exist',
    statements: ['`NotFoundException` (model of the API)', '`NoSuchJobException` (troubleshooting-batch-operations)'],
    taken: 'Both are understood; the local engine answers `NoSuchJobException`.',
  },
  {
    subject: 'Decoding of the keys that a function gets',
    statements: ['`unquote` (samples of 2023)', '`unquote_plus` (samples of 2026)'],
    taken: 'Form decoding: `+` is a space. This is what real jobs send.',
  },
  {
    subject: '`s3BucketArn` in an event of schema 1.0',
    statements: [
      '`arn:aws:s3:::bucket` (Lambda Developer Guide)',
      '`arn:aws:s3:us-east-1:0123456788:bucket` (batch-ops-invoke-lambda)',
    ],
    taken: '`arn:aws:s3:::bucket`.',
  },
  {
    subject: '`resultString` of a failed task',
    statements: ['Ignored (batch-ops-invoke-lambda)', "In the report (AWS's own samples rely on it)"],
    taken: 'It is written to the report.',
  },
  {
    subject: 'Buckets in one CSV manifest',
    statements: [
      '"Objects contained within a single bucket" (guide of 2023)',
      'Said only of Copy and Object Lock (guide of today)',
    ],
    taken: 'An error where the operation says so, a warning elsewhere.',
  },
  {
    subject: 'ETag of the manifest',
    statements: ['Without quotes (CLI samples)', '"Missing quotes" is a cause of failure (troubleshooting-batch-operations)'],
    taken: 'Both forms are taken to be equal; quotes are removed.',
  },
  {
    subject: 'What CloudTrail records',
    statements: [
      'Changes of status only (batch-ops-examples-event-bridge-cloud-trail)',
      '`CreateJob` calls as well (troubleshooting-batch-operations)',
    ],
    taken: 'Look for both.',
  },
];
