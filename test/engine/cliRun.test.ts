import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type InProcessRun, runInProcess } from '../support/cliInProcess.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-cli-run-'));
  await file('template.yaml', template);
  await file('app.js', handler);
  await file('manifest.csv', 'test,good%201\ntest,bad\ntest,good%202\n');
  await file('job.s3job.json', jobText());
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

const template = `AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: work, CodeUri: ., Handler: app.handler, Runtime: nodejs22.x, Timeout: 30 }
`;

const handler = `exports.handler = async (event) => {
  const [task] = event.tasks;
  console.log('sees', task.s3Key);
  if (task.s3Key.startsWith('slow')) await new Promise((resolve) => setTimeout(resolve, 200));
  const resultCode = task.s3Key === 'bad' ? 'PermanentFailure' : 'Succeeded';
  return { invocationSchemaVersion: '2.0', invocationId: event.invocationId, results: [{ taskId: task.taskId, resultCode, resultString: 'said ' + resultCode }] };
};
`;

function jobText(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    ManifestFile: 'manifest.csv',
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::test/manifest.csv' },
    },
    Operation: {
      LambdaInvoke: {
        FunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:work',
        InvocationSchemaVersion: '2.0',
      },
    },
    Report: {
      Enabled: true,
      Bucket: 'arn:aws:s3:::reports',
      Prefix: 'done',
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
    },
    Priority: 10,
    RoleArn: 'arn:aws:iam::111122223333:role/batch',
    ConfirmationRequired: true,
    ...changes,
  });
}

function file(name: string, text: string): Promise<void> {
  return writeFile(join(folder, name), text);
}

const run = (...args: string[]): Promise<InProcessRun> => runInProcess(['run', ...args], folder);

/** Temporary data folders of runs, those of other tests included. */
async function leftovers(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('s3batch-run-'));
}

describe('s3batch run', () => {
  test('says that the template declares the function twice, and which one counts', async () => {
    await file('template.yaml', `${template}${template.slice(template.indexOf('  Work:')).replace('Work:', 'Again:')}`);
    const { stderr } = await run('job.s3job.json');
    const path = join(folder, 'template.yaml');
    assert.equal(stderr, `The function work is declared in ${path}:5 and again in ${path}:8; the first counts.\n`);
  });

  test('a run that could not be made ends its events with the reason', async () => {
    await file('manifest.csv', 'test,a%zz\n');
    const { code, stdout, stderr } = await run('job.s3job.json', '--format', 'json');
    assert.equal(code, 2);
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as unknown;
    assert.deepEqual(last, {
      event: 'failed',
      code: 'ManifestHasErrors',
      message: 'The manifest manifest.csv has 1 error in 1 row.',
      hint: 'Correct the manifest, then submit the job again.',
    });
    assert.match(stderr, /^manifest\.csv:1:7: error bad-escape /);
  });

  test('settings of the engine are taken by name, and what is none is told', async () => {
    const { stdout } = await run('job.s3job.json', '--setting', 's3KeyEncoding=echo', '--report', 'out');
    const log = await readFile(join(/^Report: (.*)$/m.exec(stdout)?.[1] ?? '', 'output.log'), 'utf8');
    assert.match(log, /sees good%201$/m);
    const wrong = await run('job.s3job.json', '--setting', 'redrives=many');
    assert.equal(wrong.code, 2);
    assert.match(
      wrong.stderr,
      /^s3batch run: Option '--setting' takes NAME=VALUE with one of redrives, .*; redrives=many is not possible\.$/m,
    );
  });

  test('runs a job that asks for confirmation, says why tasks failed, and copies the report', async () => {
    const { code, stdout, stderr } = await run('job.s3job.json', '--report', 'out');
    assert.deepEqual([code, stderr], [1, '']);
    assert.match(stdout, /Complete: 1 of 3 tasks failed/);
    assert.match(stdout, /1 × PermanentFailure: said PermanentFailure {2}for example bad/);
    const [job = ''] = await readdir(join(folder, 'out'));
    assert.match(stdout, new RegExp(`Report: .*${job}`));
    const results = await readdir(join(folder, 'out', job, 'results'));
    const rows = (await Promise.all(results.map((name) => readFile(join(folder, 'out', job, 'results', name), 'utf8')))).join('');
    assert.deepEqual(rows.split('\r\n').toSorted(), [
      '',
      'test,bad,,failed,200,PermanentFailure,said PermanentFailure',
      'test,good%201,,succeeded,200,,said Succeeded',
      'test,good%202,,succeeded,200,,said Succeeded',
    ]);
    assert.match(await readFile(join(folder, 'out', job, 'output.log'), 'utf8'), /row 1, test\/good%201\] sees good\+1/);
  });

  test('runs a sample, the same rows for the same seed', async () => {
    const keys = async (seed: string): Promise<string[]> => {
      const out = `sample-${seed}-${randomUUID()}`;
      await run('job.s3job.json', '--sample', '2', '--seed', seed, '--report', out);
      const [job = ''] = await readdir(join(folder, out));
      const results = join(folder, out, job, 'results');
      const rows = await Promise.all((await readdir(results)).map((name) => readFile(join(results, name), 'utf8')));
      return [...rows.join('').matchAll(/^test,([^,]*)/gm)].map(([, key = '']) => key).toSorted();
    };
    const drawn = await keys('3');
    assert.equal(drawn.length, 2);
    assert.deepEqual(await keys('3'), drawn);
    for (const wrong of [
      ['--seed', '1'],
      ['--sample', '0'],
      ['--sample', '1', '--limit', '1'],
    ]) {
      assert.equal((await run('job.s3job.json', ...wrong)).code, 2);
    }
  });

  test('says what the handlers changed in the store, and lists it', async () => {
    await file('manifest.csv', 'test,good%201\ntest,good%202\n');
    await mkdir(join(folder, 'buckets', 'test'), { recursive: true });
    await file('buckets/test/good 1', 'old');
    await file(
      'app.js',
      `const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');
const s3 = new S3Client({ forcePathStyle: true });
exports.handler = async (event) => {
  const [task] = event.tasks;
  const Key = decodeURIComponent(task.s3Key.replaceAll('+', ' '));
  await s3.send(new PutObjectCommand({ Bucket: task.s3Bucket, Key, Body: 'new' }));
  return { invocationSchemaVersion: '2.0', invocationId: event.invocationId, results: [{ taskId: task.taskId, resultCode: 'Succeeded', resultString: '' }] };
};`,
    );
    const { code, stdout } = await run('job.s3job.json', '--changes', 'changes.jsonl');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^Changes: 1 object created, 1 overwritten in the local store$/m);
    const lines = (await readFile(join(folder, 'changes.jsonl'), 'utf8')).trim().split('\n');
    const changed = lines.map((line) => JSON.parse(line) as { key: string; outcome: string });
    assert.deepEqual(changed.map(({ key, outcome }) => `${key} ${outcome}`).toSorted(), ['good 1 overwritten', 'good 2 created']);
  });

  test('chaos: names the rows and objects that a second run leaves otherwise, and only those', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => `test,${index % 10 === 0 ? 'append' : 'set'}${index}\n`);
    await file('manifest.csv', rows.join(''));
    await file(
      'app.js',
      `const { S3Client, PutObjectCommand, GetObjectCommand } = require('@aws-sdk/client-s3');
const s3 = new S3Client({ forcePathStyle: true });
exports.handler = async (event) => {
  const [task] = event.tasks;
  const Bucket = 'out', Key = task.s3Key;
  const old = await s3.send(new GetObjectCommand({ Bucket, Key })).then((a) => a.Body.transformToString(), () => '');
  const isAppend = Key.startsWith('append');
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: isAppend ? old + 'x' : 'x' }));
  return { invocationSchemaVersion: '2.0', invocationId: event.invocationId, results: [{ taskId: task.taskId, resultCode: 'Succeeded', resultString: isAppend ? String(old.length) : 'set' }] };
};`,
    );
    await mkdir(join(folder, 'buckets', 'out'), { recursive: true });
    const { code, stdout } = await run('job.s3job.json', '--chaos', '7', '--format', 'json');
    assert.equal(code, 1, stdout);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const found = events.find(({ event }) => event === 'chaos') as
      { rows: { key: string }[]; objects: { key: string }[] } | undefined;
    const keys = (items: readonly { key: string }[] = []): string[] => items.map(({ key }) => key).toSorted();
    assert.deepEqual(keys(found?.rows), ['append0', 'append10', 'append20']);
    assert.deepEqual(keys(found?.objects), ['append0', 'append10', 'append20']);
    const steady = await run('job.s3job.json', '--chaos', '--limit', '0');
    assert.equal(steady.code, 2);
    await file('manifest.csv', 'test,set1\ntest,set2\n');
    const { code: good, stdout: text } = await run('job.s3job.json', '--chaos');
    assert.equal(good, 0, text);
    assert.match(text, /every row ended the second time as the first/);
  });

  test('prints events, runs the first rows only, and keeps nothing', async () => {
    const { code, stdout } = await run(
      'job.s3job.json',
      '--limit',
      '1',
      '--format',
      'json',
      '--concurrency',
      '2',
      '--memory',
      '256',
    );
    assert.equal(code, 0);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(events[0]?.['event'], 'created');
    assert.ok(!(await leftovers()).includes(String(events[0]?.['dataDirectory']).split(/[/\\]/).at(-1) ?? ''));
    const { jobId: _, ...last } = events.at(-1) ?? {};
    assert.deepEqual(last, {
      event: 'ended',
      status: 'Complete',
      total: 1,
      succeeded: 1,
      failed: 0,
      failureReasons: [],
      causes: [],
      report: null,
    });
  });

  test('what can’t be run ends with 2 and says what to do', async () => {
    assert.equal((await run()).code, 2);
    assert.match((await run('none.s3job.json')).stderr, /Can't read none\.s3job\.json/);
    await file('bad.s3job.json', jobText({ Priority: -1 }));
    const bad = await run('bad.s3job.json');
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /^bad\.s3job\.json:1:\d+: error Priority/);
    await file('other.s3job.json', jobText({ Operation: { LambdaInvoke: { FunctionArn: 'other' } } }));
    const other = await run('other.s3job.json');
    assert.equal(other.code, 2);
    assert.match(other.stderr, /There is no function other to call\.\n.*template\.yaml declares work\./);
    await file('manifest.csv', 'test,a\ntest\n');
    const ragged = await run('job.s3job.json');
    assert.equal(ragged.code, 2);
    assert.match(ragged.stderr, /The manifest manifest\.csv has 1 error in 2 rows/);
    // As the problem matcher of tasks reads it.
    const { contributes } = JSON.parse(await readFile('package.json', 'utf8')) as {
      contributes: { problemPatterns: { regexp: string }[] };
    };
    const pattern = new RegExp(contributes.problemPatterns[0]?.regexp ?? '', 'm');
    assert.deepEqual(pattern.exec(ragged.stderr)?.slice(1, 5), ['manifest.csv', '2', '1', 'error']);
    assert.deepEqual(pattern.exec(bad.stderr)?.slice(1, 3), ['bad.s3job.json', '1']);
  });

  test('Ctrl+C cancels the job and leaves nothing behind', { skip: process.platform === 'win32' }, async () => {
    await file('manifest.csv', Array.from({ length: 400 }, (_, index) => `test,slow${index}\n`).join(''));
    const tag = `s3batch-cli-${process.pid}-${Date.now()}`;
    const cli = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
    const child = spawn(process.execPath, [cli, 'run', 'job.s3job.json', '--format', 'json'], {
      cwd: folder,
      env: { ...process.env, TAG: tag },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let text = '';
    let isInterrupted = false;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (isInterrupted || !/"succeeded":[1-9]/.test(text) || child.pid === undefined) return;
      isInterrupted = true;
      // To the whole group, as a terminal does.
      process.kill(-child.pid, 'SIGINT');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 1);
    const last = JSON.parse(text.trim().split('\n').at(-1) ?? '') as { event: string; status: string; succeeded: number };
    assert.deepEqual([last.event, last.status], ['ended', 'Cancelled']);
    assert.ok(last.succeeded > 0 && last.succeeded < 400);
    const data = /"dataDirectory":"([^"]+)"/.exec(text)?.[1] ?? '';
    assert.ok(!(await leftovers()).includes(data.split('/').at(-1) ?? ''));
    if (process.platform === 'linux') await untilGone(tag);
  });
});

async function untilGone(tag: string): Promise<void> {
  let found: string[] = [];
  for (let tries = 0; tries < 100; tries += 1) {
    found = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      if (environment.includes(`TAG=${tag}`)) found.push(pid);
    }
    if (found.length === 0) return;
    await wait(20);
  }
  assert.fail(`still running: ${found.join(', ')}`);
}
