import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { tooLarge, WireConnection } from '../../../../src/engine/lambda/executable/wireConnection.js';

/** Feeds pieces to a connection whose every request is answered with a description of it; resolves with all that it wrote. */
async function talk(pieces: readonly Buffer[], maxBodyBytes = 1000): Promise<string> {
  let written = '';
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString('latin1');
      done();
    },
  });
  const connection = new WireConnection(Object.assign(socket, { setNoDelay: () => socket }) as unknown as Socket, maxBodyBytes, {
    onRequest: ({ method, target, headers, body, trailers }, respond) => {
      const text = [
        method,
        target,
        headers['x'] ?? '',
        body.toString('latin1'),
        JSON.stringify(trailers),
        headers[tooLarge] ?? '',
      ].join('|');
      setImmediate(() => respond({ status: 200, body: text }));
    },
    onClosed: () => undefined,
  });
  for (const piece of pieces) {
    socket.push(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  connection.destroy();
  return written;
}

/** The bodies of the answers. */
const bodiesOf = (written: string): string[] => written.split(/HTTP\/1\.1 200 OK\r\n(?:[^\r]+\r\n)*\r\n/).slice(1);

const requests =
  'GET /a HTTP/1.1\r\nHost: h\r\nX: 1\r\n\r\n' +
  'POST /b HTTP/1.1\r\nx:2 \r\nContent-Length: 5\r\n\r\n\r\n\r\nz' +
  'POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;e=1\r\na\r\n\r\n2\r\nbc\r\n0\r\nT: t\r\n\r\n' +
  '\r\nGET /d HTTP/1.1\r\nConnection: close\r\n\r\n';

test('requests are read the same however they are cut', async () => {
  const bytes = Buffer.from(requests, 'latin1');
  const expected = ['GET|/a|1||{}|', 'POST|/b|2|\r\n\r\nz|{}|', 'POST|/c||a\r\nbc|{"t":"t"}|', 'GET|/d|||{}|'];
  assert.deepEqual(bodiesOf(await talk([bytes])), expected);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 8 }), async (cuts) => {
      const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
      assert.deepEqual(bodiesOf(await talk(ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)))), expected);
    }),
    { numRuns: 50 },
  );
});

for (const [name, text, status] of [
  ['another protocol', 'HELO there\r\n\r\n', 400],
  ['an unclear length', 'POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
  ['a length that is no number', 'POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\n', 400],
  ['a chunk without size', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
  ['a chunk that is too long', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n', 400],
  ['a header without name', 'GET / HTTP/1.1\r\n: a\r\n\r\n', 400],
  ['headers without end', `GET / HTTP/1.1\r\nx: ${'y'.repeat(70_000)}`, 431],
] as const) {
  test(`refused and closed: ${name}`, async () => {
    const written = await talk([Buffer.from(text)]);
    assert.match(written, new RegExp(`^HTTP/1\\.1 ${status} .*Connection: close`, 's'));
  });
}

test('a body beyond the limit is dropped and said to be', async () => {
  const written = await talk([Buffer.from(`POST /big HTTP/1.1\r\nContent-Length: 2000\r\n\r\n${'x'.repeat(2000)}`)]);
  assert.deepEqual(bodiesOf(written), ['POST|/big|||{}|true']);
});

test('a client that waits for 100 Continue gets it', async () => {
  const written = await talk([
    Buffer.from('POST /e HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n'),
    Buffer.from('y'),
  ]);
  assert.ok(written.startsWith('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK'), written);
});
