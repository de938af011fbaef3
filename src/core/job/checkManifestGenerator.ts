import { type Finding, findingsUnder, isRecord } from '../operations/validateShape.js';
import { checkBucketArn } from './checkS3Arn.js';
import { generatedManifestFormat } from './requestShapes.js';

/** Rules of the manifest generator between its members. Source: S3 User Guide, batch-ops-create-job. */
export function checkManifestGenerator(generator: unknown, operation: unknown): Finding[] {
  const inner = isRecord(generator) ? generator['S3JobManifestGenerator'] : undefined;
  if (!isRecord(inner)) return [];
  const findings: Finding[] = [];
  const output = inner['ManifestOutputLocation'];
  if (typeof inner['SourceBucket'] === 'string') findings.push(...checkBucketArn(inner['SourceBucket'], ['SourceBucket'], false));
  if (isRecord(output) && typeof output['Bucket'] === 'string') {
    findings.push(...checkBucketArn(output['Bucket'], ['ManifestOutputLocation', 'Bucket'], false));
  }
  if (inner['EnableManifestOutput'] === true && inner['ManifestOutputLocation'] === undefined) {
    findings.push({
      path: [],
      code: 'manifest-output-location-missing',
      severity: 'error',
      message:
        'ManifestOutputLocation is missing, which EnableManifestOutput needs. Say where the list is stored, or write false.',
      fix: {
        title: 'Add ManifestOutputLocation',
        changes: [
          {
            path: ['ManifestOutputLocation'],
            value: { Bucket: inner['SourceBucket'] ?? '', ManifestPrefix: 'manifests', ManifestFormat: generatedManifestFormat },
          },
        ],
      },
      otherFixes: [{ title: 'Use the list without storing it', changes: [{ path: ['EnableManifestOutput'], value: false }] }],
    });
  }
  if (inner['EnableManifestOutput'] === false && output !== undefined) {
    findings.push({
      path: ['ManifestOutputLocation'],
      code: 'manifest-output-location-unused',
      severity: 'warning',
      message: 'ManifestOutputLocation does nothing while EnableManifestOutput is false.',
      fix: { title: 'Set EnableManifestOutput to true', changes: [{ path: ['EnableManifestOutput'], value: true }] },
      otherFixes: [{ title: 'Remove ManifestOutputLocation', changes: [{ path: ['ManifestOutputLocation'], value: undefined }] }],
    });
  }
  const filter = inner['Filter'];
  if (isRecord(filter)) findings.push(...findingsUnder(['Filter'], checkFilter(filter, operation)));
  return findingsUnder(['ManifestGenerator', 'S3JobManifestGenerator'], findings);
}

function checkFilter(filter: Record<string, unknown>, operation: unknown): Finding[] {
  const findings: Finding[] = [];
  const constraint = filter['KeyNameConstraint'];
  if (isRecord(constraint)) {
    for (const member of ['MatchAnyPrefix', 'MatchAnySuffix', 'MatchAnySubstring']) {
      const list = constraint[member];
      if (Array.isArray(list) && list.length !== 1) {
        findings.push({
          path: ['KeyNameConstraint', member],
          code: 'not-one-name',
          severity: 'error',
          message: `${member} takes a list of exactly one text, but has ${list.length === 0 ? 'none' : list.length}. Make a job for each.`,
          fix:
            list.length === 0
              ? { title: `Remove ${member}`, changes: [{ path: ['KeyNameConstraint', member], value: undefined }] }
              : {
                  title: `Keep only ${JSON.stringify(list[0])}`,
                  changes: [{ path: ['KeyNameConstraint', member], value: list.slice(0, 1) }],
                },
        });
      }
    }
  }
  const after = filter['CreatedAfter'];
  const before = filter['CreatedBefore'];
  if (typeof after === 'string' && typeof before === 'string' && Date.parse(after) >= Date.parse(before)) {
    findings.push({
      path: ['CreatedBefore'],
      code: 'empty-interval',
      severity: 'error',
      message: 'CreatedBefore must be later than CreatedAfter: as it is, no object matches.',
    });
  }
  const greater = filter['ObjectSizeGreaterThanBytes'];
  const less = filter['ObjectSizeLessThanBytes'];
  if (typeof greater === 'number' && typeof less === 'number' && less - greater < 2) {
    findings.push({
      path: ['ObjectSizeLessThanBytes'],
      code: 'empty-interval',
      severity: 'error',
      message: 'No size is both above ObjectSizeGreaterThanBytes and below ObjectSizeLessThanBytes: no object matches.',
    });
  }
  if (filter['EligibleForReplication'] !== undefined && isRecord(operation) && operation['S3ReplicateObject'] === undefined) {
    findings.push({
      path: ['EligibleForReplication'],
      code: 'replication-filter',
      severity: 'warning',
      message: 'EligibleForReplication is meant for jobs that replicate.',
      fix: { title: 'Remove EligibleForReplication', changes: [{ path: ['EligibleForReplication'], value: undefined }] },
    });
  }
  return findings;
}
