import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lintManifest } from '../../../../src/core/manifest/lintManifest.js';
import { type LineSource, lintInSlices, type Slicing } from '../../../../src/ui/lint/lintInSlices.js';

function lines(text: string, isOutdated = () => false): LineSource {
  const all = text.split('\n');
  return { lineCount: all.length, lineEnd: '\n', lineAt: (index) => all[index] ?? '', isOutdated };
}

/** A clock that moves on by 1 ms whenever somebody looks, so that slices end. */
function slicing(changes: Partial<Slicing> = {}): Slicing {
  let time = 0;
  return {
    now: () => (time += 1),
    breathe: () => Promise.resolve(),
    sliceMs: 2,
    partialAfterMs: 5,
    onPartial: () => undefined,
    ...changes,
  };
}

const row = fc.constantFrom(
  'test,a',
  'test,b c',
  'test,a',
  'other,x+y',
  '',
  'test,"a',
  'test',
  'Bucket,Key',
  'test,50%',
  '"multi',
);

test('the result is that of a lint in one go', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 400 }), fc.boolean(), async (rows, hasByteOrderMark) => {
      const text = rows.join('\n');
      assert.deepEqual(
        await lintInSlices(lines(text), { hasByteOrderMark }, slicing()),
        lintManifest(text, { hasByteOrderMark }),
      );
    }),
    { numRuns: 200 },
  );
});

test('a document that changes meanwhile has no result, and is left at once', async () => {
  let breaths = 0;
  const source = lines('test,a b\n'.repeat(10_000), () => breaths >= 3);
  const breathe = (): Promise<void> => {
    breaths += 1;
    return Promise.resolve();
  };
  assert.equal(await lintInSlices(source, {}, slicing({ breathe })), undefined);
  assert.equal(breaths, 3);
});

test('the first problems are shown once, before the end', async () => {
  const partial: number[] = [];
  const onPartial: Slicing['onPartial'] = (result) => partial.push(result.rows);
  const result = await lintInSlices(lines('test,a b\n'.repeat(10_000)), {}, slicing({ onPartial }));
  assert.equal(result?.rows, 10_000);
  assert.equal(partial.length, 1);
  assert.ok(partial[0] !== undefined && partial[0] > 0 && partial[0] < 10_000);
});
