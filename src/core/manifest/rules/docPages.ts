/** The pages of the S3 User Guide that the rules come from. */
const guide = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/';

export const docPages = {
  manifest: `${guide}batch-ops-create-job.html#specify-batchjob-manifest`,
  troubleshooting: `${guide}troubleshooting-batch-operations.html`,
  versionIds: `${guide}inventory-configure-bops.html`,
  bucketNames: `${guide}bucketnamingrules.html`,
  objectKeys: `${guide}object-keys.html`,
  lambda: `${guide}batch-ops-invoke-lambda.html`,
} as const;
