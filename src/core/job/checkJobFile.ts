import type { StructureShape } from '../operations/shape.js';
import { type Finding, isRecord } from '../operations/validateShape.js';
import { jobFileShape } from './jobFileShape.js';
import { createJobRequestShape, manifestShape } from './requestShapes.js';
import { manifestStart, validateCreateJobRequest } from './validateRequest.js';

const notStored = ['AccountId', 'ClientRequestToken'] as const;

/** The request without what a submit fills in, and with what a job file has of its own. */
const storedShape: StructureShape = {
  ...createJobRequestShape,
  // Whether the ETag may be missing is not a matter of the shape: it is filled in only when there is a ManifestFile.
  members: { ...jobFileShape.members, Manifest: manifestShape },
  required: jobFileShape.required ?? [],
};

/** Checks the value of a job file: the rules of CreateJob, and those of what a job file adds and leaves out. */
export function checkJobFile(value: Record<string, unknown>): Finding[] {
  const { ManifestFile: manifestFile, ...rest } = value;
  const findings: Finding[] = [];
  for (const member of notStored) {
    if (rest[member] === undefined) continue;
    delete rest[member];
    findings.push({
      path: [member],
      code: 'not-stored',
      severity: 'warning',
      message: `${member} is filled in when the job is submitted. Remove it from the job file.`,
      fix: { title: `Remove ${member}`, changes: [{ path: [member], value: undefined }] },
    });
  }
  findings.push(
    ...validateCreateJobRequest(rest, {
      shape: storedShape,
      filledIn: manifestFile === undefined ? [] : ['Manifest.Location.ETag'],
    }),
  );
  if (manifestFile !== undefined) findings.push(...checkManifestFile(manifestFile, rest));
  return findings;
}

function checkManifestFile(manifestFile: unknown, job: Record<string, unknown>): Finding[] {
  const path = ['ManifestFile'];
  if (typeof manifestFile !== 'string' || manifestFile === '') {
    return [
      {
        path,
        code: 'manifest-file',
        severity: 'error',
        message: 'ManifestFile must be the path of a CSV file, relative to the job file, such as "manifest.csv".',
      },
    ];
  }
  const findings: Finding[] = [];
  if (/^([a-z][a-z0-9+.-]+:|[/\\]|[a-z]:[/\\])/i.test(manifestFile)) {
    findings.push({
      path,
      code: 'manifest-file-absolute',
      severity: 'error',
      message: 'ManifestFile must be relative to the job file, so that the job works on other machines too.',
    });
  } else if (manifestFile.includes('\\')) {
    const mended = manifestFile.replaceAll('\\', '/');
    findings.push({
      path,
      code: 'manifest-file-backslash',
      severity: 'warning',
      message: `ManifestFile has backslashes, which are part of a name on other systems. Write ${JSON.stringify(mended)}.`,
      fix: { title: `Change to ${JSON.stringify(mended)}`, changes: [{ path, value: mended }] },
    });
  }
  if (job['ManifestGenerator'] !== undefined) {
    findings.push({
      path,
      code: 'manifest-file-and-generator',
      severity: 'error',
      message: 'A job has either a manifest or ManifestGenerator. Remove ManifestFile or ManifestGenerator.',
      fix: { title: 'Remove ManifestFile', changes: [{ path, value: undefined }] },
      otherFixes: [
        {
          title: 'Remove ManifestGenerator',
          changes: [
            { path: ['ManifestGenerator'], value: undefined },
            ...(job['Manifest'] === undefined ? [{ path: ['Manifest'], value: manifestStart }] : []),
          ],
        },
      ],
    });
  }
  const manifest = job['Manifest'];
  if (!isRecord(manifest)) return findings;
  const spec = manifest['Spec'];
  if (isRecord(spec) && spec['Format'] === 'S3InventoryReport_CSV_20161130') {
    findings.push({
      path,
      code: 'manifest-file-inventory',
      severity: 'error',
      message:
        'ManifestFile is a CSV file, but Manifest.Spec.Format says inventory report. Write S3BatchOperations_CSV_20180820.',
      fix: {
        title: 'Change Manifest.Spec to a CSV file',
        changes: [{ path: ['Manifest', 'Spec'], value: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] } }],
      },
    });
  }
  const location = manifest['Location'];
  if (!isRecord(location)) return findings;
  for (const member of ['ETag', 'ObjectVersionId']) {
    if (location[member] === undefined) continue;
    const memberPath = ['Manifest', 'Location', member];
    findings.push({
      path: memberPath,
      code: 'filled-in-at-submit',
      severity: 'warning',
      message: `${member} is that of the uploaded ManifestFile and is filled in at submit. Remove it.`,
      fix: { title: `Remove ${member}`, changes: [{ path: memberPath, value: undefined }] },
    });
  }
  return findings;
}
