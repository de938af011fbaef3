/** Entry of dist/aws.js: what ui and cli load when the first target is talked to. Nothing of AWS is loaded before. */
export { createAwsTarget } from './awsTarget.js';
export { listProfiles } from './awsProfiles.js';
export { createAwsLister, createLocalLister } from './bucketLister.js';
export { JobFetch } from './jobFetch.js';
export { createObjectSource } from './objectFetcher.js';
export { createLocalClient } from './localClient.js';
