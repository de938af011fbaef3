import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { debugPlanVariable, type DebugPlan } from '../../src/core/handler/debugPlan.js';
import { HandlerFolder, testOptions } from '../support/environmentThread.js';

const template = `Resources:
  Upper:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: upper, CodeUri: ., Handler: app.handler, Runtime: nodejs22.x, Timeout: 1 }
`;
const handler = `let count = 0;
exports.handler = async (event) => {
  count += 1;
  const [task] = event.tasks;
  console.log('run', count, JSON.stringify(event.job), task.s3VersionId);
  if (task.s3Key === 'read') console.log(require('node:fs').readFileSync('rows.csv', 'utf8').length);
  if (task.s3Key === 'slow') await new Promise((resolve) => setTimeout(resolve, 1500));
  return { invocationSchemaVersion: '1.0', invocationId: event.invocationId,
    results: [{ taskId: task.taskId, resultCode: task.s3Key === 'bad' ? 'PermanentFailure' : 'Succeeded', resultString: task.s3Key }] };
};
`;

async function runHost(
  t: TestContext,
  more: (folder: HandlerFolder) => Partial<DebugPlan>,
): Promise<{ code: number | null; out: string; errors: string }> {
  const rows = '"photos","a%20b",v1\n\nphotos,bad,null\nphotos,slow,null\n';
  const folder = new HandlerFolder({ 'template.yaml': template, 'app.js': handler, 'rows.csv': rows });
  t.after(() => folder.remove());
  const plan: DebugPlan = {
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:upper',
    templates: [join(folder.path, 'template.yaml')],
    functions: [],
    environment: testOptions,
    schemaVersion: '2.0',
    userArguments: { a: '1' },
    tasks: { manifest: join(folder.path, 'rows.csv'), fields: ['Bucket', 'Key', 'VersionId'], first: 1, last: 9 },
    ...more(folder),
  };
  const child = spawn(process.execPath, [join(process.cwd(), 'dist', 'debugHost.js')], {
    env: { ...process.env, [debugPlanVariable]: JSON.stringify(plan) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, errors, ended] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code: ended[0], out, errors };
}

test('runs rows of a manifest in one environment, without time limits, and says what came of each', async (t) => {
  const { code, out } = await runHost(t, () => ({ breakOnRow: 3 }));
  assert.deepEqual(
    out
      .trim()
      .split('\n')
      .map((line) => line.replace(/"id":"[^"]*"/, 'id')),
    [
      'run 1 {id,"userArguments":{"a":"1"}} v1',
      'Row 1, photos/a%20b: succeeded: a+b',
      'run 2 {id,"userArguments":{"a":"1"}} null',
      'Row 3, photos/bad: failed, PermanentFailure: bad',
      'run 3 {id,"userArguments":{"a":"1"}} null',
      'Row 4, photos/slow: succeeded: slow',
    ],
  );
  assert.equal(code, 1);
});

test('runs a task of its own; its key is encoded as the service does', async (t) => {
  const { code, out } = await runHost(t, () => ({
    tasks: { bucket: 'photos', key: 'ü x', versionId: 'v2' },
    schemaVersion: '1.0',
  }));
  assert.match(out, /run 1 \{"id":"[^"]*"\} v2\nRow 1, photos\/%C3%BC\+x: succeeded: %C3%BC\+x\n/);
  assert.equal(code, 0);
});

test('the handler runs in the folder of its code', async (t) => {
  const { code, out } = await runHost(t, () => ({ tasks: { bucket: 'photos', key: 'read', versionId: 'v2' } }));
  assert.match(out, /\n54\nRow 1, photos\/read: succeeded: read\n/);
  assert.equal(code, 0);
});

test('what is wrong is said and ends it with 2', async (t) => {
  const unknown = await runHost(t, () => ({ functionArn: 'other' }));
  assert.match(unknown.errors, /declares other/);
  assert.equal(unknown.code, 2);
  const beyond = await runHost(t, (folder) => ({
    tasks: { manifest: join(folder.path, 'rows.csv'), fields: ['Bucket', 'Key'], first: 7, last: 7 },
  }));
  assert.match(beyond.errors, /no row there/);
  assert.equal(beyond.code, 2);
  const missing = await runHost(t, (folder) => ({
    tasks: { manifest: join(folder.path, 'none.csv'), fields: ['Bucket', 'Key'], first: 1, last: 1 },
  }));
  assert.match(missing.errors, /ENOENT/);
  assert.equal(missing.code, 2);
});
