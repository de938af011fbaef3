import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { debugPlanVariable, type DebugPlan, type PreparedPython, type PythonDebuggee } from '../../src/core/handler/debugPlan.js';
import { DebugAdapter } from '../support/debugAdapter.js';
import { HandlerFolder, testOptions } from '../support/environmentThread.js';
import { noDebugpy, noPython, pythonWithDebugpy } from '../support/python.js';

const template = `Resources:
  Upper:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: upper
      CodeUri: .
      Handler: app.handler
      Runtime: python3.12
      Timeout: 1
      Layers: [!Ref Words]
      Environment: { Variables: { MARK: ü } }
  Words:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: layer }
`;
const handler = `import os
import sys
import words
count = 0


def handler(event, context):
    global count
    count += 1
    task = event["tasks"][0]
    key = task["s3Key"]
    new_key = words.upper(key)
    print("made", new_key, os.environ["MARK"], flush=False)
    if key == "throws":
        raise ValueError("no such name")
    if key == "exits":
        sys.exit(3)
    if key == "dies":
        os._exit(4)
    return {"invocationSchemaVersion": event["invocationSchemaVersion"], "invocationId": event["invocationId"],
            "results": [{"taskId": task["taskId"], "resultCode": "Succeeded", "resultString": new_key}]}
`;
const breakLine = handler.split('\n').findIndex((line) => line.includes('print(')) + 1;

function prepare(plan: DebugPlan): PreparedPython {
  const asked: DebugPlan = { ...plan, isPrepared: true };
  const { stdout } = spawnSync(process.execPath, [join(process.cwd(), 'dist', 'debugHost.js')], {
    env: { ...process.env, [debugPlanVariable]: JSON.stringify(asked) },
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as PreparedPython;
}

interface Session {
  readonly adapter: DebugAdapter;
  readonly folder: HandlerFolder;
  stopped(): Promise<{ threadId: number; frameId: number; file: string; line: number; reason: string }>;
  evaluate(frameId: number, expression: string): Promise<string>;
  /** Resolves with all that was said, once it is over. */
  ended(): Promise<{ output: string; exitCode: number }>;
}

async function debug(
  t: TestContext,
  rows: string,
  more: Partial<DebugPlan> & {
    readonly lines?: readonly number[];
    readonly exceptions?: readonly string[];
    readonly app?: string;
  } = {},
): Promise<Session> {
  const { lines = [], exceptions = [], app = handler, ...planned } = more;
  const folder = new HandlerFolder({
    'template.yaml': template,
    'app.py': app,
    'rows.csv': rows,
    'layer/python/words.py': 'def upper(text):\n    return text.upper()\n',
  });
  t.after(() => folder.remove());
  const last = rows.trim().split('\n').length;
  const plan: DebugPlan = {
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:upper',
    templates: [join(folder.path, 'template.yaml')],
    functions: [],
    environment: { ...testOptions, ...(pythonWithDebugpy === undefined ? {} : { python: pythonWithDebugpy }) },
    schemaVersion: '2.0',
    userArguments: { a: '1' },
    tasks: { manifest: join(folder.path, 'rows.csv'), fields: ['Bucket', 'Key'], first: 1, last },
    ...planned,
  };
  const { launch, executable, debugpy } = prepare({ ...plan, variables: { AWS_PROFILE: 'mine' } }) as PythonDebuggee;
  const adapter = new DebugAdapter(executable, [join(debugpy ?? '', 'adapter')]);
  t.after(() => adapter.close());
  await adapter.request('initialize', { adapterID: 's3batch', pathFormat: 'path', linesStartAt1: true });
  const launched = adapter.request('launch', { ...launch, console: 'internalConsole', subProcess: false, justMyCode: true });
  await Promise.race([adapter.event('initialized'), launched]);
  const source = { path: join(folder.path, 'app.py') };
  await adapter.request('setBreakpoints', { source, breakpoints: lines.map((line) => ({ line })) });
  await adapter.request('setExceptionBreakpoints', { filters: exceptions });
  await adapter.request('configurationDone');
  await launched;
  return {
    adapter,
    folder,
    async stopped() {
      const { threadId, reason } = (await adapter.event('stopped')) as { threadId: number; reason: string };
      const { stackFrames } = (await adapter.request('stackTrace', { threadId })) as {
        stackFrames: { id: number; line: number; source: { path: string } }[];
      };
      const [frame] = stackFrames;
      assert.ok(frame !== undefined);
      return { threadId, reason, frameId: frame.id, line: frame.line, file: frame.source.path };
    },
    async evaluate(frameId, expression) {
      return String((await adapter.request('evaluate', { expression, frameId, context: 'watch' }))['result']);
    },
    async ended() {
      const { exitCode } = (await adapter.event('exited')) as { exitCode: number };
      await adapter.event('terminated');
      return { output: adapter.output, exitCode };
    },
  };
}

const options = { skip: noDebugpy, timeout: 60_000 };

test('python: a breakpoint of the handler is hit, variables are read, nothing is limited in time', options, async (t) => {
  const { adapter, folder, stopped, evaluate, ended } = await debug(t, 'photos,a%20b\n', { lines: [breakLine] });
  const { threadId, frameId, file, line } = await stopped();
  assert.equal(file, join(folder.path, 'app.py'));
  assert.equal(line, breakLine);
  assert.equal(await evaluate(frameId, 'new_key'), "'A+B'");
  assert.equal(await evaluate(frameId, 'event["job"]["userArguments"]'), "{'a': '1'}");
  assert.equal(await evaluate(frameId, 'context.function_name'), "'upper'");
  assert.equal(
    await evaluate(frameId, 'os.environ["AWS_ENDPOINT_URL"], os.environ["TZ"], os.environ.get("AWS_PROFILE")'),
    "('http://127.0.0.1:1', 'UTC', None)",
  );
  assert.equal(await evaluate(frameId, '[name for name in os.environ if name.startswith("S3BATCH_DEBUG")]'), '[]');
  assert.equal(await evaluate(frameId, 'os.getcwd()'), `'${folder.path}'`);
  // Longer than the function's timeout.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await adapter.request('continue', { threadId });
  const { output, exitCode } = await ended();
  assert.match(output, /made A\+B ü\nRow 1, photos\/a%20b: succeeded: A\+B\n/);
  assert.equal(exitCode, 0);
});

test('python: stops before the row that is named, and one step leads into the handler', options, async (t) => {
  const { adapter, folder, stopped, evaluate, ended } = await debug(t, 'photos,one\nphotos,two\nphotos,three\n', {
    breakOnRow: 2,
  });
  const before = await stopped();
  assert.match(before.file, /s3batch_row\.py$/);
  assert.equal(await evaluate(before.frameId, 'row, object, event["tasks"][0]["s3Key"]'), "(2, 'photos/two', 'two')");
  assert.match(adapter.output, /Row 1, photos\/one: succeeded: ONE\n/);
  await adapter.request('stepIn', { threadId: before.threadId });
  const inside = await stopped();
  assert.equal(inside.file, join(folder.path, 'app.py'));
  assert.equal(await evaluate(inside.frameId, 'count'), '1');
  await adapter.request('continue', { threadId: inside.threadId });
  const { output } = await ended();
  assert.match(output, /Row 2, photos\/two: succeeded: TWO\nmade THREE ü\nRow 3, photos\/three: succeeded: THREE\n/);
});

test('python: an error of the handler is told with its frames, and can be stopped at', options, async (t) => {
  const { adapter, folder, stopped, ended } = await debug(t, 'photos,throws\n', { exceptions: ['userUnhandled'] });
  const { file, line, threadId, reason } = await stopped();
  assert.equal(reason, 'exception');
  assert.equal(file, join(folder.path, 'app.py'));
  assert.match(handler.split('\n')[line - 1] ?? '', /raise ValueError/);
  await adapter.request('continue', { threadId });
  const { output, exitCode } = await ended();
  assert.match(
    output,
    /ValueError: no such name\n {2}File ".*app\.py", line \d+, in handler\n {4}raise ValueError\("no such name"\)\n/,
  );
  assert.doesNotMatch(output, /<string>|s3batch_row/);
  assert.match(
    output,
    /Row 1, photos\/throws: failed, PermanentFailure: Lambda returned function error: \{"errorMessage":"no such name"\}/,
  );
  assert.equal(exitCode, 1);
});

test('python: a handler that exits fails its row as in a job, and one that ends its process says so', options, async (t) => {
  const exits = await debug(t, 'photos,exits\nphotos,two\n');
  const one = await exits.ended();
  assert.match(one.output, /Row 1, photos\/exits: failed, PermanentFailure: .*Runtime exited with error: exit status 3/);
  assert.match(one.output, /The handler has ended its process\./);
  assert.match(one.output, /Row 2, photos\/two: succeeded: TWO\n/);
  const dies = await debug(t, 'photos,dies\nphotos,two\n');
  const other = await dies.ended();
  assert.match(other.output, /Row 1, photos\/dies: failed, PermanentFailure: .*Runtime exited without providing a reason/);
  assert.match(other.output, /row 2 and those after it are not run/);
});

test('python: a module that does not load is the outcome of each row', options, async (t) => {
  const broken = await debug(t, 'photos,one\n', { app: 'def handler(event, context)\n    return None\n' });
  assert.match((await broken.ended()).output, /Row 1, photos\/one: failed, PermanentFailure: .*Syntax error in module 'app'/);
  const missing = await debug(t, 'photos,one\n', { app: 'def other(event, context):\n    return None\n' });
  assert.match(
    (await missing.ended()).output,
    /Row 1, photos\/one: failed, PermanentFailure: .*Handler 'handler' missing on module 'app'/,
  );
});

test(
  'python: how the program is started is asked of it; what is wrong is told, and a debugpy that is missing is absent',
  {
    skip: noPython,
  },
  async (t) => {
    const folder = new HandlerFolder({
      'template.yaml': template,
      'app.py': handler,
      'layer/python/words.py': '',
      // As if it were not installed.
      'debugpy.py': 'raise ImportError("none")\n',
    });
    t.after(() => folder.remove());
    const plan: DebugPlan = {
      functionArn: 'upper',
      templates: [join(folder.path, 'template.yaml')],
      functions: [],
      environment: testOptions,
      schemaVersion: '1.0',
      tasks: { bucket: 'photos', key: 'one' },
      variables: { MINE: '1', HOME: null },
    };
    const prepared = prepare(plan) as PythonDebuggee;
    assert.match(prepared.executable, /^\/.*python/);
    assert.equal(prepared.debugpy, undefined);
    assert.equal(prepared.launch.env['MINE'], '1');
    assert.equal(prepared.launch.env['HOME'], null);
    assert.equal(prepared.launch.cwd, folder.path);
    assert.deepEqual(prepare({ ...plan, functionArn: 'other' }), {
      error: { code: 'NoFunction', message: 'No template and no setting of this workspace declares other.' },
    });
    const { error } = prepare({ ...plan, environment: { ...testOptions, python: '/none/python3' } }) as {
      error: { code: string; hint: string };
    };
    assert.equal(error.code, 'PythonNotFound');
    assert.match(error.hint, /s3batch\.local\.python/);
  },
);
