import type { OperationDefinition } from './operation.js';

/** What holds for jobs with an operation, as whole sentences: for hovers and the reference page. */
export function operationFacts(definition: OperationDefinition): readonly string[] {
  return [
    definition.jobRegion === 'objects'
      ? 'The job belongs in the Region of the objects.'
      : 'The job belongs in the Region of the destination bucket.',
    definition.isOneBucketOnly
      ? 'All rows of the manifest name one bucket.'
      : 'Whether the rows may name several buckets is not documented: keep to one.',
    definition.maxObjects === undefined
      ? 'AWS gives no number of objects that a job can have.'
      : `At most ${(definition.maxObjects / 1e9).toFixed(0)} billion objects in a job.`,
    {
      no: 'Not for objects in directory buckets.',
      yes: 'Also for objects in directory buckets.',
      withSchema2: 'For objects in directory buckets with InvocationSchemaVersion "2.0" only.',
    }[definition.directoryBuckets],
    ...(definition.isReportNeeded ? ['The results are in the completion report only: enable it, with ExpectedBucketOwner.'] : []),
    ...(definition.notes ?? []).map(({ message }) => message),
  ];
}
