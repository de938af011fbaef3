import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChangedObject, ChangeOutcome } from '../../../../src/core/changes/changeList.js';
import { chaosSummary, chaosText } from '../../../../src/core/changes/chaosText.js';
import { chaosFindings } from '../../../../src/core/report/chaosFindings.js';
import type { RowResult } from '../../../../src/core/report/compareRuns.js';
import { untranslated } from '../../../../src/core/view/localizer.js';

const formats = { l10n: untranslated, locale: 'en' };
const good: RowResult = { status: 'succeeded', httpStatus: 200, code: '', message: 'done' };
const bad: RowResult = { status: 'failed', httpStatus: 200, code: 'PermanentFailure', message: 'line\nbreak' };
const subject = { jobName: 'job', first: { succeeded: 2, failed: 0 }, second: { succeeded: 1, failed: 1 } };

function changed(key: string, outcome: ChangeOutcome, kept?: number): ChangedObject {
  const state = { etag: 'e', sizeBytes: 1, versionId: 'null' };
  const after = { ...state, etag: 'f', sizeBytes: 2 };
  return { bucket: 'b', key, versionId: undefined, outcome, before: state, after, source: undefined, aspects: [], kept };
}

test('what the second run wrote again, or made and removed, is no finding; every link covers what it opens', () => {
  const rows = [{ bucket: 'b', key: 'line\nbreak', versionId: 'v1', first: good, second: bad }];
  const objects = [changed('again', 'rewritten'), changed('passing', 'passing'), changed('log', 'overwritten', 4)];
  const findings = chaosFindings(rows, objects);
  const { text, links } = chaosText(subject, findings, formats);
  const lines = text.split('\n');
  assert.ok(lines.includes('- s3://b/line�break version v1: first succeeded "done"; then failed PermanentFailure "line break"'));
  assert.ok(lines.includes('- Second run: 1 failed, 1 succeeded'), text);
  assert.deepEqual(
    links.map(({ line, start, end, opens, object }) => [opens, lines[line]?.slice(start, end), object.kept]),
    [
      ['object', 's3://b/line�break', undefined],
      ['object', 's3://b/log', 4],
      ['compare', '[compare]', 4],
    ],
  );
  assert.equal(
    chaosSummary(subject, findings, formats),
    '"job" is not idempotent: the second time 1 row ends otherwise, and 1 object is left otherwise.',
  );
});

test('a row that the second report lacks is said to be missing; nothing found is said as well', () => {
  const lost = chaosFindings([{ bucket: 'b', key: 'k', versionId: undefined, first: bad, second: null }], []);
  assert.match(chaosText(subject, lost, formats).text, /s3:\/\/b\/k: first failed .*; then not there/);
  const { text, links } = chaosText(subject, chaosFindings([], []), formats);
  assert.match(text, /"job" is idempotent here/);
  assert.deepEqual(links, []);
});
