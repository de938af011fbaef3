/** Ids of one attempt, made from its numbers: the supervisor names a hung invocation without having been told its id. */

/** A UUID that Lambda would give the invocation: unique for job, start, row and attempt. */
export function requestIdOf(jobId: string, generation: number, row: number, attempt: number): string {
  return requestIds(jobId, generation)(row, attempt);
}

/** The same for many attempts of one run. */
export function requestIds(jobId: string, generation: number): (row: number, attempt: number) => string {
  const seed = jobId.replaceAll('-', '').padEnd(32, '0');
  const rest = `-4${hex(generation, 3)}-a${seed.slice(0, 3)}-${seed.slice(3, 15)}`;
  const firstAttempt = `-0000${rest}`;
  return (row, attempt) => hexWord(row) + (attempt === 0 ? firstAttempt : `-${hex(attempt, 4)}${rest}`);
}

/** Task and invocation ids are opaque, and look like base64 on the service. */
export function taskIds(jobId: string): (row: number) => string {
  const prefix = Buffer.from(jobId.slice(0, 9)).toString('base64');
  return (row) => prefix + hexWord(row);
}

export function invocationIdOf(taskId: string, attempt: number): string {
  return taskId + (attempt === 0 ? '000A' : `${hex(attempt, 3)}A`);
}

/** The last 256 rows with the same upper digits share their spelling. */
const lastDigits = Array.from({ length: 256 }, (_, value) => hex(value, 2));
let upperRow = -1;
let upperDigits = '';

function hexWord(row: number): string {
  const upper = row >>> 8;
  if (upper !== upperRow) {
    upperRow = upper;
    upperDigits = hex(upper, 6);
  }
  return upperDigits + (lastDigits[row & 255] as string);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0').slice(-digits);
}
