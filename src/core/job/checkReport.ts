import { type Finding, isRecord } from '../operations/validateShape.js';
import { checkBucketArn } from './checkS3Arn.js';
import { reportFormat } from './requestShapes.js';

/** What an enabled report needs, and its bucket and prefix. Source: S3 User Guide, batch-ops-create-job and batch-ops-examples-reports. */
export function checkReport(report: unknown): Finding[] {
  if (!isRecord(report)) return [];
  const findings: Finding[] = [];
  if (report['Enabled'] === true) findings.push(...checkNeeds(report));
  if (typeof report['Bucket'] === 'string') findings.push(...checkBucketArn(report['Bucket'], ['Report', 'Bucket'], false));
  const prefix = report['Prefix'];
  if (typeof prefix === 'string' && prefix.endsWith('/')) {
    const trimmed = prefix.replace(/\/+$/, '');
    findings.push({
      path: ['Report', 'Prefix'],
      code: 'prefix-trailing-slash',
      severity: 'warning',
      message: `Report.Prefix ends with a slash, so that keys of the report get two: ${prefix}/job-….`,
      fix: { title: 'Remove the slash', changes: [{ path: ['Report', 'Prefix'], value: trimmed === '' ? undefined : trimmed }] },
    });
  }
  return findings;
}

function checkNeeds(report: Record<string, unknown>): Finding[] {
  const needs: readonly (readonly [string, string, string])[] = [
    ['Bucket', 'arn:aws:s3:::amzn-s3-demo-reports', 'Name the bucket that the report is written to.'],
    ['Format', reportFormat, `Write "${reportFormat}", the only format.`],
    ['ReportScope', 'AllTasks', 'Write "AllTasks" or "FailedTasksOnly".'],
  ];
  return needs
    .filter(([member]) => report[member] === undefined)
    .map(([member, value, advice]) => ({
      path: ['Report'],
      code: 'report-needs',
      severity: 'error',
      member,
      message: `Report: ${member} is missing, which an enabled report needs. ${advice}`,
      fix: { title: `Add ${member} "${value}"`, changes: [{ path: ['Report', member], value }] },
      otherFixes: [{ title: 'Write no report', changes: [{ path: ['Report', 'Enabled'], value: false }] }],
    }));
}
