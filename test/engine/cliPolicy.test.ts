import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parse } from 'yaml';
import { type InProcessRun, runInProcess } from '../support/cliInProcess.js';
import { validRequest } from '../support/jobFixtures.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-cli-policy-'));
  await write('job.s3job.json', {
    ...validRequest,
    Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } },
    ManifestFile: 'manifest.csv',
    Manifest: { Spec: validRequest.Manifest.Spec, Location: { ObjectArn: 'arn:aws:s3:::manifests/manifest.csv' } },
  });
  await writeFile(join(folder, 'manifest.csv'), 'data,a\ndata,b\n"logs",c\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, value: unknown): Promise<void> => writeFile(join(folder, name), JSON.stringify(value));
const run = (...args: string[]): Promise<InProcessRun> => runInProcess(args, folder);

interface Documents {
  readonly TrustPolicy: unknown;
  readonly PermissionPolicy: {
    readonly Statement: readonly { readonly Sid: string; readonly Resource: unknown; readonly Action: unknown }[];
  };
}

describe('s3batch policy', () => {
  test('JSON, with the buckets of the manifest', async () => {
    const { code, stdout, stderr } = await run('policy', 'job.s3job.json');
    assert.deepEqual([code, stderr], [0, '']);
    const { PermissionPolicy: policy } = JSON.parse(stdout) as Documents;
    assert.deepEqual(
      policy.Statement.find(({ Sid }) => Sid === 'ActOnObjects'),
      {
        Sid: 'ActOnObjects',
        Effect: 'Allow',
        Action: ['s3:PutObjectTagging'],
        Resource: ['arn:aws:s3:::data/*', 'arn:aws:s3:::logs/*'],
      },
    );
  });

  test('CloudFormation is YAML with the same documents, a part is the bare document', async () => {
    const json = JSON.parse((await run('policy', 'job.s3job.json')).stdout) as Documents;
    const template = parse((await run('policy', 'job.s3job.json', '--format', 'cloudformation')).stdout) as {
      Resources: Record<string, { Properties: { Policies: { PolicyDocument: unknown }[]; AssumeRolePolicyDocument: unknown } }>;
    };
    const properties = template.Resources['BatchOperations']?.Properties;
    assert.deepEqual(properties?.Policies[0]?.PolicyDocument, json.PermissionPolicy);
    assert.deepEqual(properties.AssumeRolePolicyDocument, json.TrustPolicy);
    const part = await run('policy', 'job.s3job.json', '--part', 'permissions');
    assert.deepEqual(JSON.parse(part.stdout), json.PermissionPolicy);
  });

  test('what must be known first is said, with how to say it', async () => {
    await write('inventory.s3job.json', {
      ...validRequest,
      Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } },
    });
    const { code, stderr } = await run('policy', 'inventory.s3job.json');
    assert.equal(code, 2);
    assert.match(stderr, /does not say which buckets they are in/);
    assert.equal((await run('policy', 'inventory.s3job.json', '--bucket', 'data')).code, 0);
    assert.equal((await run('policy', 'job.s3job.json', '--owner', 'data=1')).code, 2);
    assert.equal((await run('policy', 'job.s3job.json', '--format', 'xml')).code, 2);
    assert.equal((await run('policy')).code, 2);
  });

  test('--compare and check --role: exit 1 when something is missing', async () => {
    await write('trust.json', JSON.parse((await run('policy', 'job.s3job.json', '--part', 'trust')).stdout));
    const permissions = JSON.parse(
      (await run('policy', 'job.s3job.json', '--part', 'permissions')).stdout,
    ) as Documents['PermissionPolicy'];
    await write('permissions.json', permissions);
    const same = await run('policy', 'job.s3job.json', '--compare', 'trust.json', 'permissions.json');
    assert.deepEqual([same.code, same.stdout], [0, 'The role surely has 6 of 6 needed permissions.\n']);
    await write('less.json', { Statement: permissions.Statement.slice(1) });
    const less = await run('policy', 'job.s3job.json', '--compare', 'trust.json', '--compare', 'less.json');
    assert.equal(less.code, 1);
    assert.match(
      less.stdout,
      /^missing s3:GetObject on arn:aws:s3:::manifests\/manifest\.csv: Read the manifest\. No statement allows it\.$/m,
    );
    const checked = await run('check', 'job.s3job.json', '--role', 'trust.json', '--role', 'less.json');
    assert.equal(checked.code, 1);
    assert.match(checked.stdout, /^missing s3:GetObject on/m);
    const json = await run('check', 'job.s3job.json', '--role', 'permissions.json', '--format', 'json');
    assert.equal(json.code, 0);
    const { role } = JSON.parse(json.stdout) as { role: { findings: { kind: string; action: string }[] } };
    assert.deepEqual(
      role.findings.map(({ kind, action }) => [kind, action]),
      [['undecidable', 'sts:AssumeRole']],
    );
    assert.equal((await run('check', 'job.s3job.json', '--role', 'nothing.json')).code, 2);
  });

  test('the submitter', async () => {
    const { stdout } = await run('policy', 'job.s3job.json', '--submitter', '--region', 'eu-west-1');
    assert.match(stdout, /"arn:aws:s3:eu-west-1:111122223333:job\/\*"/);
    assert.match(stdout, /iam:PassedToService/);
    assert.equal((await run('policy', 'job.s3job.json', '--submitter', '--part', 'trust')).code, 2);
  });
});

describe('s3batch check --cost', () => {
  test("rows and buckets of the manifest, with prices of a Region and of one's own", async () => {
    const { code, stdout } = await run('check', 'job.s3job.json', '--cost', '--region', 'eu-west-1', '--price', 'job=1');
    assert.equal(code, 0);
    assert.match(stdout, /^Replace all object tags: 3 objects in 2 buckets, about \$1\.00 \(estimate\)$/m);
    assert.match(stdout, /List prices of eu-west-1/);
    const json = await run('check', 'job.s3job.json', '--rows', '1000000', '--format', 'json');
    const { cost } = JSON.parse(json.stdout) as { cost: { rows: number; totalUsd: number } };
    assert.deepEqual([cost.rows, cost.totalUsd], [1_000_000, 6.25]);
  });

  test('prices that are none are refused', async () => {
    assert.equal((await run('check', 'job.s3job.json', '--cost', '--price', 'beer=1')).code, 2);
    assert.equal((await run('check', 'job.s3job.json', '--cost', '--price', 'job=-1')).code, 2);
    await write('prices.json', { job: 'much' });
    assert.match((await run('check', 'job.s3job.json', '--cost', '--prices', 'prices.json')).stderr, /'job' is none/);
    await write('prices.json', { job: 2 });
    assert.match((await run('check', 'job.s3job.json', '--cost', '--prices', 'prices.json')).stdout, /1 job at \$2\.00/);
  });
});
