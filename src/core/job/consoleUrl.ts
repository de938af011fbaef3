/** The page of a job in the AWS console, of the partition that the Region is in. */
export function consoleUrl(region: string, jobId: string): string {
  const host = region.startsWith('cn-')
    ? 'console.amazonaws.cn'
    : region.startsWith('us-gov-')
      ? 'console.amazonaws-us-gov.com'
      : `${region}.console.aws.amazon.com`;
  return `https://${host}/s3/jobs/${encodeURIComponent(jobId)}?region=${encodeURIComponent(region)}`;
}
