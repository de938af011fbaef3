import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManifestModel } from '../../../../src/core/manifest/incrementalLint.js';
import { lintManifest } from '../../../../src/core/manifest/lintManifest.js';
import { buildInSlices, type Slicing } from '../../../../src/ui/lint/buildInSlices.js';

function modelOf(text: string): ManifestModel {
  const lines = text.split('\n');
  return new ManifestModel({ lineCount: lines.length, lineAt: (line) => lines[line] ?? '' }, undefined);
}

/** A clock that moves on by 1 ms whenever somebody looks, so that slices end. */
function slicing(changes: Partial<Slicing> = {}): Slicing {
  let time = 0;
  return {
    now: () => (time += 1),
    breathe: () => Promise.resolve(),
    isOutdated: () => false,
    sliceMs: 2,
    partialAfterMs: 5,
    onPartial: () => undefined,
    ...changes,
  };
}

test('a model built in slices says what a lint in one go says', async () => {
  const text = 'test,a b\ntest,c\n"x\n'.repeat(2000);
  const model = modelOf(text);
  assert.equal(await buildInSlices(model, slicing()), true);
  assert.deepEqual(model.lint({}), lintManifest(text));
});

test('a text that changes meanwhile has no model, and is left at once', async () => {
  let breaths = 0;
  const breathe = (): Promise<void> => {
    breaths += 1;
    return Promise.resolve();
  };
  const model = modelOf('test,a b\n'.repeat(10_000));
  assert.equal(await buildInSlices(model, slicing({ breathe, isOutdated: () => breaths >= 3 })), false);
  assert.equal(breaths, 3);
});

test('the first problems of a long text are there before the last', async () => {
  const partials: number[] = [];
  const model = modelOf('test,a b\n'.repeat(10_000));
  const onPartial = (): void => void partials.push(model.lint({}).rows);
  assert.equal(await buildInSlices(model, slicing({ onPartial })), true);
  assert.equal(partials.length, 1);
  assert.ok((partials[0] ?? 0) > 0 && (partials[0] ?? 0) < 10_000);
});
