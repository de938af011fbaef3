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
  return (row, attempt) => hex(row, 8) + (attempt === 0 ? firstAttempt : `-${hex(attempt, 4)}${rest}`);
}

/** Task and invocation ids are opaque, and look like base64 on the service. */
export function taskIds(jobId: string): (row: number) => string {
  const prefix = Buffer.from(jobId.slice(0, 9)).toString('base64');
  return (row) => prefix + hex(row, 8);
}

export function invocationIdOf(taskId: string, attempt: number): string {
  return `${taskId}${hex(attempt, 3)}A`;
}

const zeros = '00000000';

function hex(value: number, digits: number): string {
  const text = value.toString(16);
  return text.length >= digits ? text.slice(-digits) : zeros.slice(0, digits - text.length) + text;
}
