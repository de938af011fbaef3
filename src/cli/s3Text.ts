/** Whether an argument names a place in S3 rather than a file. */
export function isS3(text: string): boolean {
  return /^s3:\/\//i.test(text);
}
