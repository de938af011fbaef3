import { booleanOf } from '../operations/commonShapes.js';
import type { IntegerShape, StringShape, StructureShape, TimestampShape } from '../operations/shape.js';
import { jobStatuses } from './jobTypes.js';
import {
  descriptionShape,
  generatedManifestFormat,
  jobIdShape,
  manifestShape,
  operationShape,
  priorityShape,
  reportShape,
  roleArnShape,
} from './requestShapes.js';
import { manifestGeneratorShape } from './manifestGeneratorShape.js';

/** What the job API answers, as shapes. Source: API Reference, JobDescriptor and JobListDescriptor. */

const countShape: IntegerShape = { type: 'integer', isLong: true, min: 0 };
const moment: TimestampShape = { type: 'timestamp' };
const statusShape: StringShape = { type: 'string', enum: jobStatuses };

const progressShape: StructureShape = {
  type: 'structure',
  members: {
    TotalNumberOfTasks: countShape,
    NumberOfTasksSucceeded: countShape,
    NumberOfTasksFailed: countShape,
    Timers: { type: 'structure', members: { ElapsedTimeInActiveSeconds: countShape } },
  },
};

export const jobDescriptorShape: StructureShape = {
  type: 'structure',
  members: {
    JobId: jobIdShape,
    ConfirmationRequired: booleanOf('The job waits for confirmation.'),
    Description: descriptionShape,
    JobArn: { type: 'string', min: 1, max: 1024, pattern: 'arn:[^:]+:s3:[a-zA-Z0-9\\-]+:\\d{12}:job/.*' },
    Status: statusShape,
    Manifest: manifestShape,
    Operation: operationShape,
    Priority: priorityShape,
    ProgressSummary: progressShape,
    StatusUpdateReason: { type: 'string', min: 1, max: 256 },
    FailureReasons: {
      type: 'list',
      item: {
        type: 'structure',
        members: {
          FailureCode: { type: 'string', min: 1, max: 64 },
          FailureReason: { type: 'string', min: 1, max: 256 },
        },
      },
    },
    Report: reportShape,
    CreationTime: moment,
    TerminationDate: moment,
    RoleArn: roleArnShape,
    SuspendedDate: moment,
    SuspendedCause: { type: 'string', min: 1, max: 1024 },
    ManifestGenerator: manifestGeneratorShape,
    GeneratedManifestDescriptor: {
      type: 'structure',
      members: {
        Format: { type: 'string', enum: [generatedManifestFormat] },
        Location: manifestShape.members['Location'] as StructureShape,
      },
    },
  },
};

export const jobListItemShape: StructureShape = {
  type: 'structure',
  members: {
    JobId: jobIdShape,
    Description: descriptionShape,
    Operation: { type: 'string' },
    Priority: priorityShape,
    Status: statusShape,
    CreationTime: moment,
    TerminationDate: moment,
    ProgressSummary: progressShape,
  },
};
