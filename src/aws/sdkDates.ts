/**
 * The SDK speaks `Date`, the core ISO 8601 text, as on the wire. These two functions are the only place where one becomes the other.
 */

/** Every timestamp member that a CreateJob request can carry (S3 Control API Reference, CreateJob). */
const timestampMembers: ReadonlySet<string> = new Set([
  'CreatedAfter',
  'CreatedBefore',
  'HttpExpiresDate',
  'ModifiedSinceConstraint',
  'ObjectLockRetainUntilDate',
  'RetainUntilDate',
  'UnModifiedSinceConstraint',
]);

/** Maps whose keys are the user's own words and therefore no member names. */
const userMaps: ReadonlySet<string> = new Set(['UserArguments', 'UserMetadata']);

/** A copy in which every `Date` is an ISO 8601 string and members that are undefined are left out. */
export function datesToText(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(datesToText);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) result[name] = datesToText(member);
  }
  return result;
}

/** A copy in which the timestamp members of a request are `Date`s. Text that is no date stays text. */
export function textToDates(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(textToDates);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string' && timestampMembers.has(name)) result[name] = parseDate(member) ?? member;
    else result[name] = userMaps.has(name) ? member : textToDates(member);
  }
  return result;
}

function parseDate(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
