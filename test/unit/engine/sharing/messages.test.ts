import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { readMessages } from '../../../../src/engine/sharing/messageReader.js';
import { parseEngineMessage, parseWindowMessage, proofFileName } from '../../../../src/engine/sharing/messages.js';

/** Lines that a reader gives for these chunks, and whether it gave up. */
async function read(chunks: readonly string[], limitBytes: number): Promise<{ lines: string[]; isTooLong: boolean }> {
  const input = new PassThrough();
  const lines: string[] = [];
  let isTooLong = false;
  readMessages(input, {
    limitBytes,
    onLine: (line) => lines.push(line),
    onTooLong: () => {
      assert.ok(!isTooLong, 'told twice');
      isTooLong = true;
      input.resume();
    },
  });
  for (const chunk of chunks) input.write(chunk);
  input.end();
  await new Promise((resolve) => input.once('end', resolve));
  return { lines, isTooLong };
}

test('messages are the same however they are cut on their way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.stringMatching(/^[^\n]{0,20}$/)), fc.array(fc.nat(200)), async (lines, cuts) => {
      const text = lines.map((line) => `${line}\n`).join('');
      const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b), text.length];
      const chunks = places.slice(1).map((end, index) => text.slice(places[index], end));
      const isWhole = chunks.every((chunk) => Buffer.from(chunk).toString() === chunk);
      fc.pre(isWhole);
      assert.deepEqual(await read(chunks, 1000), { lines: lines.map((line) => Buffer.from(line).toString()), isTooLong: false });
    }),
    { numRuns: 100 },
  );
});

test('a line that is too long ends the reading, wherever its end is; what came before was read', async () => {
  assert.deepEqual(await read(['ok\n', 'x'.repeat(6), 'x'.repeat(6), '\nmore\n'], 10), { lines: ['ok'], isTooLong: true });
  assert.deepEqual(await read([`ok\n${'x'.repeat(11)}\n`], 10), { lines: ['ok'], isTooLong: true });
  assert.deepEqual(await read([`${'x'.repeat(10)}\n`], 10), { lines: ['x'.repeat(10)], isTooLong: false });
});

test('an engine understands two things, and nothing that looks like them', () => {
  assert.deepEqual(parseWindowMessage('{"kind":"join"}'), { kind: 'join' });
  assert.deepEqual(parseWindowMessage('{"kind":"end","why":"restarted","x":1}'), { kind: 'end', why: 'restarted' });
  for (const line of ['', 'join', 'null', '[]', '"join"', '{"kind":"end"}', '{"kind":"end","why":"lost"}', '{"kind":["join"]}']) {
    assert.equal(parseWindowMessage(line), undefined, line);
  }
});

test('a window takes no engine for one of ours that is not on this machine, or leaves something out', () => {
  const connection = {
    endpoint: 'http://127.0.0.1:80',
    port: 80,
    accountId: '000000000000',
    region: 'us-east-1',
    accessKeyId: 'A',
    secretAccessKey: 'S',
    dataDirectory: '/data',
  };
  const ready = (changes: object): string =>
    JSON.stringify({ kind: 'ready', pid: 1, terms: {}, connection: { ...connection, ...changes } });
  assert.equal(parseEngineMessage(ready({}))?.kind, 'ready');
  for (const changes of [
    { endpoint: 'http://127.0.0.1:81' },
    { endpoint: 'http://127.0.0.1:80@example.com', port: '80@example.com' },
    { endpoint: 'https://example.com' },
    { secretAccessKey: 1 },
    { region: '' },
  ]) {
    assert.equal(parseEngineMessage(ready(changes)), undefined, JSON.stringify(changes));
  }
  for (const line of ['{"kind":"later"}', '{"kind":"prove","nonce":1,"protocol":1}', '{"kind":"users","count":"2"}', '{']) {
    assert.equal(parseEngineMessage(line), undefined, line);
  }
});

test('no nonce leads out of the data folder', () => {
  assert.equal(proofFileName('0123456789abcdef0123456789abcdef'), 'engine.join.0123456789abcdef0123456789abcdef');
  for (const nonce of ['', '../x', '0123456789abcdef0123456789abcde/', '0123456789ABCDEF0123456789ABCDEF', 'a'.repeat(33)]) {
    assert.equal(proofFileName(nonce), undefined, nonce);
  }
});
