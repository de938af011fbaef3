import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { defaultEngineSettings } from '../../../src/engine/contracts.js';
import { parseEngineSettings } from '../../../src/engine/engineSettings.js';
import { settingTable } from '../../../src/ui/platform/settingTable.js';

test('the table of emulated settings names each with its default', async () => {
  const text = await readFile('docs/local-engine.md', 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` *\| (\w+) *\|/gm)].map(([, name, value]) => [name, value]);
  assert.deepEqual(
    rows,
    Object.entries(defaultEngineSettings).map(([name, value]) => [name, String(value)]),
  );
});

test('VS Code offers each of them, with the same default', async () => {
  const { contributes } = JSON.parse(await readFile('package.json', 'utf8')) as {
    contributes: { configuration: { properties: object }[] };
  };
  const properties = Object.assign({}, ...contributes.configuration.map((part) => part.properties)) as Record<
    string,
    { default: unknown; properties?: Record<string, { default: unknown }> }
  >;
  const offered = { ...properties['s3batch.local.emulated']?.properties };
  for (const [name, value] of Object.entries(defaultEngineSettings)) {
    const own = properties[`s3batch.local.${name}`] ?? offered[name];
    assert.equal(own?.default, value, name);
    delete offered[name];
  }
  assert.deepEqual(offered, {});
});

test('what is written by hand is read name by name, and what is no setting leaves the others alone', () => {
  const { parse } = settingTable['s3batch.local.emulated'];
  assert.deepEqual(parse({ activeJobs: 2, s3KeyEncoding: 'echo', restoreDelayMs: '5', checksumType: null, toString: 1 }), {
    activeJobs: 2,
    s3KeyEncoding: 'echo',
  });
  assert.equal(parse([]), undefined);
});

test('values that are not possible are told by the engine', () => {
  assert.deepEqual(parseEngineSettings(['silenceMs=5', 'checksumType=COMPOSITE', 'silenceMs=6']), {
    silenceMs: 6,
    checksumType: 'COMPOSITE',
  });
  for (const text of [
    'silenceMs=0',
    'checksumType=HALF',
    'activeJobs=00',
    'redrives=-1',
    'functionErrors=',
    'emptyReport=echo',
    'cancelGraceMs=1.5',
    'toString=1',
    'redrives',
    '=1',
  ]) {
    assert.throws(() => parseEngineSettings([text]), { code: 'Usage', message: new RegExp(`${text} is not possible`) });
  }
});
