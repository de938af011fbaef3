import type { InvokeOutcome } from '../../src/engine/contracts.js';

/** An outcome in a line, without request id. */
export function briefOutcome(outcome: InvokeOutcome): string {
  switch (outcome.kind) {
    case 'returned':
      return `returned ${JSON.stringify(outcome.payload)}`;
    case 'invalidJson':
      return `invalidJson ${outcome.text}`;
    case 'functionError':
      return `${outcome.errorType}: ${outcome.errorMessage.replace(/^RequestId: \S+ /, '')}`;
    case 'timedOut':
      return `timedOut ${outcome.afterMs}`;
  }
}
