import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { defaultEngineSettings } from '../../../src/engine/contracts.js';

test('the table of emulated settings names each with its default', async () => {
  const text = await readFile('docs/local-engine.md', 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` *\| (\w+) *\|/gm)].map(([, name, value]) => [name, value]);
  assert.deepEqual(
    rows,
    Object.entries(defaultEngineSettings).map(([name, value]) => [name, String(value)]),
  );
});
