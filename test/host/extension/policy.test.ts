import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';

suite('policy, role and cost of a job file', () => {
  let folder: string;
  let job: vscode.Uri;

  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 's3batch-policy-'));
    job = vscode.Uri.file(join(folder, 'tags.s3job.json'));
    await writeFile(join(folder, 'manifest.csv'), 'data,a\nlogs,b\n');
    await writeFile(
      job.fsPath,
      JSON.stringify({
        Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } },
        ManifestFile: 'manifest.csv',
        Manifest: {
          Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
          Location: { ObjectArn: 'arn:aws:s3:::manifests/manifest.csv' },
        },
        Report: { Enabled: false },
        Priority: 1,
        RoleArn: 'arn:aws:iam::111122223333:role/tags',
        ConfirmationRequired: true,
      }),
    );
  });
  teardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
  });

  test('the policy opens as a document in its language, with the buckets of the manifest', async () => {
    for (const [format, language] of [
      ['json', 'json'],
      ['cloudformation', 'yaml'],
      ['cdk', 'typescript'],
    ]) {
      await vscode.commands.executeCommand('s3batch.job.policy', job, { format, isSubmitter: false });
      const document = vscode.window.activeTextEditor?.document;
      assert.ok(document !== undefined);
      assert.equal(document.languageId, language);
      assert.match(document.getText(), /arn:aws:s3:::logs\/\*/);
    }
  });

  test('a role is compared with files', async () => {
    const policy = vscode.Uri.file(join(folder, 'policy.json'));
    await writeFile(policy.fsPath, JSON.stringify({ Statement: { Effect: 'Allow', Action: 's3:PutObject*', Resource: '*' } }));
    const comparison = await vscode.commands.executeCommand<{ findings: { kind: string; action: string }[] }>(
      's3batch.job.compareRole',
      job,
      [policy],
    );
    const missing = comparison.findings.filter(({ kind }) => kind === 'missing').map(({ action }) => action);
    assert.deepEqual(missing, ['s3:GetObject', 's3:GetObjectVersion']);
  });

  test('the cost card knows rows and buckets', async () => {
    const cost = await vscode.commands.executeCommand<{ rows: number; totalUsd: number }>('s3batch.job.cost', job);
    assert.equal(cost.rows, 2);
    assert.ok(cost.totalUsd > 0.25);
  });
});
