import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeGatherer, countChanges } from '../../../../src/core/changes/changeList.js';
import { changeSummary, changesText } from '../../../../src/core/changes/changesText.js';
import type { StoreChange } from '../../../../src/core/changes/storeChange.js';
import { untranslated } from '../../../../src/core/view/localizer.js';

const formats = { l10n: untranslated, locale: 'en' };
const state = (etag: string) => ({ etag, sizeBytes: 5, versionId: 'null' });

function gather(changes: readonly Omit<StoreChange, 'number' | 'bucket'>[]) {
  const gatherer = new ChangeGatherer();
  changes.forEach((change, index) => gatherer.add({ number: index + 1, bucket: 'b', ...change }));
  return gatherer.end();
}

test('an object is what became of it from before the first change to after the last', () => {
  const changed = gather([
    { kind: 'put', key: 'new', before: null, after: state('1') },
    { kind: 'put', key: 'new', before: state('1'), after: state('2') },
    { kind: 'remove', key: 'gone', before: state('1'), after: null, isKept: true },
    { kind: 'put', key: 'passing', before: null, after: state('1') },
    { kind: 'remove', key: 'passing', before: state('1'), after: null, isKept: true },
    { kind: 'remove', key: 'never', before: null, after: null },
    { kind: 'put', key: 'restored', before: state('1'), after: state('2'), isKept: true },
    { kind: 'put', key: 'restored', before: state('2'), after: state('1') },
    { kind: 'tags', key: 'tags', before: state('1'), after: state('1'), was: null, is: [1] },
    { kind: 'tags', key: 'tags', before: state('1'), after: state('1'), was: [1], is: null },
  ]);
  assert.deepEqual(
    changed.map(({ key, outcome, kept }) => [key, outcome, kept]),
    [
      ['new', 'created', undefined],
      ['gone', 'deleted', 3],
      ['passing', 'passing', undefined],
      ['restored', 'rewritten', 7],
    ],
  );
});

test('the summary names the first count’s noun; every link covers what it opens, whatever the key holds', () => {
  assert.equal(
    changeSummary(
      [
        { what: 'copied', objects: 1204 },
        { what: 'overwritten', objects: 3 },
        { what: 'deleted', objects: 12 },
      ],
      formats,
    ),
    '1,204 objects copied, 3 overwritten, 12 deleted',
  );
  const changed = gather([
    { kind: 'put', key: 'line\nbreak', before: state('1'), after: state('2'), isKept: true },
    { kind: 'remove', key: 'gone', before: state('1'), after: null, isKept: true },
  ]);
  const { text, links } = changesText('job', changed, formats);
  const lines = text.split('\n');
  assert.deepEqual(
    links.map(({ line, start, end, opens }) => [opens, lines[line]?.slice(start, end)]),
    [
      ['object', 's3://b/line�break'],
      ['compare', '[compare]'],
      ['before', '[before]'],
    ],
  );
  assert.equal(countChanges(changed).length, 2);
  assert.match(changesText('job', [], formats).text, /No object was changed/);
});

test('what changed beside the bytes is told in words where there are some', () => {
  const lines = changesText(
    'job',
    gather([
      { kind: 'tags', key: 'a', before: state('1'), after: state('1'), was: null, is: [{ key: 'team', value: 'red' }] },
      { kind: 'legalHold', key: 'b', before: state('1'), after: state('1'), was: 'OFF', is: 'ON' },
      { kind: 'retention', key: 'c', before: state('1'), after: state('1'), was: [], is: { mode: 'GOVERNANCE' } },
    ]),
    formats,
  ).text.split('\n');
  assert.deepEqual(
    lines.filter((line) => line.startsWith('- ')).map((line) => line.replace(/^.*?; /, '')),
    ['tagged: none → team=red', 'given another legal hold: OFF → ON', 'given another retention: none → {"mode":"GOVERNANCE"}'],
  );
});
