import type { Socket } from 'node:net';

/** A request as it arrived. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Lower-case names; of a header that is sent twice, the last value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Headers after a chunked body. */
  readonly trailers: Readonly<Record<string, string>>;
}

export interface WireResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

export interface WireEvents {
  /** `respond` is called once; until then nothing more of the connection is read. */
  onRequest(request: WireRequest, respond: (response: WireResponse) => void): void;
  onClosed(): void;
}

const maxHeadBytes = 64 * 1024;
const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

/**
 * The server's side of one HTTP/1.1 connection (RFC 9112): one request after the other, bodies with a length or in chunks, kept alive.
 * Not node:http, because what that does for each of the two requests of an invocation costs as much as all the rest of it.
 */
export class WireConnection {
  readonly #socket: Socket;
  readonly #events: WireEvents;
  readonly #maxBodyBytes: number;
  #rest: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  /** Pieces of the body so far; `#need` bytes are still missing of the current piece. */
  readonly #pieces: Buffer[] = [];
  #bodyBytes = 0;
  #isAnswering = false;
  #isClosed = false;

  constructor(socket: Socket, maxBodyBytes: number, events: WireEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#maxBodyBytes = maxBodyBytes;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
      this.#read();
    });
    // A client that is gone is seen to by the end of its process.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      events.onClosed();
    });
  }

  #read(): void {
    while (!this.#isAnswering && !this.#isClosed) {
      try {
        this.#head ??= this.#readHead();
        if (this.#head === undefined) return;
        const trailers = this.#readBody(this.#head);
        if (trailers === undefined) return;
        this.#deliver(this.#head, trailers);
      } catch (error) {
        if (!(error instanceof WireProblem)) throw error;
        this.#write(
          { status: error.status, body: JSON.stringify({ errorMessage: error.message, errorType: 'BadRequest' }) },
          true,
        );
        return;
      }
    }
  }

  #readHead(): Head | undefined {
    let start = 0;
    // An empty line before a request is passed over (RFC 9112, 2.2).
    while (this.#rest[start] === 13 && this.#rest[start + 1] === 10) start += 2;
    const end = this.#rest.indexOf('\r\n\r\n', start, 'latin1');
    if ((end < 0 ? this.#rest.length : end) - start > maxHeadBytes) throw new WireProblem(431, 'The headers are too large.');
    if (end < 0) return undefined;
    const text = this.#rest.toString('latin1', start, end);
    this.#rest = this.#rest.subarray(end + 4);
    const lineEnd = text.indexOf('\r\n');
    const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
    const [, method = '', target = '', version = ''] = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(line) ?? [];
    if (method === '') throw new WireProblem(400, 'This is no HTTP/1.1 request.');
    const headers = lineEnd < 0 ? {} : readFields(text.slice(lineEnd + 2));
    const encoding = headers['transfer-encoding'];
    const length = headers['content-length'];
    if (encoding !== undefined && (encoding.toLowerCase() !== 'chunked' || length !== undefined)) {
      throw new WireProblem(400, 'The length of the body is not clear.');
    }
    if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new WireProblem(400, 'Content-Length is no number.');
    const connection = (headers['connection'] ?? '').toLowerCase();
    if (headers['expect']?.toLowerCase() === '100-continue') this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    return {
      method,
      target,
      headers,
      isLast: connection.includes('close') || (version === '0' && !connection.includes('keep-alive')),
      isChunked: encoding !== undefined,
      need: Number(length ?? 0),
      phase: encoding === undefined ? 'data' : 'size',
    };
  }

  /** The trailers once the body is whole. */
  #readBody(head: Head): Readonly<Record<string, string>> | undefined {
    for (;;) {
      if (head.phase === 'size') {
        const line = this.#takeLine();
        if (line === undefined) return undefined;
        const size = /^([0-9a-fA-F]{1,8})\s*(?:;.*)?$/.exec(line)?.[1];
        if (size === undefined) throw new WireProblem(400, 'A chunk has no size.');
        head.need = Number.parseInt(size, 16);
        head.phase = head.need === 0 ? 'trailers' : 'data';
      }
      if (head.phase === 'data') {
        this.#takeData(head);
        if (head.need > 0) return undefined;
        if (!head.isChunked) return {};
        head.phase = 'after';
      }
      if (head.phase === 'after') {
        const line = this.#takeLine();
        if (line === undefined) return undefined;
        if (line !== '') throw new WireProblem(400, 'A chunk is longer than its size.');
        head.phase = 'size';
        continue;
      }
      const line = this.#takeLine();
      if (line === undefined) return undefined;
      if (line === '') return readFields((head.trailers ?? []).join('\r\n'));
      head.trailers = [...(head.trailers ?? []), line];
      if (head.trailers.length > 100) throw new WireProblem(431, 'There are too many trailers.');
    }
  }

  #takeLine(): string | undefined {
    const end = this.#rest.indexOf('\r\n', 0, 'latin1');
    if ((end < 0 ? this.#rest.length : end) > maxHeadBytes) throw new WireProblem(431, 'A line is too long.');
    if (end < 0) return undefined;
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 2);
    return line;
  }

  #takeData(head: Head): void {
    const piece = this.#rest.subarray(0, head.need);
    this.#rest = this.#rest.subarray(piece.length);
    head.need -= piece.length;
    this.#bodyBytes += piece.length;
    // What is beyond the limit is read and dropped, so that the client comes to read the answer.
    if (this.#bodyBytes <= this.#maxBodyBytes) this.#pieces.push(piece);
    else this.#pieces.length = 0;
  }

  #deliver(head: Head, trailers: Readonly<Record<string, string>>): void {
    const isTooLarge = this.#bodyBytes > this.#maxBodyBytes;
    const body = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
    this.#head = undefined;
    this.#pieces.length = 0;
    this.#bodyBytes = 0;
    this.#isAnswering = true;
    const { method, target, isLast } = head;
    const headers = isTooLarge ? { ...head.headers, [tooLarge]: 'true' } : head.headers;
    this.#events.onRequest({ method, target, headers, body, trailers }, (response) => {
      this.#isAnswering = false;
      this.#write(response, isLast);
      // What the client has sent meanwhile; not from within the answer.
      if (this.#rest.length > 0) setImmediate(() => this.#read());
    });
  }

  #write({ status, headers, body }: WireResponse, isLast: boolean): void {
    if (this.#isClosed) return;
    let text = `HTTP/1.1 ${status} ${reasons[status] ?? 'Unknown'}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    text += isLast ? 'Connection: close\r\n\r\n' : '\r\n';
    text += body;
    if (isLast) {
      this.#isClosed = true;
      this.#socket.end(text);
    } else this.#socket.write(text);
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** Set on a request whose body went beyond the limit and was dropped; no client can send this name. */
export const tooLarge = ':too-large';

interface Head {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isLast: boolean;
  readonly isChunked: boolean;
  need: number;
  phase: 'size' | 'data' | 'after' | 'trailers';
  trailers?: string[];
}

class WireProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function readFields(text: string): Record<string, string> {
  const fields = Object.create(null) as Record<string, string>;
  if (text === '') return fields;
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (colon < 1 || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new WireProblem(400, 'A header is malformed.');
    fields[name.toLowerCase()] = line.slice(colon + 1).trim();
  }
  return fields;
}
