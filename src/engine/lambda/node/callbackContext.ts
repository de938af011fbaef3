import type { InvocationContext } from '../../contracts.js';
import { type ContextConstants, HandlerContext, type Invocation } from './invocation.js';
import { isError, thrownError } from './thrownError.js';

type Finish = (error?: unknown, value?: unknown) => void;

/** What handlers of Node.js 22 and older have besides (aws-lambda-ric 3.x). */
export interface CallbackFunctions {
  readonly succeed: (value?: unknown) => void;
  readonly fail: (error?: unknown) => void;
  readonly done: Finish;
  /** The third argument of the handler. */
  readonly callback: Finish;
}

export class CallbackContext extends HandlerContext implements Omit<CallbackFunctions, 'callback'> {
  readonly succeed: CallbackFunctions['succeed'];
  readonly fail: CallbackFunctions['fail'];
  readonly done: CallbackFunctions['done'];

  constructor(constants: ContextConstants, context: InvocationContext, { succeed, fail, done }: CallbackFunctions) {
    super(constants, context);
    this.succeed = succeed;
    this.fail = fail;
    this.done = done;
  }
}

/**
 * The functions that end an invocation. Whichever is called first counts, and no other; one that throws, for a value that can't be
 * posted, has not been called. The callback alone waits, with a result, for the event loop to run empty: `answerWhenIdle`.
 */
export function callbackFunctions(
  invocation: Invocation,
  waitsForIdle: () => boolean,
  answerWhenIdle: (answer: () => void) => void,
): CallbackFunctions {
  let isFinished = false;
  const end: Finish = (error, value) => {
    if (error === undefined || error === null) {
      invocation.returned(value);
      return;
    }
    // The client logs it first, and fails itself over what has no text.
    if (!isError(error)) asText(error);
    invocation.settle(thrownError(error, 'callbacks'));
  };
  const done: Finish = (error, value) => {
    if (isFinished) return;
    end(error, value);
    isFinished = true;
  };
  return {
    succeed: (value) => done(undefined, value),
    fail: (error) => done(error ?? 'handled'),
    done,
    callback: (error, value) => {
      if (isFinished) return;
      if ((error === undefined || error === null) && waitsForIdle()) answerWhenIdle(() => invocation.returned(value));
      else end(error, value);
      isFinished = true;
    },
  };
}

/** Throws for a symbol, and for an object without a prototype. */
function asText(value: unknown): string {
  return `${value as string}`;
}
