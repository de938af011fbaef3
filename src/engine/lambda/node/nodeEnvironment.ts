import { BatchError } from '../../../base/errors.js';
import type { Environment, EnvironmentOptions, FunctionDefinition, InvocationContext, InvokeOutcome } from '../../contracts.js';
import { releaseHostHandles } from '../../hostHandles.js';
import { exitError, type FunctionErrorOutcome, functionError } from '../functionError.js';
import { lambdaVariables, refusedVariables } from '../lambdaVariables.js';
import { layerModules } from '../layers.js';
import { CallbackContext, callbackFunctions } from './callbackContext.js';
import { type ContextConstants, contextConstants, HandlerContext, Invocation } from './invocation.js';
import { loadFailure } from './loadFailure.js';
import { type HandlerFunction, loadHandler } from './loadHandler.js';
import { ModuleSupport } from './moduleSupport.js';
import { type NodeSemantics, nodeSemantics } from './nodeSemantics.js';
import { OutputCapture } from './outputCapture.js';
import { hasText, thrownError } from './thrownError.js';

/** How often a pending invocation is looked at. A handler that answers at once never sees the clock. */
const watchIntervalMs = 25;
/** Lambda's limit for loading a function (Lambda Developer Guide, lambda-runtime-environment). */
const initLimitMs = 10_000;

/** Thrown by `process.exit` inside a handler, after the outcome is known, to leave the handler. */
class HandlerExit extends Error {}

/** The words of aws-lambda-ric 4.0.2. */
const noCallbacks =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a ' +
  'supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/**
 * A Node.js environment in this very thread, so that an invocation costs a function call. It takes over the thread: its environment
 * variables, output, module loader, `process.exit` and what is thrown outside of any handler. Have one per thread, and hold nothing
 * in that thread that keeps the event loop busy while an invocation is pending (or tell of it, addHostHandle): a handler that never
 * settles is recognised by the loop running empty.
 * A handler that never yields can't be interrupted from within; its owner ends the thread.
 */
export class NodeEnvironment implements Environment {
  readonly #definition: FunctionDefinition;
  readonly #options: EnvironmentOptions;
  readonly #semantics: NodeSemantics;
  readonly #constants: ContextConstants;
  readonly #output: OutputCapture;
  readonly #modules: ModuleSupport;
  readonly #variables: Readonly<Record<string, string | undefined>>;
  readonly #exit = process.exit.bind(process);
  readonly #listeners: readonly [string, (...args: never[]) => void][];
  readonly #watch: NodeJS.Timeout;
  #handler: HandlerFunction | undefined;
  #initError: FunctionErrorOutcome | undefined;
  #current: Invocation | undefined;
  /** What happens when the event loop has nothing left while the invocation is pending. */
  #idleAnswer: (() => void) | undefined;
  /** Ends a loading that fails outside of its own promise. */
  #failInit: ((outcome: FunctionErrorOutcome) => void) | undefined;
  #isUsable = true;
  #isDisposed = false;
  #generation = 0;
  #holdHost: (() => void) | undefined;

  static async create(definition: FunctionDefinition, options: EnvironmentOptions): Promise<NodeEnvironment> {
    const environment = new NodeEnvironment(definition, options);
    for (const name of refusedVariables(definition)) {
      options.onOutput(
        'stderr',
        `The variable ${name} of ${definition.name} is left out: it would lead the handler away from the local engine.`,
      );
    }
    await environment.#load();
    return environment;
  }

  constructor(definition: FunctionDefinition, options: EnvironmentOptions) {
    this.#definition = definition;
    this.#options = options;
    this.#semantics = nodeSemantics(definition.runtime);
    this.#constants = contextConstants(definition);
    this.#variables = { ...process.env };
    replaceVariables(lambdaVariables(definition, options, this.#variables));
    this.#output = new OutputCapture(options.onOutput);
    this.#modules = new ModuleSupport(options.handlerSdk, layerModules(definition));
    process.exit = ((code?: number | string | null) => this.#onExit(code)) as typeof process.exit;
    this.#listeners = [
      ['unhandledRejection', (reason: unknown) => this.#onUnhandledRejection(reason)],
      ['uncaughtException', (error: unknown) => this.#onUncaughtException(error)],
      ['beforeExit', () => this.#onIdle()],
    ];
    for (const [name, listener] of this.#listeners) process.on(name, listener as () => void);
    this.#watch = setInterval(() => this.#check(), watchIntervalMs);
    this.#watch.unref();
  }

  get isUsable(): boolean {
    return this.#isUsable && !this.#isDisposed;
  }

  get loadFailure(): InvokeOutcome | undefined {
    return this.#initError;
  }

  async #load(): Promise<void> {
    this.#handler = undefined;
    this.#initError = undefined;
    const failed = new Promise<FunctionErrorOutcome>((resolve) => {
      this.#failInit = resolve;
    });
    const limit = this.#options.isDebugged === true ? undefined : setTimeout(this.#onInitLimit, initLimitMs);
    const loaded = loadHandler(this.#definition, this.#modules, this.#generation, {
      isDebugged: this.#options.isDebugged === true,
      onWarning: (message) => this.#options.onOutput('stderr', message),
    }).then(
      (handler) => handler,
      (error: unknown) => (error instanceof HandlerExit ? failed : loadFailure(error, this.#definition)),
    );
    const result = await Promise.race([loaded, failed]);
    clearTimeout(limit);
    this.#failInit = undefined;
    if (typeof result !== 'function') {
      this.#initError = result;
    } else if (this.#semantics === 'promises' && result.length >= 3) {
      this.#initError = functionError('Runtime.CallbackHandlerDeprecated', noCallbacks);
    } else {
      this.#handler = result;
    }
    this.#output.flush();
  }

  readonly #onInitLimit = (): void => {
    const seconds = initLimitMs / 1000;
    this.#failInit?.(functionError('Sandbox.Timedout', `The function did not finish loading within ${seconds} seconds.`));
  };

  async invoke(event: unknown, context: InvocationContext): Promise<InvokeOutcome> {
    if (!this.isUsable && !this.#isDisposed && this.#current === undefined) await this.#restart();
    return new Promise((resolve) => this.begin(event, context, resolve));
  }

  begin(event: unknown, context: InvocationContext, onOutcome: (outcome: InvokeOutcome) => void): void {
    if (this.#isDisposed) throw new BatchError('Internal', 'The environment has been disposed.');
    if (this.#current !== undefined) throw new BatchError('Internal', 'The environment is busy.');
    if (!this.#isUsable) throw new BatchError('Internal', 'The environment is to be started anew.');
    if (this.#initError !== undefined) {
      onOutcome(this.#initError);
      return;
    }
    const invocation = new Invocation(context, this.#onSettled, onOutcome);
    this.#current = invocation;
    if (this.#semantics === 'callbacks') this.#callWithCallback(event, invocation);
    else this.#call(event, invocation);
  }

  readonly #onSettled = (): void => {
    this.#current = undefined;
    this.#idleAnswer = undefined;
    this.#output.flush();
    if (this.#holdHost !== undefined) {
      this.#holdHost();
      this.#holdHost = undefined;
    }
  };

  #call(event: unknown, invocation: Invocation): void {
    let result: unknown;
    try {
      result = this.#handler?.(event, new HandlerContext(this.#constants, invocation.context));
    } catch (error) {
      this.#threw(invocation, error);
      return;
    }
    if (isThenable(result))
      result.then(
        (value) => this.#returned(invocation, value),
        (error: unknown) => this.#threw(invocation, error),
      );
    else this.#returned(invocation, result);
  }

  /** As aws-lambda-ric 3.x does it, measured on 3.3.0: what the handler's promise gives, or it throws, is one more call of its functions. */
  #callWithCallback(event: unknown, invocation: Invocation): void {
    const functions = callbackFunctions(
      invocation,
      () => context.callbackWaitsForEmptyEventLoop,
      (answer) => this.#waitForIdle(invocation, answer),
    );
    const context = new CallbackContext(this.#constants, invocation.context, functions);
    const orFail =
      (end: (value: unknown) => void) =>
      (value: unknown): void => {
        try {
          end(value);
        } catch (error) {
          functions.fail(error);
        }
      };
    try {
      const result = this.#handler?.(event, context, functions.callback);
      if (result instanceof Promise) void result.then(orFail(functions.succeed), orFail(functions.fail));
      // Of a thenable that is no promise the client asks more than it may have, and fails with what that throws.
      else if (isThenable(result)) (result as Promise<unknown>).then(functions.succeed, functions.fail).catch(functions.fail);
      // Without a promise the result itself counts for nothing: the callback may come, or the loop runs empty.
      else if (!invocation.isSettled && this.#idleAnswer === undefined)
        this.#waitForIdle(invocation, () => invocation.returned(null));
    } catch (error) {
      try {
        functions.callback(error);
      } catch (failure) {
        // The client does not get over this one: it posts it and ends.
        this.#crash(thrownError(failure, 'callbacks'));
      }
    }
  }

  /** As aws-lambda-ric 4.x does it, measured on 4.0.2; so is what follows. */
  #returned(invocation: Invocation, value: unknown): void {
    try {
      invocation.returned(value, 'Runtime.JSONStringifyError');
    } catch (error) {
      this.#threw(invocation, error);
    }
  }

  #threw(invocation: Invocation, error: unknown): void {
    if (error instanceof HandlerExit || invocation.isSettled) return;
    // The client does not get over what has no text.
    if (hasText(error)) invocation.settle(thrownError(error, this.#semantics));
    else this.#crash(this.#exitStatus(1));
  }

  #waitForIdle(invocation: Invocation, answer: () => void): void {
    if (invocation.isSettled) return;
    this.#idleAnswer = answer;
    this.#holdHost ??= releaseHostHandles();
  }

  #onIdle(): void {
    const invocation = this.#current;
    const answer = this.#idleAnswer;
    this.#idleAnswer = undefined;
    if (this.#failInit !== undefined) {
      const fail = this.#failInit;
      setImmediate(() => fail(exitError(undefined, undefined)));
      return;
    }
    if (invocation === undefined) return;
    // A task of its own keeps the thread alive while what the outcome sets off gets going.
    setImmediate(() => {
      if (answer !== undefined) answer();
      else if (this.#semantics === 'callbacks') invocation.returned(null);
      else this.#crash(exitError(invocation.context.requestId, undefined));
    });
  }

  /** The slow path of an invocation that did not answer at once. */
  #check(): void {
    const invocation = this.#current;
    if (invocation === undefined) return;
    if (Date.now() >= invocation.context.deadlineMs) {
      this.#isUsable = false;
      invocation.settle({ kind: 'timedOut', afterMs: this.#definition.timeoutMs, requestId: invocation.context.requestId });
      return;
    }
    this.#holdHost ??= releaseHostHandles();
  }

  #onExit(code: number | string | null | undefined): never {
    const status = Number(code ?? process.exitCode ?? 0);
    const how = status === 0 ? undefined : `exit status ${status}`;
    if (this.#failInit !== undefined) this.#failInit(exitError(undefined, how));
    else if (this.#current !== undefined) this.#crash(exitError(this.#current.context.requestId, how));
    else return this.#exit(code);
    throw new HandlerExit('process.exit');
  }

  #onUnhandledRejection(reason: unknown): void {
    if (reason instanceof HandlerExit) return;
    const error = thrownError(reason, this.#semantics);
    if (this.#semantics === 'promises' || this.#isIdle) this.#report('Unhandled Promise Rejection', error);
    if (this.#semantics === 'promises') this.#crash(this.#exitStatus(1));
    else {
      const message = reason instanceof Error ? `${reason.name}: ${reason.message}` : error.errorMessage;
      this.#crash(functionError('Runtime.UnhandledPromiseRejection', message, error.trace));
    }
  }

  #onUncaughtException(error: unknown): void {
    if (error instanceof HandlerExit) return;
    const outcome = thrownError(error, this.#semantics);
    if (this.#semantics === 'promises' || this.#isIdle) this.#report('Uncaught Exception', outcome);
    this.#crash(this.#semantics === 'promises' ? this.#exitStatus(1) : outcome);
  }

  /** Nobody would hear of what goes wrong now, but for the log. */
  get #isIdle(): boolean {
    return this.#current === undefined && this.#failInit === undefined;
  }

  #exitStatus(status: number): FunctionErrorOutcome {
    return exitError(this.#current?.context.requestId, `exit status ${status}`);
  }

  /** The runtime would have ended here. */
  #crash(outcome: FunctionErrorOutcome): void {
    if (this.#failInit !== undefined) {
      this.#failInit(outcome);
      return;
    }
    this.#isUsable = false;
    this.#current?.settle(outcome);
  }

  /** A fresh environment in the same thread: modules are loaded anew, and with them their state. */
  async #restart(): Promise<void> {
    this.#generation += 1;
    this.#modules.forgetModules();
    replaceVariables(lambdaVariables(this.#definition, this.#options, this.#variables));
    this.#isUsable = true;
    await this.#load();
  }

  /** An error that no outcome carries. */
  #report(what: string, error: FunctionErrorOutcome): void {
    this.#output.flush();
    const lines = error.trace.length > 0 ? error.trace : [`${error.errorType}: ${error.errorMessage}`];
    this.#options.onOutput('stderr', `${what}: ${lines[0] ?? ''}`);
    for (const line of lines.slice(1)) this.#options.onOutput('stderr', line);
  }

  dispose(): Promise<void> {
    if (this.#isDisposed) return Promise.resolve();
    this.#isDisposed = true;
    clearInterval(this.#watch);
    const current = this.#current;
    current?.settle(exitError(current.context.requestId, 'signal: killed'));
    for (const [name, listener] of this.#listeners) process.off(name, listener as () => void);
    process.exit = this.#exit;
    this.#output.dispose();
    this.#modules.dispose();
    replaceVariables(this.#variables);
    return Promise.resolve();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

function replaceVariables(variables: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (variables[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(variables))
    if (value !== undefined && process.env[name] !== value) process.env[name] = value;
}
