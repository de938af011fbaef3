/** Names that a new bucket may have. Source: S3 User Guide, bucketnamingrules, general purpose buckets. */
export function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d{1,3}(\.\d{1,3}){3}$/.test(name) &&
    !/^(xn--|sthree-|amzn-s3-demo-)/.test(name) &&
    !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  );
}

/** Names that a bucket may have that exists already: those that us-east-1 once allowed too, such as `My_Bucket`. */
export function isExistingBucketName(name: string): boolean {
  return /^[A-Za-z0-9._-]{3,255}$/.test(name) && name !== '...';
}
