import { BatchError } from '../../base/errors.js';
import { parseObjectArn, parseRoleArn } from '../job/arn.js';
import type { JobFile } from '../job/jobFile.js';
import { boto3Format } from './boto3Format.js';
import { cdkFormat } from './cdkFormat.js';
import { cloudFormationFormat } from './cloudFormationFormat.js';
import { powerShellFormat, shellFormat } from './commandLineFormat.js';
import type { ExportedJob, ExportFormat } from './exportFormat.js';
import { sdkFormat } from './sdkFormat.js';
import { stepFunctionsFormat } from './stepFunctionsFormat.js';
import { terraformFormat } from './terraformFormat.js';

/** By the name that `--format` takes. */
export const exportFormats = {
  sh: shellFormat,
  powershell: powerShellFormat,
  boto3: boto3Format,
  'sdk-v3': sdkFormat,
  terraform: terraformFormat,
  cloudformation: cloudFormationFormat,
  cdk: cdkFormat,
  'step-functions': stepFunctionsFormat,
} as const satisfies Readonly<Record<string, ExportFormat>>;
export type ExportFormatName = keyof typeof exportFormats;
export const exportFormatNames = Object.keys(exportFormats) as readonly ExportFormatName[];

/** Writes a job as code that creates it. Rejects with `NoAccount` when the role's ARN tells no account. */
export function exportJob(job: JobFile, format: ExportFormatName): string {
  return exportFormats[format].write(exportedJob(job));
}

function exportedJob(job: JobFile): ExportedJob {
  const role = parseRoleArn(job.RoleArn);
  if (role === undefined) {
    throw new BatchError('NoAccount', 'RoleArn is not the ARN of a role, so that the account of the job is not known.');
  }
  const { ManifestFile: path, ...members } = job;
  const place = path === undefined ? undefined : parseObjectArn(job.Manifest?.Location.ObjectArn ?? '');
  const title = (job.Description ?? `A job that runs ${Object.keys(job.Operation).join(', ')}`).replaceAll(/\s+/g, ' ');
  return {
    request: { AccountId: role.accountId, ...members },
    ...(path === undefined || place === undefined ? {} : { upload: { path, bucket: place.bucket, key: place.key } }),
    accountId: role.accountId,
    title,
  };
}
