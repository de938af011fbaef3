import type { FunctionSummary } from '../job/target.js';
import type { PickOption } from './form.js';

/** A function as it is offered; one that is declared twice, or that AWS does not have ready, with what is to be known of that. */
export function functionOption({
  name,
  arn,
  runtime,
  description,
  stateReason,
}: FunctionSummary): PickOption & { value: string } {
  return {
    label: name,
    description: runtime ?? '',
    detail: stateReason === undefined ? (description ?? arn) : `$(warning) ${stateReason}`,
    value: arn,
  };
}
