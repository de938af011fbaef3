import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { transform } from 'esbuild';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { exportFormatNames, exportFormats, type ExportFormatName, exportJob } from '../../../src/core/export/exportJob.js';
import { handlerSource } from '../../../src/core/export/customResource.js';
import { powerShellQuote, shellQuote } from '../../../src/core/export/quoting.js';
import type { JobFile } from '../../../src/core/job/jobFile.js';
import { parseJobFile } from '../../../src/core/job/parseJobFile.js';
import { hclString } from '../../../src/core/export/terraformFormat.js';
import { runInProcess } from '../../support/cliInProcess.js';
import { comparable, expectedRequest, exportedJobs } from '../../support/exportedJobs.js';
import { JobCatcher } from '../../support/jobCatcher.js';
import { canRun, runProgram } from '../../support/program.js';
import { proofRuns } from '../../support/proofRuns.js';
import { noBoto3 } from '../../support/python.js';
import { repositoryRoot } from '../../support/sampleEngine.js';

const skipUnless = async (program: string, args: readonly string[]): Promise<string | false> => {
  if (await canRun(program, args)) return false;
  console.log(`SKIPPED: ${program} is not on this machine`);
  return `${program} is not on this machine`;
};
const noShell = await skipUnless('sh', ['-c', 'true']);
const noCli = await skipUnless('aws', ['--version']);
const noTerraform = await skipUnless('terraform', ['version']);
const noCfnLint = await skipUnless('cfn-lint', ['--version']);
const noPowerShell = await skipUnless('pwsh', ['-Version']);

let folder = '';
let catcher: JobCatcher;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-export-'));
  await writeFile(join(folder, 'manifest.csv'), 'bucket,key\n');
  catcher = await JobCatcher.start();
});
after(async () => {
  await catcher.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Jobs caught since `count`, against those that were exported. */
function sameJobs(jobs: readonly JobFile[], from: number): void {
  const caught = catcher.jobs.slice(from);
  assert.deepEqual(
    caught.map(({ request }) => comparable(request)),
    jobs.map((job) => comparable(expectedRequest(job))),
  );
  for (const { accountId, request } of caught) {
    assert.equal(accountId, '111122223333');
    assert.match(String(request['ClientRequestToken']), /^[\w-]{1,64}$/);
  }
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const text = fc.string({ unit: 'binary', maxLength: 20 }).map((value) => value.replaceAll('\0', ''));
const hostile = fc.string({ unit: fc.constantFrom(...Array.from(`'"\\$\`!*?~#;&|<>(){}[] \n\r\t-=‘’‚‛%`)), maxLength: 16 });
const words = fc.oneof(text, hostile).filter((value) => Buffer.from(value).toString() === value);

test('a shell reads every quoted word as it was', { skip: noShell }, async () => {
  const all = fc.sample(words, proofRuns(500, 20_000));
  for (let start = 0; start < all.length; start += 500) {
    const part = all.slice(start, start + 500);
    const script = `printf '%s\\0' ${part.map(shellQuote).join(' ')}`;
    const { code, stdout, stderr } = await runProgram('sh', ['-s'], { input: script, env: process.env });
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout.split('\0').slice(0, -1), part);
  }
});

test('a single-quoted string of PowerShell ends where it should, and holds what it held', { skip: false }, () => {
  // The rule of about_Quoting_Rules: any of five characters opens and closes; two in a row are one, the second of them.
  const read = (source: string): [string, number] => {
    const isQuote = (unit: string | undefined): boolean => unit !== undefined && "'‘’‚‛".includes(unit);
    assert.ok(isQuote(source[0]));
    let value = '';
    for (let index = 1; index < source.length; index += 1) {
      if (!isQuote(source[index])) value += source[index];
      else if (isQuote(source[index + 1])) value += source[(index += 1)];
      else return [value, index + 1];
    }
    throw new Error('never closed');
  };
  fc.assert(
    fc.property(words, (value) => {
      const quoted = powerShellQuote(value);
      assert.deepEqual(read(`${quoted} + $etag`), [value, quoted.length]);
    }),
    { numRuns: proofRuns(1000, 20_000) },
  );
});

test('PowerShell reads every quoted string as it was', { skip: noPowerShell }, async () => {
  const all = fc.sample(words, 200);
  const script = `[Console]::OutputEncoding = [Text.Encoding]::UTF8\n[Console]::Write((@(${all.map(powerShellQuote).join(',')}) -join [char]0))`;
  const { stdout } = await runProgram('pwsh', ['-NoProfile', '-File', await file('quotes.ps1', script)], { env: process.env });
  assert.deepEqual(stdout.split('\0'), all);
});

test('AWS CLI in a shell: the same job, its manifest uploaded with SSE-S3', { skip: noShell || noCli }, async () => {
  // The command line starts slowly; all operations take part in a full proof.
  const jobs = exportedJobs.slice(0, proofRuns(1, exportedJobs.length));
  const from = catcher.jobs.length;
  for (const [index, job] of jobs.entries()) {
    const script = await file(`job${index}.sh`, exportJob(job, 'sh'));
    const { code, stderr } = await runProgram('sh', [script], { env: catcher.env, cwd: folder });
    assert.equal(code, 0, stderr);
  }
  sameJobs(jobs, from);
  const [stored] = catcher.objects.splice(0);
  assert.equal(stored?.body.includes('bucket,key'), true);
  assert.equal(stored?.encryption, 'AES256');
  assert.match(stored?.path ?? '', /amzn-s3-demo-bucket.*manifests\/manifest\.csv$/);
});

test('a script ends when the manifest was not uploaded', { skip: noShell }, async () => {
  const [job] = exportedJobs;
  const uploading: JobFile = { ...(job as JobFile), ManifestFile: 'manifest.csv' };
  const program = await file('aws', '#!/bin/sh\necho "$1" >> calls.txt\ntest "$1" != s3api\n');
  await chmod(program, 0o755);
  const script = await file('failing.sh', exportJob(uploading, 'sh'));
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const { code } = await runProgram('sh', [script], { env, cwd: folder });
  await rm(program);
  assert.notEqual(code, 0);
  assert.equal(await readFile(join(folder, 'calls.txt'), 'utf8'), 's3api\n');
});

test('the AWS CLI takes the job file of every operation as --cli-input-json', { skip: noBoto3 || noCli }, async () => {
  const jobs = exportedJobs.slice(0, proofRuns(4, exportedJobs.length));
  const inputs = jobs.map((job) => JSON.stringify({ AccountId: '111122223333', ...expectedRequest(job) }));
  const from = catcher.jobs.length;
  // In one process: a start of the command line for each would take most of a minute.
  const script = [
    'import json, sys',
    'from awscli.clidriver import create_clidriver',
    'for line in sys.stdin:',
    '    code = create_clidriver().main(["s3control", "create-job", "--cli-input-json", line])',
    '    if code: sys.exit(code)',
  ].join('\n');
  const { code, stderr } = await runProgram('python3', ['-c', script], {
    env: catcher.env,
    input: inputs.map((line) => `${line}\n`).join(''),
  });
  assert.equal(code, 0, stderr);
  sameJobs(jobs, from);
});

test('boto3: the same job for every operation', { skip: noBoto3 }, async () => {
  const from = catcher.jobs.length;
  const paths = await Promise.all(exportedJobs.map((job, index) => file(`job${index}.py`, exportJob(job, 'boto3'))));
  const { code, stderr } = await runProgram(
    'python3',
    ['-c', 'import runpy, sys\nfor path in sys.argv[1:]: runpy.run_path(path, run_name="__main__")', ...paths],
    { env: catcher.env },
  );
  assert.equal(code, 0, stderr);
  sameJobs(exportedJobs, from);
});

test('SDK v3: the same job for every operation', async () => {
  const from = catcher.jobs.length;
  // Clients put account and bucket before the host; here every name is this machine.
  await file(
    'lookup.cjs',
    `require('dns').lookup = (host, options, done) => options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);`,
  );
  const modules = await Promise.all(
    exportedJobs.map(async (job, index) => {
      const { code } = await transform(exportJob(job, 'sdk-v3'), { loader: 'ts', format: 'esm' });
      const local = code.replaceAll(
        /from "(@aws-sdk\/[\w-]+)"/g,
        (_, name: string) => `from ${JSON.stringify(import.meta.resolve(name))}`,
      );
      return file(`job${index}.mjs`, local);
    }),
  );
  const env = {
    ...catcher.env,
    HTTP_PROXY: undefined,
    AWS_ENDPOINT_URL_S3_CONTROL: `http://s3-control.local.test:${catcher.port}`,
    AWS_ENDPOINT_URL_S3: `http://s3.local.test:${catcher.port}`,
  };
  const main = await file('all.mjs', modules.map((path) => `await import(${JSON.stringify(path)});\n`).join(''));
  const { code, stderr } = await runProgram(process.execPath, ['--require', join(folder, 'lookup.cjs'), main], { env });
  assert.equal(code, 0, stderr);
  sameJobs(exportedJobs, from);
});

test('Terraform: formatted, valid, and applied it creates the same job', { skip: noTerraform || noCli }, async () => {
  const [job] = exportedJobs;
  assert.ok(job?.ManifestFile);
  const jobs = [job, exportedJobs[2] as JobFile];
  for (const [index, each] of jobs.entries()) {
    const from = catcher.jobs.length;
    const place = await mkdtemp(join(folder, `tf${index}-`));
    await writeFile(join(place, 'main.tf'), exportJob(each, 'terraform'));
    await writeFile(join(place, 'manifest.csv'), 'bucket,key\n');
    const run = async (...args: string[]): Promise<void> => {
      const env = { ...catcher.env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
      const { code, stdout, stderr } = await runProgram('terraform', args, { env, cwd: place });
      assert.equal(code, 0, `terraform ${args.join(' ')}\n${stdout}${stderr}`);
    };
    await run('fmt', '-check', '-diff');
    await run('init', '-input=false');
    await run('validate');
    await run('apply', '-auto-approve', '-input=false');
    sameJobs([each], from);
    // Nothing changed: no second job.
    await run('apply', '-auto-approve', '-input=false');
    assert.equal(catcher.jobs.length, from + 1);
  }
});

test('strings of HCL start no template', () => {
  assert.equal(hclString('${a} %{b} "c"\n\b\f'), '"$${a} %%{b} \\"c\\"\\n\\u0008\\u000C"');
});

test('CloudFormation: valid, and its function creates the same job', { skip: noBoto3 }, async () => {
  const requests: string[] = [];
  for (const job of exportedJobs) {
    const template = exportJob(job, 'cloudformation');
    const tags = ['!GetAtt', '!Sub'].map((tag) => ({ tag, resolve: (value: string) => `${tag} ${value}` }));
    const { Resources: resources } = parseYaml(template, { customTags: tags }) as {
      Resources: Record<string, { Properties: Record<string, never> }>;
    };
    const code = resources['CreateJobFunction']?.Properties['Code'] as { ZipFile: string } | undefined;
    assert.equal(code?.ZipFile, handlerSource);
    requests.push(String(resources['S3BatchJob']?.Properties['Request']));
  }
  const script = [
    'import json, sys, types',
    'answers = []',
    'cfnresponse = types.ModuleType("cfnresponse")',
    'cfnresponse.SUCCESS, cfnresponse.FAILED = "SUCCESS", "FAILED"',
    'cfnresponse.send = lambda event, context, status, data, id, reason=None: answers.append([status, id, reason])',
    'sys.modules["cfnresponse"] = cfnresponse',
    'source, *requests = json.load(sys.stdin)',
    'exec(source)',
    'for number, request in enumerate(requests):',
    '    handler({"RequestType": "Create", "StackId": "stack", "RequestId": str(number), "ResourceProperties": {"Request": request}}, None)',
    'handler({"RequestType": "Delete", "PhysicalResourceId": "job"}, None)',
    'handler({"RequestType": "Create", "StackId": "s", "RequestId": "r", "ResourceProperties": {"Request": "{"}}, None)',
    'print(json.dumps(answers))',
  ].join('\n');
  const from = catcher.jobs.length;
  const { code, stdout, stderr } = await runProgram('python3', ['-c', script], {
    env: catcher.env,
    input: JSON.stringify([handlerSource, ...requests]),
  });
  assert.equal(code, 0, stderr);
  sameJobs(exportedJobs, from);
  const answers = JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as [string, string, string | null][];
  assert.deepEqual(
    answers.map(([status]) => status),
    [...exportedJobs.map(() => 'SUCCESS'), 'SUCCESS', 'FAILED'],
  );
  assert.equal(answers.at(-2)?.[1], 'job');
});

test('CloudFormation: cfn-lint has nothing to say', { skip: noCfnLint }, async () => {
  const paths = await Promise.all(
    exportedJobs
      .slice(0, proofRuns(1, exportedJobs.length))
      .map((job, index) => file(`job${index}.yaml`, exportJob(job, 'cloudformation'))),
  );
  const { code, stdout, stderr } = await runProgram('cfn-lint', paths, { env: process.env });
  assert.equal(code, 0, stdout + stderr);
});

/** Stand-ins for the two packages: they keep what a construct is made of. */
const cdkStandIn = `
const made = (globalThis.madeByCdk ??= []);
const record = (kind) => class {
  constructor(...given) { made.push({ kind, given: given.at(-1) }); this.functionArn = 'arn'; }
  getAttString(attribute) { return attribute; }
};
module.exports = {
  aws_iam: { PolicyStatement: record('statement') },
  aws_lambda: { Function: record('function'), Runtime: {}, Code: { fromInline: (source) => source } },
  CustomResource: record('resource'),
  Duration: { seconds: (number) => number },
  Construct: class {},
};
`;

interface MadeByCdk {
  readonly kind: string;
  readonly given: { readonly code?: string; readonly properties?: { readonly Request: string } };
}

test('CDK: a construct with the same function and the same request', async () => {
  for (const name of ['aws-cdk-lib', 'constructs']) {
    await mkdir(join(folder, 'node_modules', name), { recursive: true });
    await file(join('node_modules', name, 'index.js'), cdkStandIn);
  }
  const made: MadeByCdk[] = [];
  Object.assign(globalThis, { madeByCdk: made });
  const load = createRequire(join(folder, 'index.js'));
  for (const [index, job] of exportedJobs.entries()) {
    const { code } = await transform(exportJob(job, 'cdk'), { loader: 'ts', format: 'cjs' });
    const module = load(await file(`construct${index}.cjs`, code)) as {
      S3BatchJob: new (scope: unknown, id: string) => { jobId: string };
    };
    made.length = 0;
    assert.equal(new module.S3BatchJob({}, 'Job').jobId, 'JobId');
    const of = (kind: string): MadeByCdk['given'] | undefined => made.find((item) => item.kind === kind)?.given;
    assert.equal(of('function')?.code, handlerSource.trimEnd());
    const { AccountId: account, ...request } = JSON.parse(of('resource')?.properties?.Request ?? '{}') as Record<string, unknown>;
    assert.equal(account, '111122223333');
    const { ManifestFile: _, ...expected } = job;
    assert.deepEqual(request, JSON.parse(JSON.stringify(expected)));
    assert.ok(made.filter(({ kind }) => kind === 'statement').length >= 2);
  }
});

test('Step Functions: states that lead to CreateJob, whose arguments are the request', () => {
  for (const job of exportedJobs) {
    const machine = JSON.parse(exportJob(job, 'step-functions')) as {
      QueryLanguage: string;
      StartAt: string;
      States: Record<
        string,
        { Type: string; Resource: string; Arguments: Record<string, unknown>; Next?: string; End?: boolean }
      >;
    };
    assert.equal(machine.QueryLanguage, 'JSONata');
    const seen: string[] = [];
    for (let at: string | undefined = machine.StartAt; at !== undefined; at = machine.States[at]?.Next) {
      const state: (typeof machine.States)[string] | undefined = machine.States[at];
      assert.ok(state !== undefined && !seen.includes(at), at);
      assert.equal(state.Type, 'Task');
      assert.match(state.Resource, /^arn:aws:states:::aws-sdk:(?:s3:headObject|s3control:createJob)$/);
      assert.equal(state.End === true, state.Next === undefined);
      seen.push(at);
    }
    assert.deepEqual(seen.toSorted(), Object.keys(machine.States).toSorted());
    const { ClientRequestToken: token, AccountId: account, ...request } = machine.States['CreateJob']?.Arguments ?? {};
    assert.match(String(token), /^\{% .*Execution\.Id.* %\}$/);
    assert.equal(account, '111122223333');
    const expected = expectedRequest(job);
    const location = (request['Manifest'] as { Location: { ETag: string } } | undefined)?.Location;
    if (job.ManifestFile !== undefined && location !== undefined) {
      assert.equal(location.ETag, '{% $etag %}');
      location.ETag = '60e460c9d1046e73f7dde5043ac3ae85';
    }
    assert.deepEqual(request, JSON.parse(JSON.stringify(expected)));
  }
  const [job] = exportedJobs;
  const written = exportJob({ ...(job as JobFile), Description: '{% $now() %}' }, 'step-functions');
  assert.ok(written.includes(JSON.stringify('{% "{% $now() %}" %}')), 'text that looks like an expression stays text');
});

test('s3batch export: every format, and a job with errors', async () => {
  const sample = join('samples', 'rename-reports', 'rename.s3job.json');
  const { job } = parseJobFile(JSON.stringify(exportedJobs[0]));
  assert.ok(job);
  for (const format of exportFormatNames) {
    const { code, stdout } = await runInProcess(['export', sample, '--format', format], repositoryRoot);
    assert.equal(code, 0);
    assert.ok(stdout.length > 200, format);
    assert.ok(exportFormats[format satisfies ExportFormatName].extension.startsWith('.'));
  }
  await file('bad.s3job.json', '{ "Priority": 1 }');
  const bad = await runInProcess(['export', 'bad.s3job.json'], folder);
  assert.deepEqual([bad.code, bad.stdout], [1, '']);
  assert.match(bad.stderr, /s3batch check bad\.s3job\.json/);
  assert.equal((await runInProcess(['export', 'bad.s3job.json', '--format', 'cobol'], folder)).code, 2);
});
