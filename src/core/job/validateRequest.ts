import { findOperation, operations } from '../operations/catalogue.js';
import { checkTagKeys } from '../operations/checkTagKeys.js';
import type { StructureShape } from '../operations/shape.js';
import { type Finding, type FindingFix, findingsUnder, isRecord, pathText, validateShape } from '../operations/validateShape.js';
import { parseBucketArn, parseObjectArn } from './arn.js';
import { checkFunction } from './checkFunction.js';
import { checkManifestGenerator } from './checkManifestGenerator.js';
import { checkOperationNeeds } from './checkOperationNeeds.js';
import { checkReport } from './checkReport.js';
import { checkRole } from './checkRole.js';
import { arnMistake, s3UriFix } from './checkS3Arn.js';
import { createJobRequestShape, generatedManifestFormat, maxJobTags } from './requestShapes.js';

export interface ValidateRequestOptions {
  /** What a request may hold; that of CreateJob when left out. */
  readonly shape?: StructureShape;
  /**
   * Members that somebody fills in later and that may therefore be missing, as dotted paths (`Manifest.Location.ETag`).
   * Empty for a request that is complete.
   */
  readonly filledIn?: readonly string[];
}

/** What the client fills in when a job is submitted. */
const filledInAtSubmit: readonly string[] = ['AccountId', 'ClientRequestToken'];

/**
 * Checks a CreateJob request against everything that is known without asking the service: the shapes of the API, and the rules
 * between members. Errors are what the service refuses or what makes the job fail for certain; warnings are what is probably not meant.
 * In the order of the request's members.
 */
export function validateCreateJobRequest(request: unknown, options: ValidateRequestOptions = {}): Finding[] {
  const filledIn = options.filledIn ?? filledInAtSubmit;
  const shapeFindings = validateShape(request, options.shape ?? createJobRequestShape).filter(
    (finding) => !isFilledIn(finding, filledIn),
  );
  if (!isRecord(request)) return shapeFindings;

  const ruleFindings = [
    ...checkOperation(request['Operation']),
    ...checkManifest(request, filledIn),
    ...checkReport(request['Report']),
    ...checkOperationNeeds(request),
    ...checkFunction(request),
    ...checkRole(request),
    ...checkTags(request['Tags']),
    ...checkConfirmation(request),
  ];
  // A rule knows more than the shape: where both speak of one member, its sentence stays.
  const explained = new Set(
    ruleFindings.filter((finding) => finding.severity === 'error').map((finding) => pathText(finding.path)),
  );
  const kept = shapeFindings.filter((finding) => !(replaceableCodes.has(finding.code) && explained.has(pathText(finding.path))));
  return inMemberOrder(request, [...kept, ...ruleFindings]);
}

/** What the fix of a missing manifest writes: the least that can be completed by hand. */
export const manifestStart = {
  Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
  Location: { ObjectArn: 'arn:aws:s3:::amzn-s3-demo-bucket/manifest.csv' },
};
const generatorStart = {
  S3JobManifestGenerator: { SourceBucket: 'arn:aws:s3:::amzn-s3-demo-bucket', EnableManifestOutput: false },
};

const replaceableCodes = new Set(['pattern', 'not-in-enum']);

/** Are there findings that forbid to submit? */
export function hasErrors(findings: readonly { readonly severity: string }[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}

/** Is the finding only that a member is missing which is filled in later? */
function isFilledIn(finding: Finding, filledIn: readonly string[]): boolean {
  if (finding.code !== 'required') return false;
  const prefix = finding.path.length === 0 ? '' : `${pathText(finding.path)}.`;
  return filledIn.some((path) => path === `${prefix}${finding.member ?? ''}`);
}

function checkOperation(operation: unknown): Finding[] {
  if (!isRecord(operation)) return [];
  const present = Object.keys(operation).filter((name) => operation[name] !== undefined);
  const known = present.filter((name) => findOperation(name) !== undefined);
  if (present.length === 0) {
    return [
      {
        path: ['Operation'],
        code: 'no-operation',
        severity: 'error',
        message: `Operation must name one operation: ${operations.map((entry) => entry.name).join(', ')}.`,
      },
    ];
  }
  const findings: Finding[] = [];
  if (present.length > 1) {
    findings.push({
      path: ['Operation'],
      code: 'several-operations',
      severity: 'error',
      message: `A job has exactly one operation, but Operation has ${present.join(' and ')}. Make a job for each.`,
      ...firstOf(
        present.map((kept) => ({
          title: `Keep only ${kept}`,
          changes: present.filter((name) => name !== kept).map((name) => ({ path: ['Operation', name], value: undefined })),
        })),
      ),
    });
  }
  for (const name of known) {
    const parameters = operation[name];
    if (isRecord(parameters))
      findings.push(...findingsUnder(['Operation', name], findOperation(name)?.check?.(parameters) ?? []));
  }
  return findings;
}

function checkManifest(request: Record<string, unknown>, filledIn: readonly string[]): Finding[] {
  const manifest = request['Manifest'];
  const generator = request['ManifestGenerator'];
  const findings: Finding[] = [];
  if (manifest === undefined && generator === undefined) {
    findings.push({
      path: [],
      code: 'no-manifest',
      severity: 'error',
      message:
        'Manifest is missing: a job needs its list of objects. Write Manifest, or ManifestGenerator to have the objects listed.',
      fix: {
        title: 'Add a Manifest',
        changes: [
          ...(filledIn.includes('Manifest.Location.ETag') ? [] : [{ path: ['ManifestFile'], value: 'manifest.csv' }]),
          { path: ['Manifest'], value: manifestStart },
        ],
      },
      otherFixes: [{ title: 'Add a ManifestGenerator', changes: [{ path: ['ManifestGenerator'], value: generatorStart }] }],
    });
  }
  if (manifest !== undefined && generator !== undefined) {
    findings.push({
      path: ['ManifestGenerator'],
      code: 'manifest-and-generator',
      severity: 'error',
      message: 'A job has either Manifest or ManifestGenerator, not both. Remove one.',
      fix: { title: 'Remove ManifestGenerator', changes: [{ path: ['ManifestGenerator'], value: undefined }] },
      otherFixes: [{ title: 'Remove Manifest', changes: [{ path: ['Manifest'], value: undefined }] }],
    });
  }
  if (isRecord(manifest)) {
    if (isRecord(manifest['Spec'])) findings.push(...checkSpec(manifest['Spec']));
    if (isRecord(manifest['Location'])) findings.push(...checkLocation(manifest['Location']));
  }
  findings.push(...checkManifestGenerator(generator, request['Operation']));
  return findings;
}

function checkSpec(spec: Record<string, unknown>): Finding[] {
  const path = ['Manifest', 'Spec'];
  const findings: Finding[] = [];
  const format = spec['Format'];
  if (format === generatedManifestFormat) {
    findings.push({
      path: [...path, 'Format'],
      code: 'generated-manifest-format',
      severity: 'error',
      message: `${generatedManifestFormat} is only what the manifest generator writes. To use such a list, write S3InventoryReport_CSV_20161130 without Fields.`,
      fix: {
        title: 'Change to S3InventoryReport_CSV_20161130',
        changes: [
          { path: [...path, 'Format'], value: 'S3InventoryReport_CSV_20161130' },
          ...(spec['Fields'] === undefined ? [] : [{ path: [...path, 'Fields'], value: undefined }]),
        ],
      },
    });
    return findings;
  }
  const fields = spec['Fields'];
  if (format === 'S3InventoryReport_CSV_20161130') {
    if (fields !== undefined) {
      findings.push({
        path: [...path, 'Fields'],
        code: 'fields-with-inventory',
        severity: 'error',
        message: 'Fields is not allowed with an inventory report, which names its columns itself. Remove it.',
        fix: { title: 'Remove Fields', changes: [{ path: [...path, 'Fields'], value: undefined }] },
      });
    }
    return findings;
  }
  if (format !== 'S3BatchOperations_CSV_20180820') return findings;
  if (fields === undefined) {
    findings.push({
      path,
      code: 'fields-missing',
      severity: 'error',
      message: 'Manifest.Spec: Fields is missing. Name the columns of the CSV file, such as ["Bucket", "Key"].',
      fix: { title: 'Add Fields ["Bucket", "Key"]', changes: [{ path: [...path, 'Fields'], value: ['Bucket', 'Key'] }] },
    });
    return findings;
  }
  if (!Array.isArray(fields)) return findings;
  for (const field of ['Bucket', 'Key', 'VersionId']) {
    const times = fields.filter((name) => name === field).length;
    if (times === 0 && field !== 'VersionId') {
      findings.push({
        path: [...path, 'Fields'],
        code: 'field-missing',
        severity: 'error',
        message: `Manifest.Spec.Fields must name the column ${field}.`,
        // The other columns tell where it stands only when it is the only one that is left.
        ...(fields.filter((name) => name === 'Ignore').length === 1
          ? {
              fix: {
                title: `Change Ignore to ${field}`,
                changes: [{ path: [...path, 'Fields', fields.indexOf('Ignore')], value: field }],
              },
            }
          : {}),
      });
    }
    if (times > 1) {
      findings.push({
        path: [...path, 'Fields'],
        code: 'field-repeated',
        severity: 'error',
        message: `Manifest.Spec.Fields names the column ${field} ${times} times. Write Ignore for columns that do not count.`,
      });
    }
  }
  return findings;
}

function checkLocation(location: Record<string, unknown>): Finding[] {
  const path = ['Manifest', 'Location'];
  const findings: Finding[] = [];
  const arn = location['ObjectArn'];
  if (typeof arn === 'string' && arn !== '' && parseObjectArn(arn) === undefined) {
    const bucket = parseBucketArn(arn);
    findings.push({
      path: [...path, 'ObjectArn'],
      code: 'not-an-object-arn',
      severity: 'error',
      message: bucket?.isDirectoryBucket
        ? 'Manifest.Location.ObjectArn names a directory bucket. The manifest must be in a general purpose bucket.'
        : bucket !== undefined
          ? `Manifest.Location.ObjectArn is the ARN of a bucket. Add the key of the manifest: ${arn}/manifest.csv.`
          : arnMistake('Manifest.Location.ObjectArn', arn, 'an object', 'arn:aws:s3:::amzn-s3-demo-bucket/manifest.csv'),
      ...s3UriFix(arn, [...path, 'ObjectArn']),
    });
  }
  const etag = location['ETag'];
  if (typeof etag === 'string' && /^(?:W\/)?".*"$/.test(etag)) {
    findings.push({
      path: [...path, 'ETag'],
      code: 'quoted-etag',
      severity: 'warning',
      message: 'Manifest.Location.ETag has quotes around it. Write it without them.',
      fix: { title: 'Remove the quotes', changes: [{ path: [...path, 'ETag'], value: etag.replace(/^W\//, '').slice(1, -1) }] },
    });
  }
  return findings;
}

function checkTags(tags: unknown): Finding[] {
  if (!Array.isArray(tags)) return [];
  const findings: Finding[] = [];
  if (tags.length > maxJobTags) {
    findings.push({
      path: ['Tags'],
      code: 'too-many-tags',
      severity: 'error',
      message: `A job has at most ${maxJobTags} tags, but Tags has ${tags.length}.`,
    });
  }
  return [...findings, ...checkTagKeys(tags, ['Tags'])];
}

function checkConfirmation(request: Record<string, unknown>): Finding[] {
  if (request['ConfirmationRequired'] !== undefined) return [];
  return [
    {
      path: [],
      code: 'confirmation-omitted',
      severity: 'warning',
      message: 'ConfirmationRequired is left out: the job will wait in Suspended until it is confirmed. Write true or false.',
      fix: { title: 'Add ConfirmationRequired: true', changes: [{ path: ['ConfirmationRequired'], value: true }] },
      otherFixes: [{ title: 'Add ConfirmationRequired: false', changes: [{ path: ['ConfirmationRequired'], value: false }] }],
    },
  ];
}

/** The first of several fixes as the preferred one. */
function firstOf([fix, ...otherFixes]: readonly FindingFix[]): Pick<Finding, 'fix' | 'otherFixes'> {
  return fix === undefined ? {} : { fix, otherFixes };
}

/** Sorts by where the member stands in the request; findings of one member keep their order. */
function inMemberOrder(request: Record<string, unknown>, findings: readonly Finding[]): Finding[] {
  const order = Object.keys(request);
  const rank = (finding: Finding): number => {
    const index = order.indexOf(String(finding.path[0] ?? ''));
    return index === -1 ? order.length : index;
  };
  return findings.toSorted((left, right) => rank(left) - rank(right));
}
