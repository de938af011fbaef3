import { type Finding, findingsUnder, isRecord } from '../operations/validateShape.js';

/** Rules of the manifest generator between its members. Source: S3 User Guide, batch-ops-create-job. */
export function checkManifestGenerator(generator: unknown, operation: unknown): Finding[] {
  const inner = isRecord(generator) ? generator['S3JobManifestGenerator'] : undefined;
  if (!isRecord(inner)) return [];
  const findings: Finding[] = [];
  if (inner['EnableManifestOutput'] === true && inner['ManifestOutputLocation'] === undefined) {
    findings.push({
      path: [],
      code: 'manifest-output-location-missing',
      severity: 'error',
      message:
        'ManifestOutputLocation is missing, which EnableManifestOutput needs. Say where the list is stored, or write false.',
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
    });
  }
  return findings;
}
