import type { JobFailure } from '../job/jobTypes.js';
import { explainJobFailure } from '../report/knownErrors.js';

export interface JobFailureText {
  /** In the service's words, with its code. */
  readonly said: string;
  /** What that means and what to do; undefined when the reason is not known. */
  readonly meaning: string | undefined;
}

/** A reason why a job failed, for people. */
export function jobFailureText({ FailureCode: code, FailureReason: reason }: JobFailure): JobFailureText {
  const known = reason === undefined ? undefined : explainJobFailure(reason);
  return {
    said: [code, reason].filter((part) => part !== undefined).join(': '),
    meaning: known === undefined ? undefined : `${known.explanation} ${known.advice}`,
  };
}
