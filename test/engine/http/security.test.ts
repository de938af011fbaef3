import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { test } from 'node:test';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { EngineConnection } from '../../../src/core/job/target.js';
import { engineFor, errorCodeOf } from '../../support/engineHarness.js';

/** Sends bytes as they are and returns all that comes back until the engine closes or falls silent. */
function exchange(port: number, ...parts: (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (isWhole(text)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    for (const part of parts) socket.write(part);
  });
}

/** True once one answer with its whole body has come. */
function isWhole(text: string): boolean {
  const answer = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /^content-length: (\d+)$/im.exec(answer.slice(0, end))?.[1];
  return answer.startsWith('HTTP/1.1 204') || (length !== undefined && answer.length - end - 4 >= Number(length));
}

interface RawRequest {
  readonly method?: string;
  readonly target?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly service?: string;
  readonly secret?: string;
  readonly date?: Date;
}

/** Signs a request by hand, from the specification and not with the engine's own code. */
function signed(connection: EngineConnection, request: RawRequest): string {
  const { method = 'GET', path = '/', service = 's3', body = '' } = request;
  const host = request.host ?? `127.0.0.1:${connection.port}`;
  const timestamp = (request.date ?? new Date()).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${timestamp.slice(0, 8)}/${connection.region}/${service}/aws4_request`;
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const headers: Record<string, string> = {
    host,
    'x-amz-content-sha256': hash(body),
    'x-amz-date': timestamp,
    ...request.headers,
  };
  const names = Object.keys(headers).toSorted();
  const [pathname = '', query = ''] = path.split('?');
  const payloadHash = headers['x-amz-content-sha256'] ?? '';
  const canonical = [
    method,
    pathname,
    query,
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    payloadHash,
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', timestamp, scope, hash(canonical)].join('\n');
  const sign = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const key = scope
    .split('/')
    .reduce<string | Buffer>((before, part) => sign(before, part), `AWS4${request.secret ?? connection.secretAccessKey}`);
  const authorization = `AWS4-HMAC-SHA256 Credential=${connection.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${sign(key, toSign).toString('hex')}`;
  const lines = [
    ...Object.entries(headers),
    ['authorization', authorization],
    ['content-length', String(Buffer.byteLength(body))],
  ];
  return `${method} ${request.target ?? path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

const statusOf = (answer: string): number => Number(/^(?:HTTP\/1\.1 100 [^\r]*\r\n\r\n)?HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const codeOf = (answer: string): string | undefined => /<Code>(\w+)<\/Code>/.exec(answer)?.[1];

test('unsigned, wrongly signed, late and foreign requests are refused, each by its name', async (t) => {
  const { engine, client } = await engineFor(t);
  const { connection } = engine;
  const { port } = connection;
  const unsigned = await exchange(port, `GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
  assert.equal(statusOf(unsigned), 403);
  assert.equal(codeOf(unsigned), 'AccessDenied');
  assert.match(unsigned, /^x-amz-request-id: [0-9A-Z]{16}\r$/m);
  assert.match(unsigned, /^x-amz-id-2: /m);
  assert.equal(statusOf(await exchange(port, signed(connection, {}))), 200);

  const credentials = { accessKeyId: connection.accessKeyId, secretAccessKey: 'wrong' };
  assert.equal(await errorCodeOf(client({ credentials }).send(new ListBucketsCommand({}))), 'SignatureDoesNotMatch');
  const unknown = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: connection.secretAccessKey };
  assert.equal(await errorCodeOf(client({ credentials: unknown }).send(new ListBucketsCommand({}))), 'InvalidAccessKeyId');
  const late = await exchange(port, signed(connection, { date: new Date(Date.now() - 16 * 60_000) }));
  assert.deepEqual([statusOf(late), codeOf(late)], [403, 'RequestTimeTooSkewed']);

  for (const host of ['example.com', 'localhost.example.com', `evil.test:${port}`, '127.0.0.1.nip.io', '10.0.0.1']) {
    const answer = await exchange(port, signed(connection, { host }));
    assert.deepEqual([statusOf(answer), codeOf(answer)], [403, 'AccessDenied'], host);
  }
  const rebound = await exchange(port, signed(connection, { host: 'evil.test', target: 'http://s3.local.test/' }));
  assert.equal(statusOf(rebound), 403);
  for (const origin of ['https://example.com', 'null', 'vscode-webview://x', `http://127.0.0.1:${port}`]) {
    const answer = await exchange(port, signed(connection, { headers: { origin } }));
    assert.deepEqual([statusOf(answer), codeOf(answer)], [403, 'AccessDenied'], origin);
    assert.doesNotMatch(answer, /access-control/i);
  }
  assert.equal(
    statusOf(await exchange(port, `OPTIONS / HTTP/1.1\r\nhost: localhost\r\norigin: https://example.com\r\n\r\n`)),
    403,
  );
  assert.equal(statusOf(await exchange(port, 'CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n')), 405);
});

test('absolute-form targets, account and bucket labels, and bare hosts all arrive', async (t) => {
  const { engine, client } = await engineFor(t);
  const { connection } = engine;
  const { port } = connection;
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  await s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'a b', Body: 'hello' }));
  const get = (host: string, path: string, absolute: boolean): Promise<string> =>
    exchange(port, signed(connection, { host, path, ...(absolute ? { target: `http://${host}${path}` } : {}) }));
  for (const absolute of [false, true]) {
    assert.match(await get('test.s3.local.test', '/a%20b', absolute), /\r\n\r\nhello$/);
    assert.match(await get(`test.localhost:${port}`, '/a%20b', absolute), /\r\n\r\nhello$/);
    assert.match(await get('s3.local.test', '/test/a%20b', absolute), /\r\n\r\nhello$/);
    assert.match(await get('localhost', '/test/a%20b', absolute), /\r\n\r\nhello$/);
    const jobs = await exchange(
      port,
      signed(connection, {
        host: '000000000000.s3-control.local.test',
        path: '/v20180820/jobs',
        headers: { 'x-amz-account-id': '000000000000' },
        ...(absolute ? { target: 'http://000000000000.s3-control.local.test/v20180820/jobs' } : {}),
      }),
    );
    assert.equal(statusOf(jobs), 200);
    assert.match(jobs, /<ListJobsResult/);
  }
});

test('errors come in each service’s own form', async (t) => {
  const { engine } = await engineFor(t);
  const { connection } = engine;
  const { port } = connection;
  const s3 = await exchange(port, signed(connection, { path: '/none/key' }));
  assert.match(s3, /\r\n\r\n<\?xml[^>]*>\n<Error><Code>NoSuchBucket<\/Code>/);
  const control = await exchange(port, `GET /v20180820/jobs HTTP/1.1\r\nhost: 000000000000.localhost\r\n\r\n`);
  assert.match(control, /<ErrorResponse><Error><Type>Sender<\/Type><Code>AccessDenied<\/Code>/);
  const lambda = await exchange(port, signed(connection, { path: '/2015-03-31/functions', service: 'lambda', secret: 'wrong' }));
  assert.match(lambda, /^x-amzn-errortype: InvalidSignatureException\r$/im);
  assert.equal((JSON.parse(lambda.split('\r\n\r\n')[1] ?? '') as { Type: string }).Type, 'User');
  const sts = await exchange(
    port,
    signed(connection, { method: 'POST', service: 'sts', body: 'Action=AssumeRole&Version=2011-06-15' }),
  );
  assert.match(
    sts,
    /<ErrorResponse xmlns="https:\/\/sts.amazonaws.com\/doc\/2011-06-15\/"><Error><Type>Sender<\/Type><Code>InvalidAction<\/Code>/,
  );
  const head = await exchange(port, signed(connection, { method: 'HEAD', path: '/none', headers: { connection: 'close' } }));
  assert.equal(statusOf(head), 404);
  assert.ok(head.endsWith('\r\n\r\n'), 'HEAD has no body');
});

test('STS says who is asking', async (t) => {
  const { engine } = await engineFor(t);
  const { endpoint, region, accessKeyId, secretAccessKey } = engine.connection;
  const sts = new STSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  t.after(() => sts.destroy());
  const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
  assert.deepEqual([Account, Arn], ['000000000000', 'arn:aws:iam::000000000000:root']);
});

test('a body that is not what was signed is refused and nothing is stored', async (t) => {
  const { engine, client } = await engineFor(t);
  const { connection } = engine;
  const { port } = connection;
  await client().send(new CreateBucketCommand({ Bucket: 'test' }));
  const put = signed(connection, { method: 'PUT', path: '/test/a', body: 'hello' });
  const changed = await exchange(port, put.replace(/hello$/, 'jello'));
  assert.deepEqual([statusOf(changed), codeOf(changed)], [400, 'XAmzContentSHA256Mismatch']);
  assert.equal(await errorCodeOf(client().send(new GetObjectCommand({ Bucket: 'test', Key: 'a' }))), 'NoSuchKey');
  const odd = await exchange(
    port,
    signed(connection, { method: 'PUT', path: '/test/a', headers: { 'x-amz-content-sha256': 'STREAMING-NONSENSE' } }),
  );
  assert.deepEqual([statusOf(odd), codeOf(odd)], [400, 'InvalidArgument']);
  const other = await exchange(
    port,
    signed(connection, { method: 'POST', service: 'sts', body: 'Action=GetCallerIdentity' }).replace(/Identity$/, 'Idenkity'),
  );
  assert.equal(statusOf(other), 400);
});

test('presigned URLs work until they expire', async (t) => {
  let offsetMs = 0;
  const clock = { now: () => Date.now() + offsetMs, schedule: () => ({ dispose: () => undefined }) };
  const { engine, client } = await engineFor(t, { clock });
  const { connection } = engine;
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  await s3.send(new PutObjectCommand({ Bucket: 'test', Key: 'a', Body: 'hello' }));
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${timestamp.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const query = [
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encodeURIComponent(`${connection.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${timestamp}`,
    'X-Amz-Expires=60',
    'X-Amz-SignedHeaders=host',
  ].join('&');
  const canonical = ['GET', '/test/a', query, `host:127.0.0.1:${connection.port}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', timestamp, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (before, part) => createHmac('sha256', before).update(part).digest(),
      `AWS4${connection.secretAccessKey}`,
    );
  const url = `${connection.endpoint}/test/a?${query}&X-Amz-Signature=${createHmac('sha256', key).update(toSign).digest('hex')}`;
  assert.equal(await (await fetch(url)).text(), 'hello');
  assert.equal((await fetch(url.replace('/test/a', '/test/b'))).status, 403);
  assert.equal((await fetch(url, { method: 'PUT', body: 'x' })).status, 403);
  offsetMs = 61_000;
  assert.match(await (await fetch(url)).text(), /Request has expired/);
});

test('Expect: 100-continue gets its go-ahead only when the head is fine', async (t) => {
  const { engine, client } = await engineFor(t);
  const { connection } = engine;
  const { port } = connection;
  await client().send(new CreateBucketCommand({ Bucket: 'test' }));
  const put = signed(connection, { method: 'PUT', path: '/test/a', body: 'hello' }).replace(
    '\r\n\r\n',
    '\r\nexpect: 100-continue\r\n\r\n',
  );
  const fine = await exchange(port, put);
  assert.match(fine, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/);
  const refused = await exchange(port, put.replace(/Signature=./, 'Signature=x').replace(/hello$/, ''));
  assert.match(refused, /^HTTP\/1\.1 403/);
  assert.match(refused, /^connection: close\r$/im);
});

test('oversized and broken requests are answered, and the engine goes on', async (t) => {
  const { engine, client } = await engineFor(t);
  const { connection } = engine;
  const { port } = connection;
  const big = await exchange(port, `GET / HTTP/1.1\r\nhost: localhost\r\nx-big: ${'x'.repeat(40_000)}\r\n\r\n`);
  assert.deepEqual([statusOf(big), codeOf(big)], [400, 'RequestHeaderSectionTooLarge']);
  for (const bytes of [
    'nonsense\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/9.9\r\nhost: x\r\n\r\n',
    '\0\0\0\0\r\n\r\n',
    'GET /\u0000 HTTP/1.1\r\nhost: localhost\r\n\r\n',
  ]) {
    assert.equal(statusOf(await exchange(port, bytes)), 400, JSON.stringify(bytes));
  }
  const smuggled = await exchange(
    port,
    'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  );
  assert.equal(statusOf(smuggled), 400);
  const hostile = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&e;</Key></Object></Delete>';
  const md5 = createHash('md5').update(hostile).digest('base64');
  const xml = await exchange(
    port,
    signed(connection, { method: 'POST', path: '/test?delete=', body: hostile, headers: { 'content-md5': md5 } }),
  );
  assert.deepEqual([statusOf(xml), codeOf(xml)], [400, 'MalformedXML']);
  await client().send(new CreateBucketCommand({ Bucket: 'test' }));
  await client().send(new HeadBucketCommand({ Bucket: 'test' }));
});

test('an upload that is refused or broken off leaves nothing behind', async (t) => {
  const { engine, client, dataDirectory } = await engineFor(t);
  const { connection } = engine;
  const { port } = connection;
  const s3 = client();
  await s3.send(new CreateBucketCommand({ Bucket: 'test' }));
  const large = Buffer.alloc(8 * 1024 * 1024);
  assert.equal(await errorCodeOf(s3.send(new PutObjectCommand({ Bucket: 'none', Key: 'a', Body: large }))), 'NoSuchBucket');
  // Half a body, then the client goes away.
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      const whole = signed(connection, { method: 'PUT', path: '/test/a', body: 'x'.repeat(1000) });
      socket.write(whole.slice(0, -500), () => socket.destroy());
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
  await s3.send(new HeadBucketCommand({ Bucket: 'test' }));
  const { readdir } = await import('node:fs/promises');
  for (let tries = 0; (await readdir(`${dataDirectory}/tmp`)).length > 0; tries += 1) {
    assert.ok(tries < 100, 'a scratch file stays');
    await s3.send(new HeadBucketCommand({ Bucket: 'test' }));
  }
  assert.deepEqual(await readdir(`${dataDirectory}/buckets/test`), []);
});

test('half requests, idle connections and slow readers do not keep the engine from ending', async (t) => {
  const { engine } = await engineFor(t);
  const { connection } = engine;
  const { port } = connection;
  const sockets = await Promise.all(
    [
      '',
      'GET / HT',
      'GET / HTTP/1.1\r\nhost: localhost\r\n',
      signed(connection, { method: 'PUT', path: '/x/a', body: 'x'.repeat(100) }).slice(0, -50),
    ].map(
      (start) =>
        new Promise<ReturnType<typeof connect>>((resolve) => {
          const socket = connect(port, '127.0.0.1', () =>
            socket.write(start === '' ? Buffer.alloc(0) : start, () => resolve(socket)),
          );
          socket.on('error', () => undefined);
        }),
    ),
  );
  const closed = sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
  for (const socket of sockets) socket.resume();
  const before = performance.now();
  await engine.close();
  await Promise.all(closed);
  assert.ok(performance.now() - before < 5000);
  await assert.rejects(exchange(port, 'GET / HTTP/1.1\r\n\r\n'));
});

test('a client that falls silent in the middle of its body is told so and cut off', async (t) => {
  const pending: (() => void)[] = [];
  const clock = {
    now: () => Date.now(),
    schedule: (_delayMs: number, callback: () => void) => {
      pending.push(callback);
      return { dispose: () => void pending.splice(pending.indexOf(callback), 1) };
    },
  };
  const { engine, client } = await engineFor(t, { clock });
  await client().send(new CreateBucketCommand({ Bucket: 'test' }));
  const whole = signed(engine.connection, { method: 'PUT', path: '/test/a', body: 'x'.repeat(100) });
  const answer = exchange(engine.connection.port, whole.slice(0, -50));
  while (pending.length === 0) await new Promise((resolve) => setImmediate(resolve));
  // The first chunk may still be on its way: each wait for the next one has a timer of its own.
  const fire = setInterval(() => pending.at(-1)?.(), 20);
  const text = await answer;
  clearInterval(fire);
  assert.deepEqual([statusOf(text), codeOf(text)], [400, 'RequestTimeout']);
  assert.match(text, /^connection: close\r$/im);
});
