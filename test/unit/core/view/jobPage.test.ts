import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobDescriptor } from '../../../../src/core/job/jobTypes.js';
import { jobPage, type JobPageSource } from '../../../../src/core/view/jobPage.js';
import { untranslated } from '../../../../src/core/view/localizer.js';
import { pageHtml } from '../../../../src/ui/jobPage/pageHtml.js';

const formats = { l10n: untranslated, locale: 'en', timeZone: 'UTC' };
const job: JobDescriptor = {
  JobId: 'j-1',
  Status: 'Complete',
  Priority: 1,
  Description: 'Rename',
  Operation: { S3DeleteObjectTagging: {} },
  Report: { Enabled: true, Bucket: 'arn:aws:s3:::reports', Prefix: 'p' },
  ProgressSummary: { TotalNumberOfTasks: 10, NumberOfTasksSucceeded: 7, NumberOfTasksFailed: 3 },
};
const source: JobPageSource = {
  target: { id: 'local', kind: 'local', label: 'Local', region: 'us-east-1' },
  job,
  tags: [],
  points: [],
  pace: undefined,
  causes: undefined,
  request: '{}',
};

describe('jobPage', () => {
  it('never calls a job with failures a success, and offers what its end allows', () => {
    const page = jobPage(source, formats);
    assert.equal(page.outcome, 'completeWithFailures');
    assert.match(page.progress, /3 failed/);
    assert.deepEqual(
      page.buttons.map(({ action }) => action),
      ['openReport', 'readCauses'],
    );
    assert.match(page.causes.note, /why 3 tasks failed/);
    assert.deepEqual(jobPage({ ...source, job: { ...job, Status: 'Active' } }, formats).buttons, []);
  });

  it('says the causes with share and advice, or why they could not be read', () => {
    const cause = {
      code: 'AccessDenied',
      httpStatus: 403,
      message: 'm',
      count: 3,
      share: 1,
      sampleKeys: [],
      sampleMessage: 'Access denied',
    };
    const page = jobPage({ ...source, causes: [cause] }, formats);
    assert.deepEqual(page.causes.items, [{ title: 'AccessDenied', amount: '3 tasks, 100%', share: 1, detail: 'Access denied' }]);
    assert.equal(jobPage({ ...source, causes: new Error('No report.') }, formats).causes.note, 'No report.');
  });
});

describe('pageHtml', () => {
  it('allows its own script and style and nothing else', () => {
    const html = pageHtml({
      cspSource: 'https://csp',
      nonce: 'N',
      script: 's.js',
      style: 's.css',
      language: 'en',
      title: '"><script>x',
    });
    assert.match(
      html,
      /content="default-src 'none'; script-src 'nonce-N'; style-src https:\/\/csp; base-uri 'none'; form-action 'none'"/,
    );
    assert.doesNotMatch(html, /unsafe|<style|style="|\son\w+=/);
    assert.equal(html.match(/<script/g)?.length, 1);
  });
});
