/** Ids of one attempt, made from its numbers: the supervisor names a hung invocation without having been told its id. */

/** A UUID that Lambda would give the invocation: unique for job, start, row and attempt. */
export function requestIdOf(jobId: string, generation: number, row: number, attempt: number): string {
  const seed = jobId.replaceAll('-', '').padEnd(32, '0');
  const first = hex(row, 8);
  const second = hex(attempt, 4);
  return `${first}-${second}-4${hex(generation, 3)}-a${seed.slice(0, 3)}-${seed.slice(3, 15)}`;
}

/** Opaque, like the service's. */
export function taskIdOf(jobId: string, row: number): string {
  return Buffer.from(`${jobId.slice(0, 8)}:${row}`).toString('base64');
}

/** Opaque, like the service's. */
export function invocationIdOf(requestId: string): string {
  return Buffer.from(requestId).toString('base64');
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0').slice(-digits);
}
