import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compareRole } from '../../../src/core/iam/compareRole.js';
import { readExistingRole } from '../../../src/core/iam/existingRole.js';
import type { PolicyFormat } from '../../../src/core/iam/formats/policyFormat.js';
import { needsOfJob } from '../../../src/core/iam/jobNeeds.js';
import { policyDocument } from '../../../src/core/iam/policyDocument.js';
import { policiesOfJob, policyText } from '../../../src/core/iam/policyText.js';
import { statementsFor } from '../../../src/core/iam/statements.js';
import { needsOfSubmitter } from '../../../src/core/iam/submitterNeeds.js';
import type { JobFile } from '../../../src/core/job/jobFile.js';
import { validRequest } from '../../support/jobFixtures.js';
import { policyJobs } from '../../support/policyJobs.js';
import { canRun, runProgram } from '../../support/program.js';
import { repositoryRoot } from '../../support/sampleEngine.js';

// The policies in the hands of those who take them: IAM and CloudFormation (moto), Terraform, the CDK.

const python = process.platform === 'win32' ? 'python' : 'python3';
const noMoto = (await canRun(python, ['-c', 'import moto.iam, moto.cloudformation, moto.s3']))
  ? false
  : 'moto is not on this machine';
const noTerraform = (await canRun('terraform', ['version'])) ? false : 'terraform is not on this machine';
/** A folder in whose node_modules aws-cdk-lib and constructs are; they are too big to be a dependency of tests. */
const cdkFolder = process.env['S3BATCH_CDK_FOLDER'];

const job: JobFile = {
  ...validRequest,
  Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } },
  RoleArn: 'arn:aws:iam::111122223333:role/jobs/batch-operations',
};
const facts = { buckets: ['data'], region: 'us-east-1' };
const submitter = policyDocument(statementsFor(needsOfSubmitter(job, facts).needs));
const write = (format: PolicyFormat, isSubmitter: boolean, of = job): string => policyText(of, facts, { format, isSubmitter });

async function inFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 's3batch-policy-'));
  try {
    return await action(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('IAM and CloudFormation', { skip: noMoto }, () => {
  interface Answer {
    readonly direct: { readonly getRole: unknown; readonly getRolePolicy: unknown; readonly details: unknown };
    readonly stacks: Record<string, unknown>;
    readonly acting: Record<string, string>;
  }
  const own = policiesOfJob(job, facts);
  // moto takes an S3 ARN with a Region for a mistake, though those of jobs have one (Service Authorization Reference, list_amazons3).
  const withoutJobArns = (text: string): string => text.replaceAll('arn:aws:s3:us-east-1:111122223333:job/', 'arn:aws:s3:::job/');
  const ask = async (): Promise<Answer> => {
    const result = await runProgram(python, [join(repositoryRoot, 'test', 'support', 'iamStandIn.py')], {
      env: process.env,
      input: JSON.stringify({
        trust: own.trust,
        permissions: own.permissions,
        submitter: JSON.parse(withoutJobArns(JSON.stringify(submitter))) as unknown,
        roleName: 'batch-operations',
        templates: [write('cloudformation', false), withoutJobArns(write('cloudformation', true))],
      }),
    });
    assert.equal(result.code, 0, result.stderr);
    return JSON.parse(result.stdout) as Answer;
  };

  test('take the policies, give them back, and let the role do what the job does and nothing else', async () => {
    const { direct, stacks, acting } = await ask();
    assert.deepEqual(stacks, {
      path: '/jobs/',
      trust: own.trust,
      permissions: own.permissions,
      submitter: JSON.parse(withoutJobArns(JSON.stringify(submitter))) as unknown,
    });
    assert.deepEqual(acting, {
      tagData: 'allowed',
      tagOther: 'denied',
      readManifest: 'allowed',
      readOtherKey: 'denied',
      readData: 'denied',
      report: 'allowed',
      reportElsewhere: 'denied',
      delete: 'denied',
    });
    // What IAM prints of the role is what we read.
    const { needs } = needsOfJob(job, facts);
    for (const files of [[direct.getRole, direct.getRolePolicy], [direct.details]]) {
      const read = files.map((value, index) => ({ name: `${index}.json`, text: JSON.stringify(value) }));
      assert.deepEqual(compareRole(needs, readExistingRole(read, 'direct')).findings, []);
    }
  });
});

describe('Terraform', { skip: noTerraform }, () => {
  const env = { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '' };

  test('finds nothing to lay out anew', async () => {
    await inFolder(async (folder) => {
      const samples = fc.sample(policyJobs, 30);
      for (const [index, sample] of samples.entries()) {
        const text = policyText(sample.job, sample.facts, { format: 'terraform', isSubmitter: false });
        await writeFile(join(folder, `job${index}.tf`), text);
      }
      await writeFile(join(folder, 'submitter.tf'), write('terraform', true));
      const result = await runProgram('terraform', ['fmt', '-check', '-diff', folder], { env });
      assert.equal(result.code, 0, result.stdout + result.stderr);
    });
  });

  test('reads the same documents from it', async () => {
    await inFolder(async (folder) => {
      const keyed: JobFile = {
        ...job,
        Operation: { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target', SSEAwsKmsKeyId: 'alias/data' } },
        Manifest: { ...validRequest.Manifest, Location: { ObjectArn: 'arn:aws:s3:::m/a*${b}%{c}"\\.csv', ETag: 'a' } },
      };
      // The provider can't be had here, so the documents are looked at as values of their own.
      const text = policyText(keyed, facts, { format: 'terraform', isSubmitter: false });
      const documents = [...text.matchAll(/= (jsonencode\(\{\n[^]*?\n {2}\}\))/g)].map((match) => match[1] ?? '');
      assert.equal(documents.length, 2);
      const [trust, permissions] = documents;
      await writeFile(
        join(folder, 'main.tf'),
        `output "trust" {\n  value = ${trust}\n}\noutput "permissions" {\n  value = ${permissions}\n}\n`,
      );
      const apply = await runProgram('terraform', ['apply', '-auto-approve', '-input=false', '-no-color'], { env, cwd: folder });
      assert.equal(apply.code, 0, apply.stdout + apply.stderr);
      const output = await runProgram('terraform', ['output', '-json'], { env, cwd: folder });
      const values = JSON.parse(output.stdout) as Record<string, { value: string }>;
      const expected = policiesOfJob(keyed, facts);
      assert.deepEqual(JSON.parse(values['trust']?.value ?? ''), expected.trust);
      assert.deepEqual(JSON.parse(values['permissions']?.value ?? ''), expected.permissions);
    });
  });
});

describe('CDK', { skip: cdkFolder === undefined ? 'S3BATCH_CDK_FOLDER names no folder with aws-cdk-lib' : false }, () => {
  test('compiles strictly and synthesizes the same policies', async () => {
    await inFolder(async (folder) => {
      await symlink(join(cdkFolder ?? '', 'node_modules'), join(folder, 'node_modules'));
      await mkdir(join(folder, 'out'));
      await writeFile(join(folder, 'role.ts'), write('cdk', false));
      await writeFile(join(folder, 'submitter.ts'), write('cdk', true));
      await writeFile(
        join(folder, 'main.ts'),
        `import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BatchOperationsRole } from './role';
import { S3BatchSubmitterPolicy } from './submitter';
const stack = new Stack(new App(), 'Stack');
new BatchOperationsRole(stack, 'Role');
new S3BatchSubmitterPolicy(stack, 'Submitter');
console.log(JSON.stringify(Template.fromStack(stack).toJSON()));
`,
      );
      const compiler = join(repositoryRoot, 'node_modules', '.bin', 'tsc');
      const flags = [
        '--strict',
        '--skipLibCheck',
        '--module',
        'commonjs',
        '--target',
        'es2022',
        '--types',
        '',
        '--outDir',
        'out',
      ];
      const declared = 'declare const console: { log(text: string): void };\n';
      await writeFile(join(folder, 'console.d.ts'), declared);
      const compiled = await runProgram(compiler, [...flags, 'main.ts', 'console.d.ts'], { env: process.env, cwd: folder });
      assert.equal(compiled.code, 0, compiled.stdout + compiled.stderr);
      const run = await runProgram(process.execPath, [join(folder, 'out', 'main.js')], {
        env: { ...process.env, NODE_PATH: join(cdkFolder ?? '', 'node_modules') },
        cwd: folder,
      });
      assert.equal(run.code, 0, run.stderr);
      const { Resources } = JSON.parse(run.stdout) as {
        Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
      };
      const ofType = (type: string): Record<string, unknown> | undefined =>
        Object.values(Resources).find((resource) => resource.Type === type)?.Properties;
      const role = ofType('AWS::IAM::Role');
      const own = policiesOfJob(job, facts);
      assert.deepEqual([role?.['RoleName'], role?.['Path']], ['batch-operations', '/jobs/']);
      assert.ok(role !== undefined);
      const [inline] = role['Policies'] as { PolicyDocument: unknown }[];
      assert.deepEqual(listed(inline?.PolicyDocument), listed(own.permissions));
      assert.deepEqual(withoutSids(role?.['AssumeRolePolicyDocument']), withoutSids(own.trust));
      assert.deepEqual(listed(ofType('AWS::IAM::ManagedPolicy')?.['PolicyDocument']), listed(submitter));
    });
  });
});

interface Statements {
  readonly Statement: readonly Record<string, unknown>[];
}

/** With every list of one as a list, as the CDK writes the value alone. */
function listed(document: unknown): unknown {
  const statements = (document as Statements).Statement;
  return statements.map((statement) => ({
    ...statement,
    Action: [statement['Action']].flat(),
    Resource: [statement['Resource']].flat(),
  }));
}

/** Principal, action and effect: the CDK writes no Sid into a trust policy. */
function withoutSids(document: unknown): unknown {
  return (document as Statements).Statement.map(({ Effect, Principal, Action }) => ({
    Effect,
    Principal,
    Action: [Action].flat(),
  }));
}
