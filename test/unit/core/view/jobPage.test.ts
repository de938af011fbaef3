import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobDescriptor } from '../../../../src/core/job/jobTypes.js';
import { jobTimeline } from '../../../../src/core/view/jobTimeline.js';
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
  statuses: [],
  problem: undefined,
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
      ['openReport', 'readCauses', 'retryFailed'],
    );
    assert.match(page.causes.note, /why 3 tasks failed/);
    assert.deepEqual(jobPage({ ...source, job: { ...job, Status: 'Active' } }, formats).buttons, []);
  });

  it('leads from the second run under chaos, on the local engine, to what it did otherwise than the first', () => {
    const second = { ...job, Description: 'Rename (chaos 2/2)' };
    const actions = (changes: Partial<JobPageSource>): readonly string[] =>
      jobPage({ ...source, ...changes }, formats).buttons.map(({ action }) => action);
    assert.ok(actions({ job: second }).includes('showChaos'));
    assert.ok(!actions({ job: { ...second, Status: 'Active' } }).includes('showChaos'));
    assert.ok(!actions({ job: second, target: { ...source.target, kind: 'aws' } }).includes('showChaos'));
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

describe('the parts of the page', () => {
  const at = (second: number): number => Date.UTC(2026, 10, 22, 10, 0, second);

  it('say where the job is, with links to manifest, report and role', () => {
    const aws = { id: 'aws:p:eu-west-1', kind: 'aws', label: 'p', region: 'eu-west-1', profile: 'p' } as const;
    const whole: JobDescriptor = {
      ...job,
      RoleArn: 'arn:aws:iam::123456789012:role/jobs',
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
        Location: { ObjectArn: 'arn:aws:s3:::m/list.csv', ETag: 'e' },
      },
    };
    const actions = (target: JobPageSource['target']): (string | undefined)[] =>
      jobPage({ ...source, target, job: whole }, formats).facts.items.flatMap(({ action }) => action ?? []);
    assert.deepEqual(actions(aws), ['openManifest', 'openReport', 'openRole']);
    assert.deepEqual(actions(source.target), ['openManifest', 'openReport']);
  });

  it('say the plot as a table of at most 24 rows, with its first and its last point', () => {
    const points = Array.from({ length: 300 }, (_, index) => ({ atMs: at(index), succeeded: index * 10, failed: index }));
    const { rows, columns } = jobPage({ ...source, points }, formats).plot.table;
    assert.deepEqual(columns, ['Time', 'Succeeded', 'Failed']);
    assert.ok(rows.length > 10 && rows.length <= 25, `${rows.length}`);
    // The space before AM is another one in other versions of ICU.
    const said = [rows[0], rows.at(-1)].map((row) => (row ?? []).join(' | ').replaceAll(/\s/g, ' '));
    assert.deepEqual(said, ['Nov 22, 2026, 10:00:00 AM | 0 | 0', 'Nov 22, 2026, 10:04:59 AM | 2,990 | 299']);
  });

  it('show a bar when nobody watched, and nothing before the service has counted', () => {
    assert.deepEqual(jobPage(source, formats).bar, { succeeded: 7, failed: 3, total: 10 });
    const { ProgressSummary: _, ...uncounted } = job;
    assert.equal(jobPage({ ...source, job: uncounted }, formats).bar, undefined);
  });

  it('say that the page is old', () => {
    assert.deepEqual(jobPage({ ...source, problem: 'Not up to date.' }, formats).problem, {
      text: 'Not up to date.',
      again: 'Try Again',
    });
    assert.equal('problem' in jobPage(source, formats), false);
  });
});

describe('jobTimeline', () => {
  const time = (second: number): string => new Date(Date.UTC(2026, 10, 22, 10, 0, second)).toISOString();
  const labels = (of: JobDescriptor, ...observed: [number, JobDescriptor['Status']][]): string[] =>
    jobTimeline(
      of,
      observed.map(([second, status]) => ({ atMs: Date.parse(time(second)), status })),
      formats,
    ).map(({ label, iso, isNow }) => `${label}${iso === '' ? '' : ` ${iso.slice(17, 19)}`}${isNow ? ' now' : ''}`);

  it('puts what the service tells and what was observed in order', () => {
    const ended = { ...job, CreationTime: time(0), SuspendedDate: time(2), TerminationDate: time(9) };
    assert.deepEqual(labels(ended, [1, 'Preparing'], [3, 'Suspended'], [4, 'Ready'], [5, 'Active'], [10, 'Complete']), [
      'Created 00',
      'Preparing, or earlier 01',
      'Waits for confirmation 02',
      'Ready 04',
      'Active 05',
      'Complete 09 now',
    ]);
  });

  it('ends with where the job is, also when that was never observed, and says nothing twice after a reload', () => {
    assert.deepEqual(labels({ ...job, Status: 'Active', CreationTime: time(0) }), ['Created 00', 'Active now']);
    assert.deepEqual(
      labels({ ...job, Status: 'Paused' }, [3, 'Active'], [5, 'Active'], [6, 'Paused'], [9, 'Active'], [10, 'Paused']),
      ['Active, or earlier 03', 'Paused 06', 'Active 09', 'Paused 10 now'],
    );
  });

  it('never calls the end of a job with failures a success', () => {
    assert.equal(jobTimeline({ ...job, TerminationDate: time(9) }, [], formats).at(-1)?.outcome, 'completeWithFailures');
  });
});

/** The tags of a page, with their attributes. */
function tagsOf(html: string): { readonly name: string; readonly attributes: Readonly<Record<string, string>> }[] {
  return [...html.matchAll(/<([a-z][\w-]*)((?:\s+[\w-]+(?:="[^"<>]*")?)*)\s*>/gi)].map(([, name = '', rest = '']) => ({
    name: name.toLowerCase(),
    attributes: Object.fromEntries([...rest.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])),
  }));
}

describe('pageHtml', () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror="alert(1)">'</title>`;
  const html = pageHtml({
    cspSource: 'https://csp',
    nonce: 'N0nce',
    script: 'https://csp/s.js',
    style: 'https://csp/s.css',
    language: hostile,
    title: hostile,
  });

  it('allows its own script and style and nothing else', () => {
    const policy = tagsOf(html).find(({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy')?.attributes[
      'content'
    ];
    const directives = Object.fromEntries(
      (policy ?? '').split(';').map((directive) => {
        const [name = '', ...values] = directive.trim().split(/\s+/);
        return [name, values];
      }),
    );
    assert.deepEqual(directives, {
      'default-src': ["'none'"],
      'script-src': ["'nonce-N0nce'"],
      'style-src': ['https://csp'],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
    });
  });

  it('has the tags of its frame only, whatever a job is called', () => {
    const tags = tagsOf(html);
    assert.deepEqual(
      tags.map(({ name }) => name),
      ['html', 'head', 'meta', 'meta', 'meta', 'link', 'title', 'body', 'main', 'script'],
    );
    assert.equal(html.match(/</g)?.length, tags.length + html.match(/<[/!]/g)!.length, 'nothing else begins a tag');
    for (const { attributes } of tags) {
      for (const name of Object.keys(attributes)) assert.doesNotMatch(name, /^(on|style$)/);
    }
    assert.deepEqual(tags.at(-1)?.attributes, { nonce: 'N0nce', src: 'https://csp/s.js' });
  });
});
