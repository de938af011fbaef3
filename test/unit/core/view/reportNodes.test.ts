import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cause } from '../../../../src/core/report/causes.js';
import type { FailedTask } from '../../../../src/core/report/failedTask.js';
import { comparisonText } from '../../../../src/core/view/comparisonText.js';
import { untranslated } from '../../../../src/core/view/localizer.js';
import { causeView, rowView } from '../../../../src/core/view/reportNodes.js';
import { reportText } from '../../../../src/core/view/reportText.js';

const formats = { l10n: untranslated, locale: 'en', timeZone: 'UTC' };

const cause: Cause = {
  code: 'PermanentFailure',
  httpStatus: 200,
  message: 'Lambda returned function error: ReferenceError: newKey is not defined',
  count: 3,
  share: 1,
  sampleKeys: ['a'],
  sampleMessage:
    'Lambda returned function error: {"errorType":"ReferenceError","errorMessage":"newKey is not defined","trace":["at x"]}',
};

const task: FailedTask = { bucket: 'b', key: 'p/q/a%20b', versionId: '', httpStatus: 200, code: 'E', message: 'm' };

describe('nodes of the Report view', () => {
  it('a cause begins with what differs', () => {
    const view = causeView(cause, formats);
    assert.equal(view.label, 'PermanentFailure: ReferenceError: newKey is not defined');
    assert.equal(view.accessibilityLabel, '3 tasks, 100%: PermanentFailure: ReferenceError: newKey is not defined');
    assert.match(view.tooltip ?? '', /newKey is not defined\nat x\n/);
    assert.match(view.tooltip ?? '', /Nothing more is known of this error\.$/);
  });

  it('a row is named by the end of its key, and read out in full', () => {
    const places = (key: string, versionId = ''): (string | undefined)[] => {
      const { label, description, accessibilityLabel } = rowView({ ...task, key, versionId }, false);
      return [label, description, accessibilityLabel];
    };
    assert.deepEqual(places('p/q/a%20b'), ['a b', 'b/p/q/', 'p/q/a b, b']);
    assert.deepEqual(places('a', 'v1'), ['a', 'v1 · b', 'a, b (v1)']);
    assert.deepEqual(places('p/folder/'), ['folder/', 'b/p/', 'p/folder/, b']);
    assert.deepEqual(places('/'), ['/', 'b', '/, b']);
  });
});

describe('the text of a hostile report', () => {
  it('keeps its lines, so that links stay where they belong', () => {
    const evil = 'a\nb\rc\u2028d';
    const hostile = { ...cause, code: evil, sampleKeys: [evil], sampleMessage: evil };
    const files = [{ status: undefined, name: `/${evil}.csv`, place: { path: '/x' }, rows: 1 }];
    const source = { createdAt: undefined, succeeded: 0, failed: 1, causes: [hostile], files, problems: [evil] };
    const { text, links } = reportText({ title: evil, facts: [evil], reasons: [evil] }, source, formats);
    const [link] = links;
    assert.equal(text.split(/\r\n|[\r\n\u2028]/)[link?.line ?? 0]?.slice(link?.start, link?.end), '/a b c d.csv');
  });
});

describe('texts of a report with very many causes', () => {
  const causes = Array.from({ length: 2400 }, (_, index) => ({ ...cause, message: `m${index}` }));

  it('are of a length that can be read', () => {
    const source = { createdAt: undefined, succeeded: 0, failed: 7200, causes, files: [], problems: [] };
    const { text } = reportText({ title: 'R', facts: [], reasons: [] }, source, formats);
    assert.equal(text.match(/^### /gm)?.length, 100);
    assert.match(text, /2,300 more causes are in the Report view\./);
    const comparison = { newlyFailing: 7200, newCauses: causes, newlyFixed: 0, fixedKeys: [], stillFailing: 0, notInLater: 0 };
    assert.match(comparisonText('a', 'b', comparison, formats), /And 2,300 more causes\./);
  });

  it('a report without a task is said to have none, and what is not verified is said', () => {
    const none = { createdAt: undefined, succeeded: 0, failed: 0, causes: [], files: [], problems: [] };
    const subject = { title: 'R', facts: [], reasons: [] };
    assert.match(reportText(subject, none, formats).text, /It lists no task at all/);
    const files = [{ status: undefined, name: '/x.csv', place: { path: '/x.csv' }, rows: 2, isUnverified: true }];
    const { text, links } = reportText(subject, { ...none, failed: 2, causes: [cause], files }, formats);
    assert.match(text, /^- 2 rows, MD5 not verified: \/x\.csv$/m);
    const [link] = links;
    assert.equal(text.split('\n')[link?.line ?? 0]?.slice(link?.start, link?.end), '/x.csv');
  });
});
