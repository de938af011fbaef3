import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operations } from '../../../../src/core/operations/catalogue.js';
import { checkJobFile } from '../../../../src/core/job/checkJobFile.js';
import type { Target } from '../../../../src/core/job/target.js';
import { untranslated } from '../../../../src/core/view/localizer.js';
import { type CreateJobForm, createJobForm, JobQuestionId } from '../../../../src/core/wizard/createJobForm.js';
import type { ManifestChoice } from '../../../../src/core/wizard/manifestChoice.js';
import { WizardTester } from '../../../support/wizardTester.js';

const local: Target = { id: 'local', kind: 'local', label: 'Local', region: 'us-east-1' };
const file: ManifestChoice = { kind: 'file', uri: 'file:///w/manifest.csv', name: 'manifest.csv', columnCount: 2 };
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:rename-reports';
const functionId = 'Operation.LambdaInvoke.FunctionArn';
const versionId = 'Operation.LambdaInvoke.InvocationSchemaVersion';
const argumentsId = 'Operation.LambdaInvoke.UserArguments';

function tester(manifest: ManifestChoice = file, target: Target = local): WizardTester<CreateJobForm> {
  const form = createJobForm({ target, accountId: '000000000000', l10n: untranslated });
  return new WizardTester(form).expectQuestion(JobQuestionId.manifest).answer(manifest);
}

function atFunction(): WizardTester<CreateJobForm> {
  return tester().acceptUntil(JobQuestionId.operation).answer('LambdaInvoke').expectQuestion(functionId);
}

describe('the form for a new job', () => {
  it('makes a complete job of a file and the defaults of Local', () => {
    const wizard = tester()
      .expectQuestion(JobQuestionId.upload)
      .expectStep(2, 13)
      .accept()
      .expectQuestion(JobQuestionId.operation)
      .expectOptions(...operations.map(({ label }) => label))
      .answer('LambdaInvoke')
      .expectQuestion(functionId)
      .expectStep(4, 16)
      .answer(functionArn)
      .expectQuestion(versionId)
      .expectOffered('2.0')
      .accept()
      .expectQuestion(argumentsId)
      .answer({ suffix: 'B' })
      .expectQuestion(JobQuestionId.reportEnabled)
      .accept()
      .expectQuestion(JobQuestionId.reportBucket)
      .type('report-dest')
      .expectQuestion(JobQuestionId.reportPrefix)
      .type('completion-reports')
      .expectQuestion(JobQuestionId.reportScope)
      .accept()
      .expectQuestion(JobQuestionId.role)
      .accept()
      .expectQuestion(JobQuestionId.priority)
      .expectOffered(10)
      .type('7')
      .expectQuestion(JobQuestionId.description)
      .type('Rename reports')
      .expectQuestion(JobQuestionId.tags)
      .answer({ team: 'data' })
      .expectQuestion(JobQuestionId.confirmation)
      .expectOffered(false)
      .accept()
      .expectQuestion(JobQuestionId.review)
      .expectStep(16, 16)
      .expectOptions('Submit to Local', 'Save as Job File…');
    const job = wizard.form.job(wizard.answers);
    assert.deepEqual(job, {
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
        Location: { ObjectArn: 'arn:aws:s3:::manifests/manifest.csv' },
      },
      Operation: {
        LambdaInvoke: { FunctionArn: functionArn, InvocationSchemaVersion: '2.0', UserArguments: { suffix: 'B' } },
      },
      Report: {
        Enabled: true,
        Format: 'Report_CSV_20180820',
        Bucket: 'arn:aws:s3:::report-dest',
        Prefix: 'completion-reports',
        ReportScope: 'AllTasks',
      },
      RoleArn: 'arn:aws:iam::000000000000:role/s3-batch-local',
      Priority: 7,
      Description: 'Rename reports',
      Tags: [{ Key: 'team', Value: 'data' }],
      ConfirmationRequired: false,
    });
    assert.deepEqual(checkJobFile({ ...job, ManifestFile: 'manifest.csv' }), []);
  });

  it('asks for user arguments with schema 2.0 only, and forgets them with 1.0', () => {
    const wizard = atFunction().answer(functionArn).answer('2.0').expectQuestion(argumentsId).answer({ a: 'b' });
    wizard.back().back().expectQuestion(versionId).answer('1.0').expectQuestion(JobQuestionId.reportEnabled);
    const { LambdaInvoke } = wizard.form.job(wizard.answers).Operation;
    assert.deepEqual(LambdaInvoke, { FunctionArn: functionArn, InvocationSchemaVersion: '1.0' });
  });

  it("checks a function's name by the service's rule and insists on one", () => {
    const wizard = atFunction();
    wizard.expectProblem('no such thing!', 'error', /^FunctionArn must be the ARN of a Lambda function/);
    wizard.expectProblem(undefined, 'error', /FunctionArn is missing/);
    wizard.expectFine(functionArn).expectProblem('rename-reports', 'warning', /is the name of a function/);
  });

  it('warns of a schema version that nobody documents, and lets it pass', () => {
    const wizard = atFunction()
      .answer(functionArn)
      .expectProblem('3.0', 'warning', /not documented/);
    wizard.answer('3.0').expectQuestion(JobQuestionId.reportEnabled);
  });

  it('asks nothing more about a report that is not wanted', () => {
    const wizard = atFunction().answer(functionArn).acceptUntil(JobQuestionId.reportEnabled).answer(false);
    wizard.expectQuestion(JobQuestionId.role).acceptUntil(JobQuestionId.review);
    assert.deepEqual(wizard.form.job(wizard.answers).Report, { Enabled: false });
  });

  it('checks bucket, prefix, role, priority, description and tags as the service does', () => {
    const wizard = atFunction().answer(functionArn).acceptUntil(JobQuestionId.reportBucket);
    wizard.expectProblem('arn:aws:s3:::bucket/key', 'error', /^Report bucket must be the ARN of a bucket/);
    wizard.expectProblem(undefined, 'error', /Bucket is missing/).type('report-dest');
    wizard.expectQuestion(JobQuestionId.reportPrefix).expectProblem('reports/', 'warning', /slash/);
    wizard
      .expectProblem('x'.repeat(513), 'error', /at most 512/)
      .expectFine(undefined)
      .accept();
    wizard
      .acceptUntil(JobQuestionId.role)
      .expectProblem('batch-role', 'error', /Job role must be the ARN of the role/)
      .accept();
    for (const text of ['-1', '2147483648', 'high', '1.5', '']) wizard.expectProblem(wizard.parse(text), 'error', /Priority/);
    wizard.expectFine(0).expectFine(2_147_483_647).accept();
    wizard
      .expectQuestion(JobQuestionId.description)
      .expectProblem('x'.repeat(257), 'error', /at most 256/)
      .accept();
    wizard.expectQuestion(JobQuestionId.tags).expectProblem({ 'aws:x': '1' }, 'error', /reserved/);
    wizard
      .expectProblem({ 'a!b': '1' }, 'error', /letters, digits/)
      .expectFine({})
      .expectFine(undefined);
  });

  it('asks for the columns of a file that has more than two', () => {
    const wizard = tester({ ...file, columnCount: 4 })
      .accept()
      .expectQuestion(JobQuestionId.columns);
    wizard.expectOffered(['Bucket', 'Key', 'VersionId', 'Ignore']);
    wizard.expectOptions('Bucket, Key, VersionId, Ignore', 'Bucket, Key, Ignore, Ignore');
    wizard.expectProblem(wizard.parse('Bucket, Key'), 'error', /4 columns, but 2/);
    wizard.expectProblem(wizard.parse('Bucket, Key, Size, Ignore'), 'error', /must be one of/);
    wizard.expectProblem(wizard.parse('Bucket, Bucket, Key, Ignore'), 'error', /Bucket 2 times/);
    wizard.expectProblem(undefined, 'error', /Name the columns/);
    wizard.type('Ignore, Bucket, Key, Ignore').expectQuestion(JobQuestionId.operation);
    assert.deepEqual(wizard.form.job(wizard.answers).Manifest?.Spec.Fields, ['Ignore', 'Bucket', 'Key', 'Ignore']);
  });

  it('takes a manifest that is in S3 and uploads nothing', () => {
    const wizard = new WizardTester(createJobForm({ target: local, accountId: '000000000000', l10n: untranslated }));
    wizard.expectProblem(wizard.parse('test/manifest.csv'), 'error', /s3:\/\/bucket\/key/);
    wizard.expectProblem(wizard.parse('s3://test'), 'error', /s3:\/\/bucket\/key/);
    wizard.type(' s3://test/manifests/m.csv ').expectQuestion(JobQuestionId.columns).accept();
    wizard.expectQuestion(JobQuestionId.operation);
    assert.deepEqual(wizard.form.job(wizard.answers).Manifest, {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::test/manifests/m.csv' },
    });
  });

  it('recognises an inventory report and asks for no columns', () => {
    const wizard = tester({ kind: 's3', bucket: 'inv', key: 'daily/2026-01-02T00-00Z/manifest.json' });
    wizard.expectQuestion(JobQuestionId.operation);
    assert.deepEqual(wizard.form.job(wizard.answers).Manifest?.Spec, { Format: 'S3InventoryReport_CSV_20161130' });
  });

  it('keeps every answer on the way back to the start and forth again', () => {
    const wizard = atFunction().answer(functionArn).acceptUntil(JobQuestionId.review);
    const before = wizard.form.job(wizard.answers);
    while (wizard.question.id !== JobQuestionId.manifest) wizard.back();
    wizard.acceptUntil(JobQuestionId.review);
    assert.deepEqual(wizard.form.job(wizard.answers), before);
  });

  it('has no default role or bucket, and waits for confirmation, where jobs cost money', () => {
    const aws: Target = { id: 'aws:p:us-east-1', kind: 'aws', label: 'p', region: 'us-east-1' };
    const wizard = tester(file, aws)
      .expectOffered(undefined)
      .type('s3://mine/manifest.csv')
      .answer('LambdaInvoke')
      .answer(functionArn);
    wizard.acceptUntil(JobQuestionId.reportBucket).expectOffered(undefined).type('mine').acceptUntil(JobQuestionId.role);
    wizard.expectOffered(undefined).type('arn:aws:iam::111122223333:role/batch').acceptUntil(JobQuestionId.confirmation);
    wizard.expectOffered(true);
  });
});
