import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { FunctionDefinition, InvokeOutcome } from '../../contracts.js';
import { functionError, type FunctionErrorOutcome } from '../functionError.js';
import type { ProgramEvents, QueuedInvocation } from '../processEnvironment.js';
import { tooLarge, WireConnection, type WireRequest, type WireResponse } from './wireConnection.js';

/** Lambda's limit of a synchronous answer, with what the service allows on top (Lambda quotas). */
const maxResponseBytes = 6_291_556;
const prefix = '/2018-06-01/runtime/';
/** What the deadline says when there is none. */
const noDeadlineMs = 24 * 60 * 60 * 1000;

interface Poll {
  readonly connection: WireConnection;
  readonly respond: (response: WireResponse) => void;
}

/**
 * The Lambda Runtime API (Lambda Developer Guide, runtimes-api; version 2018-06-01) for one process that runs a function: it asks for
 * the next invocation, and posts what came of it. Bound to 127.0.0.1 on a port of its own; whoever a browser sends is refused.
 */
export class RuntimeApi {
  readonly #definition: FunctionDefinition;
  readonly #events: ProgramEvents;
  readonly #server: Server;
  readonly #connections = new Set<WireConnection>();
  readonly #queue: QueuedInvocation[] = [];
  readonly #polls: Poll[] = [];
  #running: QueuedInvocation | undefined;
  #hasPolled = false;
  #address = '';

  private constructor(definition: FunctionDefinition, events: ProgramEvents) {
    this.#definition = definition;
    this.#events = events;
    this.#server = createServer((socket) => {
      const connection = new WireConnection(socket, maxResponseBytes, {
        onRequest: (request, respond) => this.#answer(request, { connection, respond }),
        onClosed: () => {
          this.#connections.delete(connection);
          const index = this.#polls.findIndex((poll) => poll.connection === connection);
          if (index >= 0) this.#polls.splice(index, 1);
        },
      });
      this.#connections.add(connection);
    });
  }

  static async listen(definition: FunctionDefinition, events: ProgramEvents): Promise<RuntimeApi> {
    const api = new RuntimeApi(definition, events);
    api.#server.listen(0, '127.0.0.1');
    await once(api.#server, 'listening');
    api.#address = `127.0.0.1:${(api.#server.address() as AddressInfo).port}`;
    return api;
  }

  /** The value of AWS_LAMBDA_RUNTIME_API. */
  get address(): string {
    return this.#address;
  }

  /** The process has an invocation that it has not answered. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  send(invocation: QueuedInvocation): void {
    this.#queue.push(invocation);
    this.#hand();
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
  }

  /** Gives the next invocation to who waits for one. */
  #hand(): void {
    const [invocation] = this.#queue;
    const [poll] = this.#polls;
    if (this.#running !== undefined || invocation === undefined || poll === undefined) return;
    this.#queue.shift();
    this.#polls.shift();
    this.#running = invocation;
    this.#events.onTurn();
    const { requestId, allowanceMs, event } = invocation;
    poll.respond({
      status: 200,
      headers: {
        'Lambda-Runtime-Aws-Request-Id': requestId,
        'Lambda-Runtime-Deadline-Ms': String(Date.now() + (allowanceMs === Infinity ? noDeadlineMs : allowanceMs)),
        'Lambda-Runtime-Invoked-Function-Arn': this.#definition.arn,
        'Lambda-Runtime-Trace-Id': traceId,
      },
      body: JSON.stringify(event),
    });
  }

  #answer(request: WireRequest, poll: Poll): void {
    const answer = (status: number, value: object): void => poll.respond({ status, body: JSON.stringify(value) });
    const refuse = (status: number, errorType: string, errorMessage: string): void => answer(status, { errorMessage, errorType });
    const { method, headers } = request;
    const [path = ''] = request.target.replace(/^http:\/\/[^/]+/, '').split('?');
    if (headers['origin'] !== undefined || !this.#isOwnHost(headers['host'])) {
      refuse(403, 'Forbidden', 'The Runtime API is for the process of the function only.');
      return;
    }
    const parts = path.startsWith(prefix) ? path.slice(prefix.length).split('/') : [];
    const [section, id, action] = parts;
    if (section === 'invocation' && id === 'next' && parts.length === 2) {
      if (method !== 'GET') refuse(405, 'MethodNotAllowed', 'Ask for the next invocation with GET.');
      else if (this.#running !== undefined) {
        const { requestId } = this.#running;
        refuse(403, 'InvalidStateTransition', `The invocation ${requestId} has no response yet.`);
      } else {
        if (!this.#hasPolled) this.#events.onTurn();
        this.#hasPolled = true;
        this.#polls.push(poll);
        this.#hand();
      }
      return;
    }
    const isInit = section === 'init' && id === 'error' && parts.length === 2;
    const isInvocation = section === 'invocation' && (action === 'response' || action === 'error') && parts.length === 3;
    if (!isInit && !isInvocation) refuse(404, 'NotFound', `${path} is not part of the Runtime API, version 2018-06-01.`);
    else if (method !== 'POST') refuse(405, 'MethodNotAllowed', `${path} takes POST.`);
    else if (isInit) {
      if (this.#hasPolled) refuse(403, 'InvalidStateTransition', 'The function has been loaded.');
      else {
        answer(202, { status: 'OK' });
        this.#events.onInitError(postedError(request));
      }
    } else if (this.#running === undefined || this.#running.requestId !== id) {
      refuse(400, 'InvalidRequestID', `There is no invocation ${String(id)} under way.`);
    } else {
      const outcome = action === 'error' ? postedError(request) : postedResponse(request);
      if (request.headers[tooLarge] === undefined) answer(202, { status: 'OK' });
      else refuse(413, 'RequestEntityTooLarge', `Exceeded maximum allowed payload size (${maxResponseBytes} bytes).`);
      // What the function printed before it answered is in its pipes by now, and is read before the next step of the event loop.
      setImmediate(() => {
        this.#running = undefined;
        this.#events.onOutcome(outcome);
        this.#hand();
      });
    }
  }

  #isOwnHost(host: string | undefined): boolean {
    return host === this.#address || host === this.#address.replace('127.0.0.1', 'localhost');
  }
}

/** Tracing is not emulated: a header of the right form, not sampled. */
const traceId = 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0';

function postedResponse(request: WireRequest): InvokeOutcome {
  if (request.headers[tooLarge] !== undefined) {
    return functionError(
      'Function.ResponseSizeTooLarge',
      `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
    );
  }
  // An error in the midst of a streamed response comes in its trailers.
  const type = request.trailers['lambda-runtime-function-error-type'];
  if (type !== undefined) {
    const body = Buffer.from(request.trailers['lambda-runtime-function-error-body'] ?? '', 'base64');
    return readError(body, type);
  }
  const text = request.body.toString('utf8');
  try {
    return { kind: 'returned', payload: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'invalidJson', text };
  }
}

function postedError(request: WireRequest): FunctionErrorOutcome {
  return readError(request.body, request.headers['lambda-runtime-function-error-type']);
}

/** `{errorMessage, errorType, stackTrace}` by the guide; AWS's own client of Node.js says `trace`. A runtime may post anything. */
function readError(body: Buffer, headerType: string | undefined): FunctionErrorOutcome {
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return functionError(headerType ?? 'Runtime.Unknown', text);
  }
  const {
    errorType,
    errorMessage,
    trace: frames,
    stackTrace = frames,
  } = (typeof value === 'object' && value !== null ? value : {}) as {
    errorType?: unknown;
    errorMessage?: unknown;
    trace?: unknown;
    stackTrace?: unknown;
  };
  const trace = Array.isArray(stackTrace)
    ? stackTrace.map((frame: unknown) => (typeof frame === 'string' ? frame : JSON.stringify(frame)))
    : [];
  return functionError(
    typeof errorType === 'string' ? errorType : (headerType ?? 'Runtime.Unknown'),
    typeof errorMessage === 'string' ? errorMessage : text,
    trace,
  );
}
