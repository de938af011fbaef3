import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createLocalClient } from '../../src/aws/localClient.js';
import { type BenchContext, type Benchmark, benchmarkEnv, type Measurement, median } from '../../src/build/benchmark.js';
import type { JobFile } from '../../src/core/job/jobFile.js';
import { submitJob } from '../../src/core/job/submitJob.js';
import type { TargetClient } from '../../src/core/job/target.js';
import { type LaunchedEngine, launchEngine } from '../../src/engine/launchEngine.js';
import { logDirectory, taskLogName } from '../../src/engine/run/jobFiles.js';
import { headerBytes, outcomes, recordBytes, sealRecord, summarizeLogs } from '../../src/engine/run/taskLog.js';
import { compiledBootstrap, noCompiler } from '../support/bootstraps.js';
import { noPython } from '../support/python.js';

/** Budgets 6 to 8 of the design: how fast the local engine runs jobs, starts, and takes one up again. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'run-javascript', run: measureJavaScript },
  { name: 'run-python', run: measurePython },
  { name: 'run-executable', run: measureExecutable },
  { name: 'run-memory', run: measureMemory },
  { name: 'run-ready', run: measureReady },
  { name: 'run-resume', run: measureResume },
];

const javaScript = `exports.handler = async (event) => ({ invocationSchemaVersion: '1.0', invocationId: event.invocationId,
  results: [{ taskId: event.tasks[0].taskId, resultCode: 'Succeeded', resultString: '' }] });\n`;
const python = `def handler(event, context):
    return {"invocationSchemaVersion": "1.0", "invocationId": event["invocationId"],
            "results": [{"taskId": event["tasks"][0]["taskId"], "resultCode": "Succeeded", "resultString": ""}]}
`;
const template = `Resources:
  JavaScript: { Type: AWS::Serverless::Function, Properties: { FunctionName: javascript, CodeUri: ., Handler: app.handler, Runtime: nodejs22.x } }
  Python: { Type: AWS::Serverless::Function, Properties: { FunctionName: python, CodeUri: ., Handler: app.handler, Runtime: python3.12 } }
  Executable: { Type: AWS::Serverless::Function, Properties: { FunctionName: executable, CodeUri: ., Handler: bootstrap, Runtime: provided.al2023 } }
`;

interface Bench {
  readonly engine: LaunchedEngine;
  readonly client: TargetClient;
}

async function withEngine<T>({ root, scratch, log }: BenchContext, action: (bench: Bench) => Promise<T>): Promise<T> {
  log(`load of the machine: ${loadavg()[0]?.toFixed(1)}`);
  const code = join(scratch, 'code');
  await mkdir(code, { recursive: true });
  await writeFile(join(code, 'template.yaml'), template);
  await writeFile(join(code, 'app.js'), javaScript);
  await writeFile(join(code, 'app.py'), python);
  const engine = await startEngine(root, join(scratch, randomUUID()), [join(code, 'template.yaml')]);
  try {
    const client = createLocalClient(engine.connection, { id: 'local', kind: 'local', label: 'Local', region: 'us-east-1' });
    return await action({ engine, client });
  } finally {
    await engine.close();
  }
}

function startEngine(root: string, dataDirectory: string, templates: readonly string[]): Promise<LaunchedEngine> {
  const engineScript = join(root, 'dist', 'engine.js');
  const environment = { NODE_EXTRA_CA_CERTS: '' };
  return launchEngine({ engineScript, dataDirectory, templates, region: 'us-east-1', environment, onLog: () => undefined });
}

/** Tasks a second of one job, from CreateJob to Complete: its manifest checked, journal and report written. */
async function runJob({ client }: Bench, functionName: string, rows: number): Promise<number> {
  const manifest = makeManifest(rows);
  const job: JobFile = {
    ManifestFile: 'rows.csv',
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::photos/rows.csv' },
    },
    Operation: { LambdaInvoke: { FunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}` } },
    Report: {
      Enabled: true,
      Bucket: 'arn:aws:s3:::photos',
      Prefix: 'reports',
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
    },
    Priority: 1,
    RoleArn: 'arn:aws:iam::000000000000:role/local',
    ConfirmationRequired: false,
  };
  let createdAt = 0;
  const { jobId } = await submitJob({
    client,
    job,
    readFile: () => Promise.resolve(manifest),
    lint: () => ({ rows, errors: 0, warnings: 0 }),
    clientRequestToken: randomUUID(),
    onProgress: (step) => {
      if (step === 'create') createdAt = performance.now();
    },
  });
  for (;;) {
    const { Status, ProgressSummary, FailureReasons } = await client.describeJob(jobId);
    if (Status === 'Complete' && ProgressSummary?.NumberOfTasksSucceeded === rows) break;
    if (['Complete', 'Failed', 'Cancelled', 'Suspended'].includes(Status ?? '')) {
      throw new Error(`The job ended ${Status}: ${JSON.stringify({ ProgressSummary, FailureReasons })}`);
    }
    // Asking is work too, on the same processors.
    await wait(25);
  }
  return rows / ((performance.now() - createdAt) / 1000);
}

function makeManifest(rows: number): Buffer {
  const blocks: Buffer[] = [];
  for (let first = 0; first < rows; first += 100_000) {
    const block = Array.from(
      { length: Math.min(100_000, rows - first) },
      (_, row) => `photos,2026/11/22/image-${first + row}.jpg\n`,
    );
    blocks.push(Buffer.from(block.join('')));
  }
  return Buffer.concat(blocks);
}

/** What the engine and all processes that it started have in memory together at most, while a job of ten million rows runs. */
async function measureMemory(context: BenchContext): Promise<readonly Measurement[]> {
  if (process.platform === 'win32') return skipped(context, 'there is no ps');
  return withEngine(context, async (bench) => {
    let peakKb = 0;
    const look = setInterval(() => {
      const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' });
      const processes = stdout
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/).map(Number));
      const family = new Set([bench.engine.pid]);
      let totalKb = 0;
      // Parents come before their children, whose numbers are higher, but for those that began the count anew.
      for (const [pid = 0, parent = 0, rssKb = 0] of processes.toSorted(([a = 0], [b = 0]) => a - b)) {
        if (family.has(parent)) family.add(pid);
        if (family.has(pid)) totalKb += rssKb;
      }
      peakKb = Math.max(peakKb, totalKb);
    }, 250);
    try {
      const rate = await runJob(bench, 'javascript', 10_000_000);
      return [
        { what: 'memory of a job of ten million rows, all processes', value: peakKb / 1024, unit: 'MB', atMost: 300 },
        { what: 'its tasks a second', value: rate, unit: 'tasks/s' },
      ];
    } finally {
      clearInterval(look);
    }
  });
}

/** Of several jobs, after one that fills the caches. */
async function pace(bench: Bench, functionName: string, rows: number, runs: number): Promise<number> {
  const rates: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const rate = await runJob(bench, functionName, rows);
    if (run > 0) rates.push(rate);
  }
  return median(rates);
}

async function measureJavaScript(context: BenchContext): Promise<readonly Measurement[]> {
  return withEngine(context, async (bench) => {
    const server = spawn(process.execPath, ['-e', httpHandler], { env: benchmarkEnv(), stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const ratios: number[] = [];
      const rates: number[] = [];
      for (let pair = 0; pair <= context.pairs; pair += 1) {
        const rate = await runJob(bench, 'javascript', 1_000_000);
        const yardstick = await httpPace(context, server);
        if (pair === 0) continue;
        rates.push(rate);
        ratios.push(rate / yardstick);
      }
      return [
        { what: 'tasks a second, one million rows', value: median(rates), unit: 'tasks/s', atLeast: 500_000 },
        { what: 'against invoking over keep-alive HTTP', value: median(ratios), unit: 'x', atLeast: 30 },
      ];
    } finally {
      server.kill();
    }
  });
}

/** What a plain emulator does: the same handler behind HTTP, one invocation a request. */
const httpHandler = `
${javaScript}
const server = require('node:http').createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk)).on('end', async () => response.end(JSON.stringify(await exports.handler(JSON.parse(text)))));
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

const httpClient = `
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
const total = 20_000;
const event = JSON.stringify({ invocationSchemaVersion: '1.0', invocationId: 'i', job: { id: 'j' },
  tasks: [{ taskId: 't', s3Key: '2026/11/22/image-1.jpg', s3VersionId: null, s3BucketArn: 'arn:aws:s3:::photos' }] });
const invoke = () => new Promise((resolve, reject) => {
  const request = http.request({ port: process.argv[1], host: '127.0.0.1', method: 'POST', agent }, (response) => {
    let text = '';
    response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(JSON.parse(text).results[0].resultCode));
  });
  request.on('error', reject).end(event);
});
const started = performance.now();
let left = total;
Promise.all(Array.from({ length: 16 }, async () => { while (left-- > 0) await invoke(); })).then(() => {
  console.log(total / ((performance.now() - started) / 1000));
  process.exit(0);
});
`;

let httpPort: string | undefined;

async function httpPace({ scratch }: BenchContext, server: ChildProcess): Promise<number> {
  httpPort ??= String(((await once(server.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer])[0]).trim();
  const child = spawn(process.execPath, ['-e', httpClient, httpPort], {
    cwd: scratch,
    env: benchmarkEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The yardstick ended with ${code}`);
  return Number(text);
}

async function measurePython(context: BenchContext): Promise<readonly Measurement[]> {
  if (noPython !== false) return skipped(context, noPython);
  return withEngine(context, async (bench) => [
    {
      what: 'tasks a second in Python, 200,000 rows',
      value: await pace(bench, 'python', 200_000, context.pairs),
      unit: 'tasks/s',
      atLeast: 50_000,
    },
  ]);
}

async function measureExecutable(context: BenchContext): Promise<readonly Measurement[]> {
  if (noCompiler('rs') !== false) return skipped(context, String(noCompiler('rs')));
  return withEngine(context, async (bench) => {
    const file = join(context.scratch, 'code', 'bootstrap');
    await writeFile(file, compiledBootstrap('rs'));
    await chmod(file, 0o755);
    const value = await pace(bench, 'executable', 10_000, context.pairs);
    return [{ what: 'tasks a second through the Runtime API, 10,000 rows', value, unit: 'tasks/s', atLeast: 8000 }];
  });
}

function skipped({ log }: BenchContext, reason: string): readonly Measurement[] {
  log(`SKIPPED: ${reason}`);
  return [];
}

async function measureReady({ root, scratch, pairs, log }: BenchContext): Promise<readonly Measurement[]> {
  log(`load of the machine: ${loadavg()[0]?.toFixed(1)}; Node.js ${process.versions.node}`);
  const times: number[] = [];
  for (let run = 0; run <= 2 * pairs; run += 1) {
    const startedAt = performance.now();
    const engine = await startEngine(root, join(scratch, `ready-${run}`), []);
    if (run > 0) times.push(performance.now() - startedAt);
    await engine.close();
  }
  return [{ what: 'engine ready after its spawn', value: median(times), unit: 'ms', atMost: 200 }];
}

/** Reads the journal of a job of ten million tasks that four lanes had all but finished. */
async function measureResume({ scratch, log }: BenchContext): Promise<readonly Measurement[]> {
  const rows = 10_000_000;
  const lanes = 4;
  const directory = join(scratch, 'job');
  await mkdir(logDirectory(directory), { recursive: true });
  const text = Buffer.from('photos,2026/11/22/image-1234567.jpg,,succeeded,200,,\n');
  const perBlock = 10_000;
  const block = Buffer.from(new ArrayBuffer(recordBytes(text.length) * perBlock));
  const words = new Int32Array(block.buffer);
  for (let lane = 0; lane < lanes; lane += 1) {
    const file = join(logDirectory(directory), taskLogName(1, lane));
    for (let row = lane; row < rows; row += lanes * perBlock) {
      let offset = 0;
      for (let at = 0; at < perBlock && row + at * lanes < rows; at += 1) {
        text.copy(block, offset + headerBytes);
        const record = { textBytes: text.length, row: row + at * lanes, outcome: outcomes.succeeded, attempt: 0 };
        offset = sealRecord(block, words, offset, record);
      }
      await writeFile(file, block.subarray(0, offset), { flag: 'a' });
    }
  }
  log(`load of the machine: ${loadavg()[0]?.toFixed(1)}`);
  const times: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    const startedAt = performance.now();
    const summary = await summarizeLogs(directory, rows);
    times.push(performance.now() - startedAt);
    if (summary.succeeded !== rows) throw new Error(`The journal says ${summary.succeeded}`);
  }
  return [{ what: 'journal of ten million tasks read', value: median(times) / 1000, unit: 's', atMost: 5 }];
}
