/** The page of a job in the AWS console, of the partition that the Region is in. */
export function consoleUrl(region: string, jobId: string): string {
  return `https://${consoleHost(region)}/s3/jobs/${encodeURIComponent(jobId)}?region=${encodeURIComponent(region)}`;
}

/** The page of a role in the AWS console, of the partition that the Region is in. */
export function roleConsoleUrl(region: string, roleName: string): string {
  return `https://${consoleHost(region)}/iam/home?region=${encodeURIComponent(region)}#/roles/details/${encodeURIComponent(roleName)}`;
}

function consoleHost(region: string): string {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  return region.startsWith('us-gov-') ? 'console.amazonaws-us-gov.com' : `${region}.console.aws.amazon.com`;
}
