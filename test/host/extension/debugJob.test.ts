import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { createLocalClient } from '../../../src/aws/localClient.js';
import { eventually } from '../../support/eventually.js';
import { evaluate, type Stop, useDebugLog } from '../../support/hostDebugLog.js';
import { madeHandler } from '../../support/madeHandler.js';
import { noDebugpy, pythonWithDebugpy } from '../../support/python.js';

interface JobRecord {
  readonly id: string;
  readonly sequence: number;
  readonly status: string;
  readonly statusReason?: string;
  readonly succeeded: number;
  readonly failed: number;
}

suite('Debug Job Locally', function () {
  this.timeout(120_000);
  let folder: string;
  const current = useDebugLog();

  const source = madeHandler("task.s3Key === 'bad.jpg' ? 'PermanentFailure' : 'Succeeded'");
  const madeLine = source.split('\n').findIndex((line) => line.includes("console.log('made'"));

  const python = `def handler(event, context):
    task = event["tasks"][0]
    new_key = task["s3Key"].upper()
    print("made", new_key)
    return {"invocationSchemaVersion": "1.0", "invocationId": event["invocationId"],
            "results": [{"taskId": task["taskId"], "resultCode": "Succeeded", "resultString": new_key}]}
`;

  function breakAt(file: string, line: number): void {
    const place = new vscode.Location(vscode.Uri.file(join(folder, file)), new vscode.Position(line, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
  }

  async function debugJob(name: string): Promise<boolean | undefined> {
    return await vscode.commands.executeCommand('s3batch.job.debugLocally', vscode.Uri.file(join(folder, `${name}.s3job.json`)));
  }

  async function recordOf(id: string): Promise<JobRecord> {
    return JSON.parse(await readFile(join(folder, 'data', 'jobs', id, 'job.json'), 'utf8')) as JobRecord;
  }

  /** Restarts the session once it has stopped: its job, the one after it, and where that has stopped. */
  async function restart(): Promise<{ first: JobRecord; second: JobRecord; stop: Stop }> {
    await current().stopped();
    const first = await newest();
    await vscode.commands.executeCommand('workbench.action.debug.restart');
    const stop = await current().stopped();
    const second = await newest();
    assert.notEqual(second.id, first.id);
    return { first, second, stop };
  }

  /** The newest job of the engine. */
  async function newest(): Promise<JobRecord> {
    const records = await Promise.all((await readdir(join(folder, 'data', 'jobs'))).map(recordOf));
    const [job] = records.toSorted((a, b) => b.sequence - a.sequence);
    assert.ok(job !== undefined);
    return job;
  }

  async function ended(status: string): Promise<JobRecord> {
    return await eventually(async () => {
      const job = await newest();
      assert.equal(job.status, status);
      return job;
    }, 20_000);
  }

  function sessionEnd(): Promise<void> {
    return new Promise((resolve) => {
      const listener = vscode.debug.onDidTerminateDebugSession((session) => {
        if (session.parentSession !== undefined) return;
        listener.dispose();
        resolve();
      });
    });
  }

  async function set(name: string, value: unknown): Promise<void> {
    await vscode.workspace.getConfiguration('s3batch').update(name, value, vscode.ConfigurationTarget.Workspace);
  }

  suiteSetup(async () => {
    await vscode.extensions.getExtension('s3batch.s3-batch-operations')?.activate();
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(first !== undefined);
    folder = join(first.uri.fsPath, 'debuggedJob');
    await mkdir(folder, { recursive: true });
    await set('local.dataDirectory', join(folder, 'data'));
    if (noDebugpy === false) await set('local.python', pythonWithDebugpy);
    let template = 'Resources:\n';
    for (const [name, runtime] of Object.entries({ made: 'nodejs22.x', snake: 'python3.12', compiled: 'provided.al2023' })) {
      const properties = `FunctionName: ${name}, CodeUri: ., Handler: ${name}.handler, Runtime: ${runtime}, Timeout: 1`;
      template += `  ${name}:\n    Type: AWS::Serverless::Function\n    Properties: { ${properties} }\n`;
      const job = {
        ManifestFile: 'rows.csv',
        Manifest: {
          Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
          Location: { ObjectArn: 'arn:aws:s3:::photos/rows.csv' },
        },
        Operation: { LambdaInvoke: { FunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}` } },
        Report: { Enabled: true, Bucket: 'arn:aws:s3:::reports', Format: 'Report_CSV_20180820', ReportScope: 'AllTasks' },
        Priority: 1,
        RoleArn: 'arn:aws:iam::000000000000:role/local',
      };
      await writeFile(join(folder, `${name}.s3job.json`), JSON.stringify(job, undefined, 2));
    }
    await writeFile(join(folder, 'template.yaml'), template);
    await writeFile(join(folder, 'made.ts'), source);
    await writeFile(join(folder, 'snake.py'), python);
    await writeFile(join(folder, 'rows.csv'), 'photos,one.jpg\nphotos,bad.jpg\nphotos,three.jpg\n');
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('s3batch.engine.stop');
    await set('local.dataDirectory', undefined);
    await set('local.python', undefined);
    await rm(folder, { recursive: true, force: true });
  });

  test('stops at a breakpoint in TypeScript while the job is active, for as long as one likes, and the job completes', async () => {
    breakAt('made.ts', madeLine);
    const ends = sessionEnd();
    assert.equal(await debugJob('made'), true);
    const stop = await current().stopped();
    assert.deepEqual([stop.source, stop.line], [join(folder, 'made.ts'), madeLine + 1]);
    assert.match(await evaluate(stop, 'newKey'), /ONE\.JPG/);
    const { id } = await newest();
    assert.match(await evaluate(stop, 'process.env.AWS_SESSION_TOKEN'), new RegExp(id));
    // Longer than the function's timeout.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.equal((await newest()).status, 'Active');
    await stop.session.customRequest('continue', { threadId: stop.threadId });
    const second = await current().stopped();
    assert.match(await evaluate(second, 'newKey'), /BAD\.JPG/);
    assert.match(await evaluate(second, 'count'), /^2$/);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await second.session.customRequest('continue', { threadId: second.threadId });
    await current().says(`Job ${id} is Complete: 2 succeeded, 1 failed.`);
    await ends;
    const { status, succeeded, failed } = await ended('Complete');
    assert.deepEqual([status, succeeded, failed], ['Complete', 2, 1]);
    assert.match(
      await readFile(join(folder, 'data', 'jobs', id, 'output.log'), 'utf8'),
      /\[row 2, photos\/bad\.jpg\] made BAD\.JPG\n/,
    );
  });

  test('F5: a configuration breaks before a row of the job, and the job goes on behind it', async () => {
    const started = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
      type: 's3batch',
      request: 'launch',
      name: 'job',
      run: 'job',
      jobFile: join(folder, 'made.s3job.json'),
      breakOnRow: 2,
    });
    assert.equal(started, true);
    const stop = await current().stopped();
    assert.match(stop.source, /s3batch-row\.js/);
    assert.match(await evaluate(stop, 'object'), /photos\/bad\.jpg/);
    await current().says('Row 1, photos/one.jpg: succeeded: ONE.JPG');
    await stop.session.customRequest('continue', { threadId: stop.threadId });
    await current().says('Row 3, photos/three.jpg: succeeded');
    await ended('Complete');
  });

  test('without breakpoints it stops before the first row; Stop cancels the job, which says why', async () => {
    assert.equal(await debugJob('made'), true);
    const stop = await current().stopped();
    assert.match(stop.source, /s3batch-row\.js/);
    assert.equal((await newest()).status, 'Active');
    await vscode.debug.stopDebugging();
    assert.equal((await ended('Cancelled')).statusReason, 'The debug session of the job has ended.');
  });

  test('cancelling the job ends the session that is stopped', async () => {
    assert.equal(await debugJob('made'), true);
    const stop = await current().stopped();
    const ends = sessionEnd();
    const variable = async (name: string): Promise<string> =>
      (await evaluate(stop, `process.env.AWS_${name}`)).replace(/^'(.*)'$/, '$1');
    const endpoint = await variable('ENDPOINT_URL');
    const connection = {
      endpoint,
      port: Number(new URL(endpoint).port),
      accountId: '000000000000',
      region: await variable('REGION'),
      accessKeyId: await variable('ACCESS_KEY_ID'),
      secretAccessKey: await variable('SECRET_ACCESS_KEY'),
      dataDirectory: join(folder, 'data'),
    };
    const client = createLocalClient(connection, { id: 'local', kind: 'local', label: 'Local', region: connection.region });
    await client.updateJobStatus((await newest()).id, 'Cancelled', 'enough');
    client.dispose();
    await ends;
    assert.equal((await ended('Cancelled')).statusReason, 'enough');
  });

  test('stopping the engine ends the session that is stopped, and the next engine says what became of the job', async () => {
    assert.equal(await debugJob('made'), true);
    await current().stopped();
    const ends = sessionEnd();
    const { id } = await newest();
    await vscode.commands.executeCommand('s3batch.engine.stop');
    await ends;
    await vscode.commands.executeCommand('s3batch.engine.start');
    const job = await ended('Cancelled');
    assert.deepEqual(
      [job.id, job.statusReason],
      [id, 'The debug session of the job has ended. The local engine was restarted meanwhile.'],
    );
  });

  test('a session that is restarted gets a new job', async () => {
    assert.equal(await debugJob('made'), true);
    const { first, stop } = await restart();
    assert.equal((await recordOf(first.id)).status, 'Cancelled');
    await stop.session.customRequest('continue', { threadId: stop.threadId });
    await ended('Complete');
  });

  test('Python: stops at a breakpoint, a variable is read, and the job completes', async function () {
    if (noDebugpy !== false) this.skip();
    breakAt('snake.py', 3);
    assert.equal(await debugJob('snake'), true);
    const stop = await current().stopped();
    assert.deepEqual([stop.source, stop.line], [join(folder, 'snake.py'), 4]);
    assert.match(await evaluate(stop, 'new_key'), /ONE\.JPG/);
    const { id } = await newest();
    assert.match(await evaluate(stop, '__import__("os").environ["AWS_SESSION_TOKEN"]'), new RegExp(id));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.equal((await newest()).status, 'Active');
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await stop.session.customRequest('continue', { threadId: stop.threadId });
    await current().says(`Job ${id} is Complete: 3 succeeded, 0 failed.`);
    await ended('Complete');
    assert.match(
      await readFile(join(folder, 'data', 'jobs', id, 'output.log'), 'utf8'),
      /\[row 3, photos\/three\.jpg\] made THREE\.JPG\n/,
    );
  });

  test('Python: a session that is restarted gets a new job', async function () {
    if (noDebugpy !== false) this.skip();
    assert.equal(await debugJob('snake'), true);
    const { first, second, stop } = await restart();
    await stop.session.customRequest('continue', { threadId: stop.threadId });
    await current().says(`Job ${second.id} is Complete: 3 succeeded, 0 failed.`);
    assert.equal((await recordOf(first.id)).status, 'Cancelled');
  });

  test('an executable is not debugged, and makes no job', async () => {
    const before = await readdir(join(folder, 'data', 'jobs'));
    assert.equal(await debugJob('compiled'), false);
    assert.deepEqual(await readdir(join(folder, 'data', 'jobs')), before);
  });

  test('a configuration that contradicts itself starts nothing', async () => {
    const before = await readdir(join(folder, 'data', 'jobs'));
    const started = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
      type: 's3batch',
      request: 'launch',
      name: 'job',
      run: 'job',
      jobFile: join(folder, 'made.s3job.json'),
      row: 2,
    });
    assert.equal(started, false);
    assert.deepEqual(await readdir(join(folder, 'data', 'jobs')), before);
  });

  test('a manifest with errors makes no job, and ends the session', async () => {
    const before = await readdir(join(folder, 'data', 'jobs'));
    await writeFile(join(folder, 'rows.csv'), 'bucket,key\nphotos,one.jpg\n');
    const ends = sessionEnd();
    assert.equal(await debugJob('made'), true);
    await current().says('The job was not created.');
    await ends;
    assert.deepEqual(await readdir(join(folder, 'data', 'jobs')), before);
  });
});
