import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createLocalClient } from '../../src/aws/localClient.js';
import { formatJobFile, type JobFile, toJobFile } from '../../src/core/job/jobFile.js';
import { parseJobFile } from '../../src/core/job/parseJobFile.js';
import { jobTemplate } from '../../src/core/job/jobTemplate.js';
import { submitJob } from '../../src/core/job/submitJob.js';
import type { Target, TargetClient } from '../../src/core/job/target.js';
import { findOperation, operations } from '../../src/core/operations/catalogue.js';
import type { OperationDefinition } from '../../src/core/operations/operation.js';
import { untranslated } from '../../src/core/view/localizer.js';
import { createJobForm, type CreateJobForm, JobQuestionId } from '../../src/core/wizard/createJobForm.js';
import { startFilled } from '../../src/core/wizard/form.js';
import type { ManifestChoice } from '../../src/core/wizard/manifestChoice.js';
import { engineFor } from '../support/engineHarness.js';

const rows = 'photos,a.jpg,null\nphotos,b%20c.jpg,null\n';
const local: Target = { id: 'local', kind: 'local', label: 'Local', region: 'us-east-1' };
const file: ManifestChoice = { kind: 'file', uri: 'file:///work/manifest.csv', name: 'manifest.csv', columnCount: 3 };

interface Place {
  readonly form: CreateJobForm;
  readonly client: TargetClient;
}

async function placeFor(t: TestContext): Promise<Place> {
  const { engine } = await engineFor(t);
  const client = createLocalClient(engine.connection, local);
  t.after(() => client.dispose());
  return { client, form: createJobForm({ target: local, accountId: engine.connection.accountId, l10n: untranslated }) };
}

/** Written down and read again, as a job file on disk is. */
function written(job: JobFile): JobFile {
  const { job: read, findings } = parseJobFile(formatJobFile(job));
  return read ?? assert.fail(findings.map(({ message }) => message).join('\n'));
}

/** A template with a bucket that can be created: no bucket may have the names of AWS's examples. */
function templateOf(operation: OperationDefinition): JobFile {
  const { ManifestFile: _, ...job } = jobTemplate(operation);
  return { ...job, Report: { ...job.Report, Bucket: 'arn:aws:s3:::reports' } };
}

/** Submits a job; what was sent, without what belongs to a submit, and what the engine then says the job is. */
async function submitted({ client }: Place, job: JobFile): Promise<{ readonly sent: unknown; readonly described: JobFile }> {
  const { jobId, request } = await submitJob({
    client,
    job,
    clientRequestToken: `${Math.random()}`,
    readFile: () => Promise.resolve(new TextEncoder().encode(rows)),
  });
  const { AccountId: _account, ClientRequestToken: _token, ...sent } = request;
  return { sent, described: toJobFile(await client.describeJob(jobId), await client.getJobTags(jobId)) };
}

/** As JSON; the engine answers with milliseconds in every time. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(/(T\d\d:\d\d:\d\d)\.000Z/g, '$1Z'));

/** The ETag of a current object is looked up at each submit and is no answer to any question. */
function withoutETag(job: JobFile): unknown {
  const { ETag: _, ...location } = job.Manifest?.Location ?? assert.fail('the job has a manifest');
  return plain({ ...job, Manifest: { ...job.Manifest, Location: location } });
}

describe('wizard, job file, engine and back', () => {
  for (const operation of operations) {
    it(`is the same request all the way: ${operation.name}`, async (t) => {
      const place = await placeFor(t);
      const { form } = place;
      const answers = {
        ...form.answersOf({ ...templateOf(operation), Tags: [{ Key: 'team', Value: 'dätä' }] }),
        [JobQuestionId.manifest]: file,
        [JobQuestionId.upload]: 'arn:aws:s3:::manifests/a%20b/manifest.csv',
        [JobQuestionId.columns]: ['Bucket', 'Key', 'VersionId'],
      };
      const state = startFilled(form, answers);
      assert.equal(state.at, JobQuestionId.review, 'every question has its answer');

      const { sent, described } = await submitted(place, written({ ...form.job(answers), ManifestFile: 'manifest.csv' }));
      assert.deepEqual(plain(described), plain(sent));

      // And once more, as Clone does: the job that the engine describes is an answered form again.
      const again = form.job(startFilled(form, form.answersOf(described)).answers);
      assert.deepEqual(plain(again), withoutETag(described));
      assert.deepEqual((await submitted(place, again)).described, described);
      assert.deepEqual(plain(written(described)), plain(described));
    });
  }

  it('keeps the version of a manifest, with the ETag that only the job knows', async (t) => {
    const place = await placeFor(t);
    const [operation = assert.fail()] = operations;
    const Manifest = {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::m/k.csv', ObjectVersionId: 'v1', ETag: '60e460c9d1046e73f7dde5043ac3ae85' },
    } as const;
    const job: JobFile = { ...templateOf(operation), Manifest };
    assert.deepEqual(plain(place.form.job(place.form.answersOf(job))), plain(job));
  });

  it('keeps a list that the service makes', async (t) => {
    const place = await placeFor(t);
    const operation = findOperation('S3DeleteObjectTagging') ?? assert.fail();
    const { Manifest: _, ...template } = templateOf(operation);
    const generator = {
      SourceBucket: 'arn:aws:s3:::photos',
      EnableManifestOutput: false,
      Filter: { KeyNameConstraint: { MatchAnyPrefix: ['2026/'], MatchAnySuffix: ['.jpg'] }, ObjectSizeGreaterThanBytes: 1024 },
    };
    const job: JobFile = { ...template, ManifestGenerator: { S3JobManifestGenerator: generator } };
    const made = place.form.job(startFilled(place.form, place.form.answersOf(job)).answers);
    const { sent, described } = await submitted(place, written(made));
    assert.deepEqual(plain(described), plain(sent));
    assert.deepEqual(plain(place.form.job(place.form.answersOf(described))), plain(job));
  });
});
