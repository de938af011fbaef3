import { operations } from '../operations/catalogue.js';
import { accountIdOf, booleanOf, bucketArnOf, stringOf, tagSetOf } from '../operations/commonShapes.js';
import type { IntegerShape, Shape, StringShape, StructureShape } from '../operations/shape.js';
import { manifestGeneratorShape } from './manifestGeneratorShape.js';

const api = (structure: string): string => `https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_${structure}.html`;
const guide = (page: string): string => `https://docs.aws.amazon.com/AmazonS3/latest/userguide/${page}.html`;

/** The requests of the job API as shapes. Source: API Reference, CreateJob, and botocore's model of the service for the limits. */

const manifestFormats = ['S3BatchOperations_CSV_20180820', 'S3InventoryReport_CSV_20161130'] as const;
const manifestFields = ['Ignore', 'Bucket', 'Key', 'VersionId'] as const;
export const reportFormat = 'Report_CSV_20180820';

/** The name that lists made by the manifest generator carry. It is no format of a job's own manifest. */
export const generatedManifestFormat = 'S3InventoryReport_CSV_20211130';

export const jobIdShape: StringShape = {
  type: 'string',
  min: 5,
  max: 36,
  pattern: '[a-zA-Z0-9_-]+',
  expected: 'the id of a job',
  doc: 'Id of the job.',
};

export const priorityShape: IntegerShape = {
  type: 'integer',
  min: 0,
  max: 2_147_483_647,
  doc: 'Jobs with a higher number go first.',
  docUrl: guide('batch-ops-job-priority'),
};

const clientRequestTokenShape: StringShape = stringOf(
  1,
  64,
  'Makes a repeated request safe: the same token never creates a second job. Filled in at submit.',
);

export const roleArnShape: StringShape = {
  type: 'string',
  min: 1,
  max: 2048,
  pattern: 'arn:[^:]+:iam::\\d{12}:role/.*',
  expected: 'the ARN of a role such as arn:aws:iam::111122223333:role/batch-operations',
  doc: 'The role that the service takes on to run the job: it must trust batchoperations.s3.amazonaws.com.',
  docUrl: guide('batch-ops-iam-role-policies'),
};

export const descriptionShape: StringShape = stringOf(1, 256, 'What the job is for; shown in lists of jobs.');

/** Not in the model: CreateJob answers TooManyTagsException above it. Source: S3 User Guide, batch-ops-job-tags. */
export const maxJobTags = 50;

export const manifestShape: StructureShape = {
  type: 'structure',
  doc: 'The list of objects, as an object in S3.',
  docUrl: api('JobManifest'),
  members: {
    Spec: {
      type: 'structure',
      doc: 'Form of the manifest.',
      members: {
        Format: {
          type: 'string',
          enum: manifestFormats,
          enumDocs: {
            S3BatchOperations_CSV_20180820: 'A CSV file; Fields names its columns.',
            S3InventoryReport_CSV_20161130: 'The manifest.json of an S3 Inventory report in CSV form.',
          },
          doc: 'A CSV file, or an S3 Inventory report.',
        },
        Fields: {
          type: 'list',
          item: {
            type: 'string',
            enum: manifestFields,
            enumDocs: {
              Ignore: 'A column to skip; may be repeated.',
              Bucket: 'Name of the bucket.',
              Key: 'Key of the object, URL-encoded.',
              VersionId: 'Version of the object in every row; null for the null version.',
            },
          },
          doc: 'The columns of the CSV file in their order. Left out for an inventory report.',
        },
      },
      required: ['Format'],
    },
    Location: {
      type: 'structure',
      doc: 'Where the manifest is.',
      members: {
        ObjectArn: {
          type: 'string',
          min: 1,
          max: 2000,
          pattern: 'arn:[^:]+:s3:.*',
          expected: 'the ARN of an object such as arn:aws:s3:::amzn-s3-demo-bucket/manifest.csv',
          doc: 'ARN of the manifest object: the CSV file, or manifest.json of the inventory report.',
        },
        ObjectVersionId: stringOf(1, 2000, 'Version of the manifest object, in a bucket with versioning.'),
        ETag: stringOf(1, 1024, 'ETag of the manifest object, without quotes. The job fails when the object has another one.'),
      },
      required: ['ObjectArn', 'ETag'],
    },
  },
  required: ['Spec', 'Location'],
};

export const reportShape: StructureShape = {
  type: 'structure',
  doc: 'The completion report. Required, even to say that there is none: { "Enabled": false }.',
  docUrl: api('JobReport'),
  members: {
    Bucket: bucketArnOf('The bucket that the report is written to: general purpose, without default Object Lock retention.'),
    Format: { type: 'string', enum: [reportFormat], doc: 'Form of the report; there is one.' },
    Enabled: booleanOf('Write a completion report?'),
    Prefix: stringOf(1, 512, 'The report is written under <Prefix>/job-<id>/. Without a slash at the end.'),
    ReportScope: {
      type: 'string',
      enum: ['AllTasks', 'FailedTasksOnly'],
      enumDocs: { AllTasks: 'A row for every task.', FailedTasksOnly: 'A row for every failed task.' },
      doc: 'Which tasks the report lists.',
    },
    ExpectedBucketOwner: accountIdOf('Account that must own the report bucket; the job fails otherwise.'),
  },
  required: ['Enabled'],
};

/** JobOperation: one member for each entry of the catalogue. That exactly one is set is checked with a better sentence elsewhere. */
export const operationShape: StructureShape = {
  type: 'structure',
  doc: 'What is done to each object: exactly one operation.',
  docUrl: api('JobOperation'),
  members: Object.fromEntries(
    operations.map((operation): [string, Shape] => [operation.name, { ...operation.parameters, docUrl: operation.docUrl }]),
  ),
};

/** CreateJobRequest, in the order of the model. `AccountId` travels as a header, everything else in the body. */
export const createJobRequestShape: StructureShape = {
  type: 'structure',
  docUrl: api('CreateJob'),
  members: {
    AccountId: accountIdOf('Account that the job belongs to.'),
    ConfirmationRequired: {
      ...booleanOf(
        'Must the job be confirmed before it runs? True: it waits in Suspended, for 30 days at most.',
        'the service waits for confirmation, as if it were true',
      ),
      docUrl: guide('batch-ops-job-status'),
    },
    Operation: operationShape,
    Report: reportShape,
    ClientRequestToken: clientRequestTokenShape,
    Manifest: manifestShape,
    Description: descriptionShape,
    Priority: priorityShape,
    RoleArn: roleArnShape,
    Tags: {
      ...tagSetOf('Tags of the job, at most 50. Creating a job with tags needs s3:PutJobTagging.'),
      docUrl: guide('batch-ops-job-tags'),
    },
    ManifestGenerator: manifestGeneratorShape,
  },
  required: ['AccountId', 'Operation', 'Report', 'ClientRequestToken', 'Priority', 'RoleArn'],
};

/** The body of PutJobTagging. An empty list removes all tags. */
export const putJobTaggingRequestShape: StructureShape = {
  type: 'structure',
  members: { Tags: tagSetOf('All tags of the job; those that it has are replaced.') },
  required: ['Tags'],
};

/** `statusUpdateReason` of UpdateJobStatus. */
export const statusUpdateReasonShape: StringShape = stringOf(1, 256, 'Why the status is changed; shown with the job.');

/** `maxResults` of ListJobs. Which number is the default is not documented. */
export const maxResultsShape: IntegerShape = { type: 'integer', min: 0, max: 1000, doc: 'Jobs in one page.' };
