import { randomUUID } from 'node:crypto';
import { errorMessage, isBatchError } from '../../base/errors.js';
import type {
  EngineContext,
  EngineRequest,
  EngineResponse,
  Environment,
  FunctionDefinition,
  FunctionRegistry,
  InvokeOutcome,
  Router,
} from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import { siblingScript } from '../siblingScript.js';
import { createEnvironment, runtimeFamily } from './createEnvironment.js';
import { EnvironmentPool } from './environmentPool.js';
import { errorPayload } from './errorPayload.js';
import { functionConfiguration, functionDocument } from './functionDocuments.js';
import { functionNamePattern, lambdaArn, parseFunctionName } from './functionName.js';
import { HostedEnvironment } from './hostedEnvironment.js';
import { InvocationLog } from './invocationLog.js';

const basePath = '/2015-03-31/functions';
/** Lambda's limit of a synchronous payload (Lambda quotas). */
const maxPayloadBytes = 6_291_456;
/** A page of ListFunctions has at most so many, whatever is asked for (Lambda API Reference, ListFunctions). */
const maxPageSize = 50;

export interface LambdaRouterOptions {
  /** Path of lambdaHost.js; beside the running bundle unless said. */
  readonly hostScript?: string;
  readonly handlerSdk?: string;
}

/**
 * The part of Lambda's API that clients of functions use: list, get, invoke. Functions come from templates, so nothing here makes or
 * changes one. Every version and alias is the code as it lies on this machine.
 */
export function createLambdaRouter(
  context: EngineContext,
  functions: FunctionRegistry,
  options: LambdaRouterOptions = {},
): { router: Router; close(): Promise<void> } {
  const api = new LambdaApi(context, functions, options);
  return { router: (request) => api.route(request), close: () => api.close() };
}

class LambdaApi {
  readonly #context: EngineContext;
  readonly #functions: FunctionRegistry;
  readonly #pool: EnvironmentPool;
  /** Asynchronous invocations that are under way. */
  readonly #background = new Set<Promise<void>>();

  constructor(context: EngineContext, functions: FunctionRegistry, options: LambdaRouterOptions) {
    this.#context = context;
    this.#functions = functions;
    const hostScript = options.hostScript ?? siblingScript('lambdaHost', 'lambda/lambdaHost');
    this.#pool = new EnvironmentPool(
      (definition, onOutput): Environment | Promise<Environment> => {
        const environmentOptions = {
          region: context.region,
          accountId: context.accountId,
          endpoint: context.endpoint(),
          accessKeyId: context.accessKeyId,
          secretAccessKey: context.secretAccessKey,
          ...(options.handlerSdk === undefined ? {} : { handlerSdk: options.handlerSdk }),
          ...(context.python === undefined ? {} : { python: context.python }),
          onOutput,
        };
        // Node.js takes over the process that it runs in; the others have one of their own anyway.
        return runtimeFamily(definition.runtime) === 'node'
          ? new HostedEnvironment(hostScript, definition, environmentOptions)
          : createEnvironment(definition, environmentOptions);
      },
      context.clock,
      context.settings,
    );
  }

  async route(request: EngineRequest): Promise<EngineResponse | undefined> {
    if (request.service !== 'lambda') return undefined;
    const { method, rawPath } = request;
    const path = rawPath.replace(/\/$/, '');
    if (path === basePath) {
      if (method === 'GET') return this.#list(request);
      throw notHere(method === 'POST' ? 'CreateFunction' : `${method} ${path}`);
    }
    if (!path.startsWith(`${basePath}/`)) throw notHere(`${method} ${path}`);
    const [rawName = '', action = '', ...rest] = path.slice(basePath.length + 1).split('/');
    const name = decodeName(rawName);
    if (method === 'POST' && action === 'invocations' && rest.length === 0) return this.#invoke(request, name);
    if (method !== 'GET' || rest.length > 1) throw notHere(`${method} ${path}`);
    const definition = await this.#find(name, request.query.get('Qualifier'));
    const { accountId, region } = this.#context;
    if (action === '') return json(200, functionDocument(definition, accountId, region));
    const configuration = functionConfiguration(definition, accountId, region);
    if (action === 'configuration' && rest.length === 0) return json(200, configuration);
    if (action === 'versions' && rest.length === 0) {
      return json(200, { Versions: [{ ...configuration, FunctionArn: `${definition.arn}:$LATEST` }], NextMarker: null });
    }
    if (action === 'aliases' && rest.length === 0) return json(200, { Aliases: [], NextMarker: null });
    if (action === 'aliases' || action === 'policy') {
      throw new ServiceError(404, 'ResourceNotFoundException', 'The resource you requested does not exist.');
    }
    throw notHere(`${method} ${path}`);
  }

  async #list(request: EngineRequest): Promise<EngineResponse> {
    const asked = request.query.get('MaxItems');
    const size = asked === null ? maxPageSize : Number(asked);
    if (!Number.isInteger(size) || size < 1 || size > 10_000) {
      throw invalidMember('maxItems', asked ?? '', 'Member must have value between 1 and 10000');
    }
    const all = (await this.#read(() => this.#functions.list())).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const marker = request.query.get('Marker');
    let start = 0;
    if (marker !== null) {
      const after = Buffer.from(marker, 'base64url').toString('utf8');
      if (Buffer.from(after, 'utf8').toString('base64url') !== marker) {
        throw new ServiceError(400, 'InvalidParameterValueException', 'Invalid pagination token.');
      }
      // A function that is gone since does not break the listing.
      start = all.findIndex((item) => item.name > after);
      if (start < 0) start = all.length;
    }
    const page = all.slice(start, start + Math.min(size, maxPageSize));
    const last = page.at(-1);
    const hasMore = last !== undefined && start + page.length < all.length;
    const { accountId, region } = this.#context;
    return json(200, {
      Functions: page.map((definition) => functionConfiguration(definition, accountId, region)),
      NextMarker: hasMore ? Buffer.from(last.name, 'utf8').toString('base64url') : null,
    });
  }

  async #find(name: string, qualifier: string | null): Promise<FunctionDefinition> {
    const parsed = parseFunctionName(name);
    if (parsed === undefined) {
      throw invalidMember('functionName', name, `Member must satisfy regular expression pattern: ${functionNamePattern}`);
    }
    const definition = await this.#read(() => this.#functions.find(name));
    if (definition !== undefined) return definition;
    const suffix = qualifier ?? parsed.qualifier;
    const arn = lambdaArn(this.#context.region, this.#context.accountId, parsed.name);
    throw new ServiceError(
      404,
      'ResourceNotFoundException',
      `Function not found: ${arn}${suffix === undefined ? '' : `:${suffix}`}`,
    );
  }

  /** A template that can't be read is the caller's to correct. */
  async #read<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!isBatchError(error)) throw error;
      throw new ServiceError(400, 'InvalidParameterValueException', `${error.message} ${error.hint ?? ''}`.trim());
    }
  }

  async #invoke(request: EngineRequest, name: string): Promise<EngineResponse> {
    const text = await request.text(maxPayloadBytes);
    const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (!['RequestResponse', 'Event', 'DryRun'].includes(type)) {
      throw invalidMember('invocationType', type, 'Member must satisfy enum value set: [Event, RequestResponse, DryRun]');
    }
    const definition = await this.#find(name, request.query.get('Qualifier'));
    let event: unknown = {};
    if (text !== '') {
      try {
        event = JSON.parse(text);
      } catch (error) {
        throw new ServiceError(
          400,
          'InvalidRequestContentException',
          `Could not parse request body into json: ${errorMessage(error)}`,
        );
      }
    }
    if (type === 'DryRun') return { status: 204, headers: { 'x-amz-executed-version': '$LATEST' } };
    const requestId = randomUUID();
    const log = new InvocationLog(requestId, definition, this.#context);
    if (type === 'Event') {
      this.#runInBackground(definition, event, requestId, log);
      return { status: 202, headers: { 'x-amzn-requestid': requestId } };
    }
    if (this.#pool.isFull(definition)) {
      throw new ServiceError(429, 'TooManyRequestsException', 'Rate Exceeded.');
    }
    const outcome = await this.#run(definition, event, requestId, log);
    const isTailed = request.headers['x-amz-log-type'] === 'Tail';
    const isFailed = outcome.kind === 'functionError' || outcome.kind === 'timedOut';
    return {
      status: 200,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': requestId,
        'x-amz-executed-version': '$LATEST',
        ...(isFailed ? { 'x-amz-function-error': 'Unhandled' } : {}),
        ...(isTailed ? { 'x-amz-log-result': log.tail() } : {}),
      },
      body: bodyOf(outcome, definition, requestId, this.#context.clock.now()),
    };
  }

  async #run(definition: FunctionDefinition, event: unknown, requestId: string, log: InvocationLog): Promise<InvokeOutcome> {
    const outcome = await this.#pool.invoke(
      definition,
      event,
      () => {
        log.start();
        return { requestId, deadlineMs: Date.now() + definition.timeoutMs };
      },
      (stream, line) => log.add(stream, line),
    );
    log.end(outcome);
    return outcome;
  }

  /** Emulated: an asynchronous invocation that fails is not tried again, where Lambda tries twice more, minutes later. */
  #runInBackground(definition: FunctionDefinition, event: unknown, requestId: string, log: InvocationLog): void {
    const run = this.#run(definition, event, requestId, log)
      .then(() => undefined)
      .catch((error: unknown) => this.#context.log.error(`The asynchronous invocation of ${definition.name} failed.`, error))
      .finally(() => this.#background.delete(run));
    this.#background.add(run);
  }

  async close(): Promise<void> {
    await this.#pool.close();
    await Promise.all(this.#background);
  }
}

function bodyOf(outcome: InvokeOutcome, definition: FunctionDefinition, requestId: string, nowMs: number): string {
  switch (outcome.kind) {
    case 'returned':
      return JSON.stringify(outcome.payload);
    case 'invalidJson':
      // Lambda passes on whatever the function's client posted.
      return outcome.text;
    default:
      return JSON.stringify(errorPayload(definition, outcome, requestId, nowMs));
  }
}

function json(status: number, value: unknown): EngineResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function invalidMember(member: string, value: string, constraint: string): ServiceError {
  return new ServiceError(
    400,
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

/** 501, which SDKs don't retry. */
function notHere(what: string): ServiceError {
  return new ServiceError(
    501,
    'NotImplementedException',
    `${what} is not part of the local engine. It lists, describes and invokes the functions that template.yaml declares.`,
  );
}
