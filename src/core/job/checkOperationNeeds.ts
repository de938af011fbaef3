import { operations } from '../operations/catalogue.js';
import { type Finding, isRecord } from '../operations/validateShape.js';
import { accountIn } from './accountIn.js';
import { reportFormat } from './requestShapes.js';

/** What an operation needs of the rest of the job, and what it does that is easily overlooked. */
export function checkOperationNeeds(request: Record<string, unknown>): Finding[] {
  const operation = isRecord(request['Operation']) ? request['Operation'] : {};
  const findings: Finding[] = [];
  for (const definition of operations) {
    if (operation[definition.name] === undefined) continue;
    if (definition.isReportNeeded && isRecord(request['Report'])) {
      findings.push(...checkNeededReport(definition.label, request['Report'], accountIn(request)));
    }
    for (const { code, message, appliesTo } of definition.notes ?? []) {
      const parameters = operation[definition.name];
      if (!isRecord(parameters) || appliesTo?.(parameters) === false) continue;
      findings.push({ path: ['Operation', definition.name], code, severity: 'information', message });
    }
  }
  return [
    ...findings,
    ...checkReplication(request, operation),
    ...checkEmptyTagSet(operation),
    ...checkCopyTarget(request, operation),
  ];
}

/** Source: S3 User Guide, s3-batch-replication-batch. */
function checkReplication(request: Record<string, unknown>, operation: Record<string, unknown>): Finding[] {
  const manifest = isRecord(request['Manifest']) ? request['Manifest'] : {};
  const spec = isRecord(manifest['Spec']) ? manifest['Spec'] : {};
  const fields: unknown = spec['Fields'];
  if (operation['S3ReplicateObject'] === undefined || !Array.isArray(fields) || fields.includes('VersionId')) return [];
  return [
    {
      path: ['Manifest', 'Spec', 'Fields'],
      code: 'replicate-without-versions',
      severity: 'warning',
      message: 'Replicating from a bucket with versioning needs version ids: add a VersionId column to manifest and Fields.',
      fix: {
        title: 'Add the column VersionId',
        changes: [{ path: ['Manifest', 'Spec', 'Fields'], value: [...(fields as unknown[]), 'VersionId'] }],
      },
    },
  ];
}

/** Source: S3 User Guide, batch-ops-put-object-tagging. */
function checkEmptyTagSet(operation: Record<string, unknown>): Finding[] {
  const parameters = operation['S3PutObjectTagging'];
  const tags = isRecord(parameters) ? parameters['TagSet'] : undefined;
  if (!Array.isArray(tags) || tags.length > 0) return [];
  return [
    {
      path: ['Operation', 'S3PutObjectTagging', 'TagSet'],
      code: 'tag-set-empty',
      severity: 'warning',
      message: 'An empty TagSet removes all tags of every object. If that is meant, S3DeleteObjectTagging says so.',
      fix: {
        title: 'Change to S3DeleteObjectTagging',
        changes: [
          { path: ['Operation', 'S3PutObjectTagging'], value: undefined },
          { path: ['Operation', 'S3DeleteObjectTagging'], value: {} },
        ],
      },
    },
  ];
}

/** CopyObject refuses a copy onto itself that changes nothing (`InvalidRequest`). Source: API Reference, CopyObject. */
function checkCopyTarget(request: Record<string, unknown>, operation: Record<string, unknown>): Finding[] {
  const copy = operation['S3PutObjectCopy'];
  const generator = isRecord(request['ManifestGenerator']) ? request['ManifestGenerator']['S3JobManifestGenerator'] : undefined;
  if (!isRecord(copy) || !isRecord(generator) || copy['TargetResource'] !== generator['SourceBucket']) return [];
  const changes = [
    'TargetKeyPrefix',
    'StorageClass',
    'NewObjectMetadata',
    'SSEAwsKmsKeyId',
    'RedirectLocation',
    'BucketKeyEnabled',
  ];
  if (copy['TargetResource'] === undefined || changes.some((member) => copy[member] !== undefined)) return [];
  return [
    {
      path: ['Operation', 'S3PutObjectCopy', 'TargetResource'],
      code: 'copy-onto-itself',
      severity: 'warning',
      message:
        'Objects are copied onto themselves and nothing changes, which S3 refuses. Set TargetKeyPrefix, StorageClass or NewObjectMetadata.',
    },
  ];
}

/** Source: S3 User Guide, batch-ops-compute-checksums. */
function checkNeededReport(label: string, report: Record<string, unknown>, account: string | undefined): Finding[] {
  if (report['Enabled'] === false) {
    return [
      {
        path: ['Report', 'Enabled'],
        code: 'report-needed',
        severity: 'error',
        message: `${label} writes its results to the completion report only. Enable the report.`,
        fix: {
          title: 'Enable the report',
          changes: Object.entries({
            Enabled: true,
            Bucket: report['Bucket'] ?? 'arn:aws:s3:::amzn-s3-demo-reports',
            Format: reportFormat,
            ReportScope: 'AllTasks',
            ExpectedBucketOwner: report['ExpectedBucketOwner'] ?? account ?? '111122223333',
          }).map(([member, value]) => ({ path: ['Report', member], value })),
        },
      },
    ];
  }
  if (report['Enabled'] !== true) return [];
  const findings: Finding[] = [];
  if (report['ExpectedBucketOwner'] === undefined) {
    const owner = account ?? '111122223333';
    findings.push({
      path: ['Report'],
      code: 'report-needs',
      severity: 'error',
      member: 'ExpectedBucketOwner',
      message: `Report: ExpectedBucketOwner is missing, which ${label} needs. Write the account that owns the report bucket.`,
      fix: { title: `Add ExpectedBucketOwner "${owner}"`, changes: [{ path: ['Report', 'ExpectedBucketOwner'], value: owner }] },
    });
  }
  if (report['ReportScope'] === 'FailedTasksOnly') {
    findings.push({
      path: ['Report', 'ReportScope'],
      code: 'report-scope-loses-results',
      severity: 'warning',
      message: `${label} writes its results to the completion report, which lists failed tasks only. Write "AllTasks".`,
      fix: { title: 'Change to "AllTasks"', changes: [{ path: ['Report', 'ReportScope'], value: 'AllTasks' }] },
    });
  }
  return findings;
}
