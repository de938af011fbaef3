import type { CreateJobRequest } from '../../core/job/jobTypes.js';

/** The one operation of a validated request. */
export function operationOf({ Operation: operation }: CreateJobRequest): { readonly name: string; readonly parameters: unknown } {
  const [[name, parameters] = ['', undefined]] = Object.entries(operation);
  return { name, parameters };
}
