import { lambdaInvoke } from './lambdaInvoke.js';
import type { OperationDefinition } from './operation.js';

/** Every operation that the product knows, in the order in which lists show them. A new operation is one file and one line here. */
export const operations: readonly OperationDefinition[] = [lambdaInvoke];

const byName = new Map(operations.map((operation) => [operation.name, operation]));

/** By the member of JobOperation; undefined when there is no such operation. */
export function findOperation(name: string): OperationDefinition | undefined {
  return byName.get(name);
}

/** Can the local engine run jobs with this operation? */
export function isPerformedLocally(name: string): boolean {
  return byName.get(name)?.isPerformedLocally === true;
}

/** The operations that jobs on a target of this kind can have. */
export function operationsFor(kind: 'local' | 'aws'): readonly OperationDefinition[] {
  return kind === 'aws' ? operations : operations.filter((operation) => operation.isPerformedLocally);
}
