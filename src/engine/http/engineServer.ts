import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../base/clock.js';
import { BatchError, errorCode } from '../../base/errors.js';
import type { EngineLog, EngineRequest, EngineResponse, EngineSettings, Router } from '../contracts.js';
import { ServiceError } from '../serviceError.js';
import { type Claim, type Keys, readClaim, type SignedRequest } from './authenticate.js';
import { errorFormOf, writeError } from './errorBody.js';
import { isAllowedHost, readHostLabels } from './hosts.js';
import { openPayload } from './openPayload.js';
import { collectBody, type RequestBody, receiveBody } from './receiveBody.js';
import { newRequestIds, type RequestIds } from './requestIds.js';
import { readRequestTarget, type RequestTarget, withoutPort } from './requestTarget.js';

export interface EngineServerOptions extends Pick<EngineSettings, 'silenceMs'> {
  /** Undefined or 0 takes a free one. */
  readonly port: number | undefined;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly log: EngineLog;
  /** Answers every request that passed the checks. */
  readonly router: Router;
}

export interface EngineServer {
  readonly port: number;
  /** Stops accepting, lets requests under way finish for `graceMs`, then cuts every connection. */
  close(graceMs?: number): Promise<void>;
}

/** S3 allows 8 KB of request headers, 2 KB of them metadata (S3 User Guide, UsingMetadata); Lambda's client context is larger. */
const maxHeaderBytes = 32 * 1024;
const headersTimeoutMs = 20_000;
/** Longer than SDKs keep an idle connection, so that it is the client who closes it and no request meets a closing socket. */
const keepAliveMs = 65_000;
const closeGraceMs = 1000;

/** Starts the server on 127.0.0.1. Rejects with the BatchError `PortInUse` when the given port is taken. */
export async function startServer(options: EngineServerOptions): Promise<EngineServer> {
  const handler = new RequestHandler(options);
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: headersTimeoutMs,
    // Uploads take as long as they take; a silent client is noticed by receiveBody.
    requestTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: 5000,
  });
  server.on('request', (request, response) => void handler.handle(request, response, false));
  server.on('checkContinue', (request, response) => void handler.handle(request, response, true));
  server.on('connect', (_request, socket) => socket.end('HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\n\r\n'));
  server.on('clientError', answerClientError);
  const port = await listen(server, options.port ?? 0);
  return { port, close: (graceMs = closeGraceMs) => closeServer(server, handler, graceMs) };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        errorCode(error) === 'EADDRINUSE'
          ? new BatchError('PortInUse', `Port ${port} is in use.`, {
              hint: 'Choose another port, or leave it out to take a free one.',
              cause: error,
            })
          : error,
      );
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function closeServer(server: Server, handler: RequestHandler, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  await handler.stop(graceMs);
  server.closeAllConnections();
  await closed;
}

class RequestHandler {
  readonly #options: EngineServerOptions;
  #underWay = 0;
  #isStopping = false;
  #onIdle: (() => void) | undefined;

  constructor(options: EngineServerOptions) {
    this.#options = options;
  }

  /** Resolves when no request is under way, at the latest after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      // Real time on purpose: closing must end even when a test's clock stands still.
      const timer = setTimeout(resolve, graceMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    this.#underWay += 1;
    try {
      await this.#answer(request, response, expectsContinue);
    } catch (error) {
      this.#options.log.error('A request could not be answered.', error);
      response.destroy();
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#onIdle?.();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): Promise<void> {
    const { clock, log, silenceMs } = this.#options;
    const seen: Seen = { target: { host: '', rawPath: '/', rawQuery: '' }, claim: undefined, ids: newRequestIds('s3') };
    let isContinued = !expectsContinue;
    const raw = receiveBody(request, clock, silenceMs, () => {
      if (!isContinued) response.writeContinue();
      isContinued = true;
    });
    response.setHeader('date', new Date(clock.now()).toUTCString());
    if (this.#isStopping) response.setHeader('connection', 'close');
    try {
      const answer = await this.#route(request, seen, raw);
      await send(request, response, answer, seen.ids);
    } catch (error) {
      if (response.headersSent) {
        // Too late for an error answer: a cut connection is what tells the client.
        if (!request.destroyed) log.warn(`An answer broke off: ${String(error)}`);
        response.destroy();
        return;
      }
      const isFormPost =
        request.method === 'POST' && /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '');
      const form = errorFormOf(seen.target, seen.claim?.scope.service, isFormPost);
      const known = error instanceof ServiceError ? error : undefined;
      if (known === undefined) log.error(`${request.method ?? ''} ${seen.target.rawPath} failed.`, error);
      const answer = known ?? new ServiceError(500, 'InternalError', 'We encountered an internal error. Please try again.');
      const { headers, body } = writeError(form, answer, { ...seen.ids, resource: seen.target.rawPath });
      // The client never got its go-ahead, so what comes next on this connection may or may not be the body.
      if (!isContinued || answer.code === 'RequestTimeout') response.setHeader('connection', 'close');
      await send(request, response, { status: answer.status, headers, body }, seen.ids);
    } finally {
      void raw.release();
    }
  }

  async #route(request: IncomingMessage, seen: Seen, raw: RequestBody): Promise<EngineResponse> {
    const { clock, keys, router } = this.#options;
    const headers = readHeaders(request.rawHeaders);
    const hostHeader = headers.get('host')?.[0] ?? '';
    seen.target = readRequestTarget(request.url ?? '/', hostHeader);
    checkSender(seen.target.host, hostHeader, headers.has('origin'));
    const signed: SignedRequest = { method: request.method ?? 'GET', target: seen.target, headers };
    const claim = readClaim(signed, keys, clock.now());
    seen.claim = claim;
    if (claim.scope.service !== 's3') seen.ids = newRequestIds('other');
    const payload = await openPayload(signed, claim, raw, keys);
    const labels = readHostLabels(seen.target.host, seen.target.rawPath);
    const engineRequest: EngineRequest = {
      method: signed.method,
      rawPath: seen.target.rawPath,
      query: new URLSearchParams(seen.target.rawQuery),
      headers: Object.fromEntries([...headers].map(([name, values]) => [name, values.join(', ')])),
      service: claim.scope.service,
      region: claim.scope.region,
      hostBucket: claim.scope.service === 's3' ? labels.bucket : undefined,
      requestId: seen.ids.requestId,
      body: Readable.from(payload.body, { objectMode: false }),
      trailers: () => payload.trailers,
      text: async (limitBytes) => decodeText(await collectBody(payload.body, limitBytes)),
    };
    const answer = await router(engineRequest);
    if (answer === undefined) throw new ServiceError(404, 'UnknownOperationException', 'The local engine has no such operation.');
    return answer;
  }
}

/** What is known of a request so far; error answers use it. */
interface Seen {
  target: RequestTarget;
  claim: Claim | undefined;
  ids: RequestIds;
}

/** Refuses what a web page can send: any Origin, and Host names that are not ours. */
function checkSender(host: string, hostHeader: string, hasOrigin: boolean): void {
  if (!isAllowedHost(host) || !isAllowedHost(withoutPort(hostHeader).toLowerCase())) {
    throw new ServiceError(
      403,
      'AccessDenied',
      'The local engine answers to 127.0.0.1, localhost, *.localhost and *.local.test only.',
    );
  }
  if (hasOrigin) throw new ServiceError(403, 'AccessDenied', 'The local engine refuses requests that carry an Origin header.');
}

/** All values of each header, lower-case names; as many characters as bytes were sent. */
function readHeaders(rawHeaders: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  return headers;
}

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ServiceError(400, 'InvalidRequest', 'The request body is not UTF-8 text.');
  }
}

async function send(request: IncomingMessage, response: ServerResponse, answer: EngineResponse, ids: RequestIds): Promise<void> {
  response.statusCode = answer.status;
  response.setHeader('x-amz-request-id', ids.requestId);
  response.setHeader('x-amz-id-2', ids.hostId);
  response.setHeader('x-amzn-requestid', ids.requestId);
  response.setHeader('server', 's3batch-engine');
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  const { body } = answer;
  const hasBody = request.method !== 'HEAD' && answer.status !== 204 && answer.status !== 304;
  if (body instanceof Readable) {
    if (hasBody) await pipeline(body, response);
    else {
      body.destroy();
      response.end();
    }
    return;
  }
  const bytes = Buffer.from(body ?? '');
  if (!response.hasHeader('content-length') && answer.status !== 204 && answer.status !== 304) {
    response.setHeader('content-length', bytes.length);
  }
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.end(hasBody ? bytes : undefined, () => resolve());
  });
}

/** Answers what the HTTP parser refused, in S3's form: nobody knows which service it was for. */
function answerClientError(error: Error, socket: Socket): void {
  if (!socket.writable || errorCode(error) === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const answer =
    clientErrors[errorCode(error) ?? ''] ??
    new ServiceError(400, 'BadRequest', 'An error occurred when parsing the HTTP request.');
  const ids = newRequestIds('s3');
  const { body } = writeError('s3', answer, { ...ids, resource: '/' });
  socket.end(
    [
      `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`,
      `x-amz-request-id: ${ids.requestId}`,
      `x-amz-id-2: ${ids.hostId}`,
      'content-type: application/xml',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

const clientErrors: Readonly<Record<string, ServiceError>> = {
  HPE_HEADER_OVERFLOW: new ServiceError(
    400,
    'RequestHeaderSectionTooLarge',
    'Your request header section exceeds the maximum allowed request header section size.',
    { MaxSizeAllowed: String(maxHeaderBytes) },
  ),
  ERR_HTTP_REQUEST_TIMEOUT: new ServiceError(
    400,
    'RequestTimeout',
    'Your socket connection to the server was not read from or written to within the timeout period.',
  ),
};
