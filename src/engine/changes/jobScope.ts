import { AsyncLocalStorage } from 'node:async_hooks';

/** The job on whose behalf the store is used, through all that is awaited: what an operation of it, or its handler, changes is its doing. */
const scope = new AsyncLocalStorage<string>();

export function runForJob<T>(jobId: string, work: () => T): T {
  return scope.run(jobId, work);
}

/** Undefined for everybody else: clients, people, and the engine itself when it writes a report. */
export function currentJob(): string | undefined {
  return scope.getStore();
}

const tokenPrefix = 's3batch-job-';

/**
 * Session token that the handlers of a job carry, as those of Lambda do, and that their SDKs send with each request. It names the job and
 * is no secret: the keys are what opens the engine.
 */
export function jobToken(jobId: string): string {
  return `${tokenPrefix}${jobId}`;
}

/** The job that a token names; undefined for any other token. */
export function jobOfToken(token: string | undefined): string | undefined {
  return token?.startsWith(tokenPrefix) === true ? token.slice(tokenPrefix.length) : undefined;
}
