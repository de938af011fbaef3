import type { Shape, StructureShape } from '../operations/shape.js';
import { createJobRequestShape, manifestShape } from './requestShapes.js';

/** `ManifestFile` is ours; everything else is CreateJobRequest's. */
const manifestFileShape: Shape = {
  type: 'string',
  min: 1,
  doc: 'The CSV file with the rows, as a path from this file. It is checked, uploaded to Manifest.Location.ObjectArn, and its ETag is filled in when the job is submitted.',
};

const request = createJobRequestShape.members;

/** Members of a shape that has them for certain. */
function member(name: string): Shape {
  const shape = request[name];
  if (shape === undefined) throw new Error(`CreateJobRequest has no ${name}.`);
  return shape;
}

const location = manifestShape.members['Location'];

/**
 * What a job file may hold, in the order in which we write it. `AccountId` and `ClientRequestToken` belong to a submit, and the ETag of
 * a manifest that is uploaded is not known before.
 */
export const jobFileShape: StructureShape = {
  type: 'structure',
  doc: 'A job of S3 Batch Operations.',
  ...(createJobRequestShape.docUrl === undefined ? {} : { docUrl: createJobRequestShape.docUrl }),
  members: {
    Description: member('Description'),
    Operation: member('Operation'),
    ManifestFile: manifestFileShape,
    Manifest: {
      ...manifestShape,
      members: {
        ...manifestShape.members,
        ...(location?.type === 'structure' ? { Location: { ...location, required: ['ObjectArn'] } } : {}),
      },
    },
    ManifestGenerator: member('ManifestGenerator'),
    Report: member('Report'),
    Priority: member('Priority'),
    RoleArn: member('RoleArn'),
    ConfirmationRequired: member('ConfirmationRequired'),
    Tags: member('Tags'),
  },
  required: ['Operation', 'Report', 'Priority', 'RoleArn'],
};
