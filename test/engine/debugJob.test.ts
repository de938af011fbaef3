import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { createLocalClient } from '../../src/aws/localClient.js';
import { debugPlanVariable, type DebugPlan, type PreparedPython } from '../../src/core/handler/debugPlan.js';
import { debuggedJob, debugSessionEnded } from '../../src/core/job/debugRun.js';
import type { JobFile } from '../../src/core/job/jobFile.js';
import type { JobDescriptor } from '../../src/core/job/jobTypes.js';
import { submitJob } from '../../src/core/job/submitJob.js';
import type { TargetClient } from '../../src/core/job/target.js';
import { parseReportManifest } from '../../src/core/report/reportManifest.js';
import { isTerminal } from '../../src/core/job/lifecycle.js';
import { jobToken } from '../../src/engine/changes/jobScope.js';
import type { RunningEngine } from '../../src/engine/startEngine.js';
import { listenForPeers } from '../../src/engine/sharing/provenChannel.js';
import { engineFor, temporaryFolder } from '../support/engineHarness.js';
import { eventually } from '../support/eventually.js';
import { noPython } from '../support/python.js';

const handler = `let count = 0;
exports.handler = async (event, context) => {
  count += 1;
  const [task] = event.tasks;
  const key = task.s3Key;
  const answer = (resultCode, resultString) => ({ invocationSchemaVersion: '1.0', invocationId: event.invocationId,
    results: [{ taskId: task.taskId, resultCode, resultString }] });
  console.log('run', key);
  if (key === 'slow') await new Promise((resolve) => setTimeout(resolve, 1600));
  if (key === 'bad') return answer('PermanentFailure', 'bad, "quoted"');
  if (key === 'busy') return answer('TemporaryFailure', 'busy');
  if (key === 'throws') throw new TypeError('oh');
  if (key === 'exits') process.exit(3);
  if (key === 'nothing') return undefined;
  if (key === 'never') await new Promise(() => {});
  if (key === 'token') return answer('Succeeded', process.env.AWS_SESSION_TOKEN);
  if (key === 'dies') process.abort();
  return answer('Succeeded', key.toUpperCase());
};
`;
const pythonHandler = `import os, sys

print("loaded", os.environ["AWS_SESSION_TOKEN"])

def handler(event, context):
    task = event["tasks"][0]
    key = task["s3Key"]
    print("run", key)
    sys.stderr.write("no line end")
    if key == "throws":
        raise ValueError("oh")
    return {"invocationSchemaVersion": "1.0", "invocationId": event["invocationId"],
            "results": [{"taskId": task["taskId"], "resultCode": "Succeeded", "resultString": key.upper()}]}
`;
const template = `Resources:
  Upper:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: upper, CodeUri: ., Handler: app.handler, Runtime: nodejs22.x, Timeout: 1 }
  Snake:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: snake, CodeUri: ., Handler: app.handler, Runtime: python3.12, Timeout: 1 }
  None:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: none
      CodeUri: .
      Handler: app.handler
      Runtime: nodejs22.x
      ReservedConcurrentExecutions: 0
`;

interface Stage {
  readonly engine: RunningEngine;
  readonly client: TargetClient;
  readonly folder: string;
}

async function stageFor(t: TestContext): Promise<Stage> {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'template.yaml'), template);
  await writeFile(join(folder, 'app.js'), handler);
  await writeFile(join(folder, 'app.py'), pythonHandler);
  const templates = [join(folder, 'template.yaml')];
  // One lane, and redrives that come after the other rows: then the order of results is the same each time.
  const { engine } = await engineFor(t, { templates, settings: { redrives: 1, redriveDelayMs: 1500, concurrency: 1 } });
  const client = createLocalClient(engine.connection, { id: 'local', kind: 'local', label: 'Local', region: 'us-east-1' });
  t.after(() => client.dispose());
  return { engine, client, folder };
}

function jobOf(name: string): JobFile {
  return {
    ManifestFile: 'rows.csv',
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::manifests/rows.csv' },
    },
    Operation: { LambdaInvoke: { FunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}` } },
    Report: { Enabled: true, Bucket: 'arn:aws:s3:::reports', Format: 'Report_CSV_20180820', ReportScope: 'AllTasks' },
    Priority: 10,
    RoleArn: 'arn:aws:iam::000000000000:role/local',
    ConfirmationRequired: false,
  };
}

async function submit({ client }: Stage, job: JobFile, keys: readonly string[]): Promise<string> {
  const manifest = new TextEncoder().encode(keys.map((key) => `photos,${key}\n`).join(''));
  const { jobId } = await submitJob({
    client,
    job,
    clientRequestToken: crypto.randomUUID(),
    readFile: () => Promise.resolve(manifest),
  });
  return jobId;
}

async function ended({ client }: Stage, jobId: string): Promise<JobDescriptor> {
  return await eventually(async () => {
    const job = await client.describeJob(jobId);
    assert.ok(isTerminal(job.Status), job.Status);
    return job;
  });
}

/** The files of a job's report, with what differs between any two runs (ids, the time) taken out. */
async function reportOf({ client }: Stage, jobId: string): Promise<Record<string, string>> {
  const get = async (key: string): Promise<string> => Buffer.from(await client.getObject('reports', key)).toString();
  const { results } = parseReportManifest(await get(`job-${jobId}/manifest.json`));
  const files = await Promise.all(results.map(async ({ status, key }) => [status ?? '', withoutIds(await get(key))] as const));
  return Object.fromEntries(files);
}

function withoutIds(report: string): string {
  return report.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id');
}

interface Debuggee {
  readonly process: ChildProcess;
  readonly out: Promise<string>;
  readonly errors: Promise<string>;
  readonly code: Promise<number | null>;
}

/** Starts the program that a debugger starts, for a job that its window has created. */
async function debug(
  t: TestContext,
  stage: Stage,
  options: { readonly job: () => Promise<string>; readonly functionName?: string; readonly plan?: Partial<DebugPlan> },
): Promise<Debuggee> {
  const { connection } = stage.engine;
  const window = await listenForPeers({
    key: 'of the window',
    maxMessageBytes: 1 << 16,
    onRefused: () => assert.fail('refused'),
    onError: (error) => assert.fail(error),
    onPeer: (peer) => ({
      onMessage: (message) => {
        assert.deepEqual(message, { kind: 'start', session: 'this one' });
        void options.job().then((jobId) => peer.send({ kind: 'job', jobId }));
      },
    }),
  });
  t.after(() => window.close());
  const plan: DebugPlan = {
    functionArn: options.functionName ?? 'upper',
    templates: [join(stage.folder, 'template.yaml')],
    functions: [],
    environment: connection,
    schemaVersion: '1.0',
    tasks: { window: window.address, windowKey: 'of the window', session: 'this one', dataDirectory: connection.dataDirectory },
    ...options.plan,
  };
  return start(t, process.execPath, [join(process.cwd(), 'dist', 'debugHost.js')], {
    ...process.env,
    [debugPlanVariable]: JSON.stringify(plan),
  });
}

function start(t: TestContext, command: string, args: readonly string[], env: NodeJS.ProcessEnv): Debuggee {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const code = once(child, 'close').then(([status]) => status as number | null);
  return { process: child, out: text(child.stdout), errors: text(child.stderr), code };
}

const keys = ['a', 'bad', 'busy', 'throws', 'exits', 'nothing', 'never', 'b%20c'];

test('a debugged job has the report and the counts of the same job without a debugger', async (t) => {
  const stage = await stageFor(t);
  const plain = await submit(stage, jobOf('upper'), keys);
  const { ProgressSummary: expected } = await ended(stage, plain);
  assert.deepEqual([expected?.NumberOfTasksSucceeded, expected?.NumberOfTasksFailed], [2, 6]);
  let jobId = '';
  const job = async (): Promise<string> => (jobId = await submit(stage, debuggedJob(jobOf('upper')), keys));
  const { out, errors, code } = await debug(t, stage, { job });
  assert.equal(await code, 1);
  const { Status, ProgressSummary: found } = await ended(stage, jobId);
  assert.equal(Status, 'Complete');
  assert.deepEqual({ ...found, Timers: undefined }, { ...expected, Timers: undefined });
  assert.deepEqual(await reportOf(stage, jobId), await reportOf(stage, plain));
  const printed = await out;
  assert.match(printed, /^Job \S+ runs under this debugger\.\nrun a\nRow 1, photos\/a: succeeded: A\n/);
  assert.match(printed, /Row 2, photos\/bad: failed, PermanentFailure: bad, "quoted"\n/);
  assert.match(printed, /Row 3, photos\/busy: failed and is tried again, TemporaryFailure: busy\n/);
  assert.match(await errors, /TypeError: oh\n {4}at .*app\.js:12/);
  assert.match(await errors, /Job \S+ is Complete: 2 succeeded, 6 failed\.\n$/);
  const outputOf = async (id: string): Promise<string> =>
    (await readFile(join(stage.engine.connection.dataDirectory, 'jobs', id, 'output.log'), 'utf8'))
      .replace(/^\S+Z /gm, '')
      // In a test, which does not run what was bundled, traces have frames of ours.
      .replace(/^ +at .*\/src\/engine\/.*\n/gm, '');
  // Line by line, for the same tasks.
  assert.equal(withoutIds(await outputOf(jobId)), withoutIds(await outputOf(plain)));
});

test('a debugged job has no limits of time, and the handler is in the job’s name', async (t) => {
  const stage = await stageFor(t);
  let jobId = '';
  const job = async (): Promise<string> => (jobId = await submit(stage, debuggedJob(jobOf('upper')), ['slow', 'token']));
  const { out, code } = await debug(t, stage, { job });
  assert.equal(await code, 0);
  assert.match(await out, /Row 1, photos\/slow: succeeded: SLOW\n/);
  assert.ok(
    (await out).includes(
      `Row 2, photos/token: succeeded: ${jobToken(jobId)}\nJob ${jobId} is Complete: 2 succeeded, 0 failed.\n`,
    ),
  );
});

test('a debugged process that ends in the midst of a task ends its job', async (t) => {
  const stage = await stageFor(t);
  let jobId = '';
  const job = async (): Promise<string> => (jobId = await submit(stage, debuggedJob(jobOf('upper')), ['a', 'dies', 'b']));
  const { code } = await debug(t, stage, { job });
  assert.notEqual(await code, 0);
  const { Status, StatusUpdateReason } = await ended(stage, jobId);
  assert.deepEqual([Status, StatusUpdateReason], ['Cancelled', debugSessionEnded]);
  assert.deepEqual(await reportOf(stage, jobId), { succeeded: 'photos,a,,succeeded,200,,A\r\n' });
});

test('a job that is cancelled ends the debugged process, and an engine that stops does', async (t) => {
  const stage = await stageFor(t);
  const slow = Array.from({ length: 50 }, () => 'slow');
  let jobId = '';
  const job = async (): Promise<string> => (jobId = await submit(stage, debuggedJob(jobOf('upper')), slow));
  const first = await debug(t, stage, { job });
  await untilRuns(stage, () => jobId);
  await stage.client.updateJobStatus(jobId, 'Cancelled', 'enough');
  assert.equal(await first.code, 1);
  assert.match(await first.errors, /is Cancelled: 0 succeeded, 0 failed\. enough\n$/);
  jobId = '';
  const second = await debug(t, stage, { job });
  await untilRuns(stage, () => jobId);
  await stage.engine.close();
  assert.equal(await second.code, 2);
  assert.match(await second.errors, /The local engine has ended/);
});

/** Waits until the handler has been called. */
async function untilRuns({ engine }: Stage, jobId: () => string): Promise<void> {
  await eventually(async () => {
    assert.notEqual(jobId(), '');
    assert.match(await readFile(join(engine.connection.dataDirectory, 'jobs', jobId(), 'output.log'), 'utf8'), /run slow/);
  });
}

test('a function without concurrency is throttled as without a debugger, which has nothing to do', async (t) => {
  const stage = await stageFor(t);
  const { Status, ProgressSummary } = await ended(stage, await submit(stage, debuggedJob(jobOf('none')), ['a']));
  assert.deepEqual([Status, ProgressSummary?.NumberOfTasksFailed], ['Complete', 1]);
});

test('a handler that can’t be loaded is told of before the first task, and nothing stops before it', async (t) => {
  const stage = await stageFor(t);
  await writeFile(join(stage.folder, 'app.js'), 'exports.handler = async () => {\n  const = 1;\n};\n');
  const job = (): Promise<string> => submit(stage, debuggedJob(jobOf('upper')), ['a']);
  const { code, errors } = await debug(t, stage, { job, plan: { breakOnRow: 1 } });
  assert.equal(await code, 1);
  assert.match(await errors, /^Runtime\.UserCodeSyntaxError: SyntaxError: Unexpected token '='/);
});

test('python: a debugged job, with what its handler writes in the console and in the job', { skip: noPython }, async (t) => {
  const stage = await stageFor(t);
  let jobId = '';
  const job = async (): Promise<string> => (jobId = await submit(stage, debuggedJob(jobOf('snake')), ['a', 'throws']));
  // As debugpy starts it, without debugpy.
  const asked = await debug(t, stage, { job, functionName: 'snake', plan: { isPrepared: true } });
  const prepared = JSON.parse(await asked.out) as PreparedPython;
  assert.ok(!('error' in prepared), JSON.stringify(prepared));
  const { launch } = prepared;
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(launch.env)) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  const python = start(t, launch.python[0] ?? '', ['-c', launch.code, ...launch.args], env);
  assert.equal(await python.code, 1, await python.errors);
  const out = await python.out;
  assert.match(
    out,
    new RegExp(`^Job ${jobId} runs under this debugger\\.\nloaded ${jobToken(jobId)}\nrun a\nRow 1, photos/a: succeeded: A\n`),
  );
  assert.match(await python.errors, /ValueError: oh\n {2}File ".*app\.py", line \d+, in handler/);
  const { Status, ProgressSummary } = await ended(stage, jobId);
  assert.deepEqual([Status, ProgressSummary?.NumberOfTasksSucceeded, ProgressSummary?.NumberOfTasksFailed], ['Complete', 1, 1]);
  const written = await readFile(join(stage.engine.connection.dataDirectory, 'jobs', jobId, 'output.log'), 'utf8');
  assert.match(written, /stdout \[row 1, photos\/a\] run a\n.* stderr \[row 1, photos\/a\] no line end\n/);
  assert.match(written, /stdout \[row 2, photos\/throws\] run throws\n/);
});
