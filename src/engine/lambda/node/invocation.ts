import type { FunctionDefinition, InvocationContext, InvokeOutcome } from '../../contracts.js';
import { functionError } from '../functionError.js';
import { logGroupName, logStreamName } from '../lambdaVariables.js';
import { asJsonValue } from './jsonValue.js';
import { isUsualAnswer } from './usualAnswer.js';

/** Lambda's limit of a synchronous answer (Lambda quotas), which is only looked at for answers that are not small. */
const maxResponseBytes = 6_291_556;

/** One call of a handler, from the event to the outcome. What comes after the outcome is too late and changes nothing. */
export class Invocation {
  readonly context: InvocationContext;
  #isSettled = false;
  /** Called once, before the outcome is passed on. */
  readonly #onSettled: () => void;
  readonly #onOutcome: (outcome: InvokeOutcome) => void;

  constructor(context: InvocationContext, onSettled: () => void, onOutcome: (outcome: InvokeOutcome) => void) {
    this.context = context;
    this.#onSettled = onSettled;
    this.#onOutcome = onOutcome;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  settle(outcome: InvokeOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#onSettled();
    this.#onOutcome(outcome);
  }

  /**
   * Throws a TypeError for what JSON has no text for, such as a function, as the runtime client does. `noJsonType` is the error type of what
   * makes JSON fail.
   */
  returned(value: unknown, noJsonType = 'Error'): void {
    if (this.#isSettled) return;
    if (isUsualAnswer(value)) {
      this.settle({ kind: 'returned', payload: value });
      return;
    }
    let carried: { readonly value: unknown } | undefined;
    try {
      carried = asJsonValue(value);
    } catch {
      // Lambda's own words, which leave out why: a BigInt, a circular structure or a toJSON that throws.
      this.settle(functionError(noJsonType, 'Unable to stringify response body'));
      return;
    }
    // The client hands its native part an undefined text; these are that part's words.
    if (carried === undefined) throw new TypeError('Wrong arguments');
    if (typeof value === 'object' && isLarge(value, 0) && Buffer.byteLength(JSON.stringify(value)) > maxResponseBytes) {
      this.settle(
        functionError(
          'Function.ResponseSizeTooLarge',
          `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
        ),
      );
      return;
    }
    this.settle({ kind: 'returned', payload: carried.value });
  }
}

/** True when the value may be beyond the limit: it has a long text or a long list somewhere near its root. */
function isLarge(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.length > 100_000;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value) && value.length > 1000) return true;
  if (depth > 4) return false;
  for (const item of Object.values(value)) if (isLarge(item, depth + 1)) return true;
  return false;
}

/** What the contexts of all invocations of a function have in common. */
export interface ContextConstants {
  readonly functionName: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly invokedFunctionArn: string;
  readonly timeoutMs: number;
}

export function contextConstants(definition: FunctionDefinition): ContextConstants {
  return {
    functionName: definition.name,
    memoryLimitInMB: String(definition.memoryMb),
    logGroupName: logGroupName(definition),
    invokedFunctionArn: definition.arn,
    timeoutMs: definition.timeoutMs,
  };
}

/** The second argument of a handler (Lambda Developer Guide, nodejs-context). */
export class HandlerContext {
  readonly functionVersion = '$LATEST';
  readonly functionName: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName = logStreamName;
  readonly clientContext = undefined;
  readonly identity = undefined;
  readonly invokedFunctionArn: string;
  readonly awsRequestId: string;
  callbackWaitsForEmptyEventLoop = true;
  readonly getRemainingTimeInMillis: () => number;

  constructor(constants: ContextConstants, { requestId, deadlineMs }: InvocationContext) {
    this.functionName = constants.functionName;
    this.memoryLimitInMB = constants.memoryLimitInMB;
    this.logGroupName = constants.logGroupName;
    this.invokedFunctionArn = constants.invokedFunctionArn;
    this.awsRequestId = requestId;
    // With a debugger attached there is no deadline, and nothing to count down.
    this.getRemainingTimeInMillis = () => (deadlineMs === Infinity ? constants.timeoutMs : Math.max(0, deadlineMs - Date.now()));
  }
}
