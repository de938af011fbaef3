import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RealObject {
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** Answers with this error instead. */
  readonly error?: { readonly status: number; readonly code: string };
}

/** An S3 that stands for the real one, whose buckets are those of its objects: objects by `bucket/key` or `bucket/key?version`, and a note of every request that reached it. */
export class FakeRealBuckets {
  readonly #server: Server;
  readonly requests: string[] = [];

  private constructor(objects: ReadonlyMap<string, RealObject>) {
    this.#server = createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url}`);
      answer(objects, request, response);
    });
  }

  static async start(objects: Readonly<Record<string, RealObject>>): Promise<FakeRealBuckets> {
    const fake = new FakeRealBuckets(new Map(Object.entries(objects)));
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests that could have written something. */
  get writes(): string[] {
    return this.requests.filter((request) => !/^(GET|HEAD) /.test(request));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function answer(objects: ReadonlyMap<string, RealObject>, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const version = url.searchParams.get('versionId');
  const [, bucket = '', key = ''] = /^\/([^/]+)\/?(.*)$/.exec(url.pathname) ?? [];
  if (key === '') {
    const isThere = [...objects.keys()].some((name) => name.startsWith(`${bucket}/`));
    response.writeHead(isThere ? 200 : 404).end();
    return;
  }
  const object = objects.get(`${decodeURIComponent(url.pathname).slice(1)}${version === null ? '' : `?${version}`}`);
  if (object === undefined || object.error !== undefined) {
    const { status, code } = object?.error ?? { status: 404, code: 'NoSuchKey' };
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>${code} it is</Message></Error>`);
    return;
  }
  const tags = Object.entries(object.tags ?? {});
  if (url.searchParams.has('tagging')) {
    const set = tags.map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`).join('');
    response.writeHead(200, { 'content-type': 'application/xml' }).end(`<Tagging><TagSet>${set}</TagSet></Tagging>`);
    return;
  }
  response.writeHead(200, {
    'content-length': String(Buffer.byteLength(object.text)),
    etag: '"etag"',
    ...(tags.length === 0 ? {} : { 'x-amz-tagging-count': String(tags.length) }),
    ...(version === null ? {} : { 'x-amz-version-id': version }),
    ...object.headers,
  });
  response.end(object.text);
}
