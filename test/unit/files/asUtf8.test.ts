import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { asUtf8 } from '../../../src/files/asUtf8.js';

/** The bytes as they come out, given in pieces that end at `cuts`. */
async function convert(bytes: Uint8Array, cuts: readonly number[]): Promise<Buffer> {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    // One buffer for all of them: a chunk may be overwritten once the next one is asked for.
    const shared = new Uint8Array(bytes.length);
    for (const [index, end] of ends.entries()) {
      const piece = bytes.subarray(index === 0 ? 0 : ends[index - 1], end);
      shared.set(piece);
      yield shared.subarray(0, piece.length);
      shared.fill(0);
    }
  }
  const pieces: Buffer[] = [];
  for await (const piece of asUtf8(chunks())) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

const cuts = fc.array(fc.nat(200), { maxLength: 5 });
const text = fc.string({ unit: 'binary', maxLength: 40 });

test('UTF-16 of both byte orders becomes UTF-8, wherever the chunks are cut', async () => {
  await fc.assert(
    fc.asyncProperty(text, cuts, fc.boolean(), async (value, at, isBigEndian) => {
      const bytes = Buffer.from(`\uFEFF${value}`, 'utf16le');
      assert.equal((await convert(isBigEndian ? bytes.swap16() : bytes, at)).toString('utf8'), value);
    }),
  );
});

test('all else stays as it is, bytes that are no text too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), cuts, async (bytes, at) => {
      fc.pre(!(bytes[0] === 0xff && bytes[1] === 0xfe) && !(bytes[0] === 0xfe && bytes[1] === 0xff));
      assert.deepEqual(await convert(bytes, at), Buffer.from(bytes));
    }),
  );
});
