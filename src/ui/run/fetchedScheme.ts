/** Of documents that say what was fetched for a job. */
export const fetchedScheme = 's3batch-fetched';
