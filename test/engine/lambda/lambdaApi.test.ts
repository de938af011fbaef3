import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { engineFor, temporaryFolder } from '../../support/engineHarness.js';
import { noPython } from '../../support/python.js';

interface Api {
  readonly client: LambdaClient;
  readonly folder: string;
  invoke(name: string, event?: unknown, more?: Partial<InvokeCommandInput>): Promise<Answer>;
}

interface Answer {
  readonly status: number | undefined;
  readonly functionError: string | undefined;
  readonly payload: unknown;
  readonly log: string;
}

const functions = (names: Readonly<Record<string, string>>): string => `
Resources:
${Object.entries(names)
  .map(
    ([name, properties]) => `  ${name}:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: ., Timeout: 2, ${properties} }
`,
  )
  .join('')}`;

async function apiFor(t: TestContext, files: Readonly<Record<string, string>>, template: string): Promise<Api> {
  const folder = await temporaryFolder(t);
  for (const [name, text] of Object.entries({ ...files, 'template.yaml': template })) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { engine } = await engineFor(t, { templates: [join(folder, 'template.yaml')] });
  const { endpoint, region, accessKeyId, secretAccessKey } = engine.connection;
  const client = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
  t.after(() => client.destroy());
  return {
    client,
    folder,
    invoke: async (FunctionName, event, more = {}) => {
      const answer = await client.send(
        new InvokeCommand({
          FunctionName,
          LogType: 'Tail',
          ...(event === undefined ? {} : { Payload: Buffer.from(JSON.stringify(event)) }),
          ...more,
        }),
      );
      const text = Buffer.from(answer.Payload ?? []).toString();
      return {
        status: answer.StatusCode,
        functionError: answer.FunctionError,
        payload: text === '' ? undefined : JSON.parse(text),
        log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
      };
    },
  };
}

const node = 'Handler: app.handler, Runtime: nodejs22.x';

test('a function is invoked with its event, its log in the answer', async (t) => {
  const source = 'exports.handler = async (event) => { console.log("seen", event); return { got: event }; };';
  const { invoke } = await apiFor(t, { 'app.js': source }, functions({ Echo: node }));
  const answer = await invoke('Echo', { a: 'ü' });
  assert.deepEqual([answer.status, answer.functionError, answer.payload], [200, undefined, { got: { a: 'ü' } }]);
  assert.match(
    answer.log,
    /^START RequestId: \S+ Version: \$LATEST\nseen \{ a: 'ü' \}\nEND RequestId: \S+\nREPORT RequestId: .*Memory Size: 128 MB\n$/,
  );
  assert.deepEqual((await invoke('arn:aws:lambda:us-east-1:000000000000:function:Echo:$LATEST')).payload, { got: {} });
  assert.deepEqual((await invoke('Echo', 1, { Qualifier: 'prod' })).payload, { got: 1 });
});

test('one environment is kept, and replaced when the code changes', async (t) => {
  const source = (version: number): string => `let n = 0; exports.handler = async () => [${version}, n += 1, process.pid];`;
  const { invoke, folder } = await apiFor(t, { 'app.js': source(1) }, functions({ Count: node }));
  const [, , pid] = (await invoke('Count')).payload as number[];
  assert.deepEqual((await invoke('Count')).payload, [1, 2, pid]);
  writeFileSync(join(folder, 'app.js'), `${source(2)} // changed`);
  const [version, count, other] = (await invoke('Count')).payload as number[];
  assert.deepEqual([version, count], [2, 1]);
  assert.notEqual(other, pid);
  assert.throws(() => process.kill(pid ?? 0, 0), /ESRCH/);
});

test('function errors are answers, not failures of the call', async (t) => {
  const source = `exports.thrown = async () => newKey;
    exports.exits = async () => process.exit(3);
    exports.hangs = () => new Promise((done) => setTimeout(done, 60000));
    exports.spins = () => { for (;;); };
    exports.idle = () => new Promise(() => {});`;
  const named = (name: string): string => `Handler: app.${name}, Runtime: nodejs22.x`;
  const { invoke } = await apiFor(
    t,
    { 'app.js': source },
    functions({
      Thrown: named('thrown'),
      Exits: named('exits'),
      Hangs: named('hangs'),
      Spins: named('spins'),
      Idle: named('idle'),
    }),
  );
  const thrown = await invoke('Thrown');
  assert.equal(thrown.functionError, 'Unhandled');
  const { trace, ...rest } = thrown.payload as { trace: string[] };
  assert.deepEqual(rest, { errorType: 'ReferenceError', errorMessage: 'newKey is not defined' });
  assert.match(trace[1] ?? '', /app\.js:1:/);
  assert.match(thrown.log, /ReferenceError: newKey is not defined\n {4}at exports\.thrown/);
  const exits = (await invoke('Exits')).payload as Record<string, string>;
  assert.equal(exits['errorType'], 'Runtime.ExitError');
  assert.match(exits['errorMessage'] ?? '', /^RequestId: \S+ Error: Runtime exited with error: exit status 3$/);
  for (const name of ['Hangs', 'Spins']) {
    const started = performance.now();
    const answer = await invoke(name);
    assert.equal(answer.functionError, 'Unhandled');
    assert.match(
      (answer.payload as { errorMessage: string }).errorMessage,
      /^\S+Z [0-9a-f-]{36} Task timed out after 2\.00 seconds$/,
    );
    assert.ok(performance.now() - started < 10_000);
  }
  assert.deepEqual((await invoke('Idle')).payload, null);
});

test('python is invoked too', { skip: noPython }, async (t) => {
  const source = 'def handler(event, context):\n    print("hello")\n    return event["a"] + 1\n';
  const { invoke } = await apiFor(t, { 'app.py': source }, functions({ Py: 'Handler: app.handler, Runtime: python3.12' }));
  const answer = await invoke('Py', { a: 1 });
  assert.equal(answer.payload, 2);
  const failed = await invoke('Py', {});
  assert.equal(failed.functionError, 'Unhandled');
  const { errorType, errorMessage, stackTrace } = failed.payload as {
    errorType: string;
    errorMessage: string;
    stackTrace: string[];
  };
  assert.deepEqual([errorType, errorMessage], ['KeyError', "'a'"]);
  assert.match(stackTrace.join(), /app\.py", line 3, in handler/);
});

test('invocation types', async (t) => {
  const source = 'exports.handler = async (e) => require("fs").writeFileSync(e.file, "written");';
  const { client, folder } = await apiFor(t, { 'app.js': source }, functions({ Write: node }));
  const file = join(folder, 'out.txt');
  const Payload = Buffer.from(JSON.stringify({ file }));
  assert.equal(
    (await client.send(new InvokeCommand({ FunctionName: 'Write', InvocationType: 'DryRun', Payload }))).StatusCode,
    204,
  );
  const { existsSync } = await import('node:fs');
  assert.equal(existsSync(file), false);
  assert.equal(
    (await client.send(new InvokeCommand({ FunctionName: 'Write', InvocationType: 'Event', Payload }))).StatusCode,
    202,
  );
  for (let wait = 0; !existsSync(file) && wait < 200; wait += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(existsSync(file), true);
});

test('functions are listed in pages, described, and have versions', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`Fn${index}`, node]));
  const { client } = await apiFor(t, {}, functions(many));
  const names: string[] = [];
  let pages = 0;
  for await (const page of paginateListFunctions({ client, pageSize: 3 }, {})) {
    pages += 1;
    names.push(...(page.Functions ?? []).map((item) => item.FunctionName ?? ''));
  }
  assert.deepEqual([pages, names], [3, Object.keys(many)]);
  const { Configuration, Code } = await client.send(new GetFunctionCommand({ FunctionName: 'Fn3' }));
  assert.equal(Configuration?.FunctionArn, 'arn:aws:lambda:us-east-1:000000000000:function:Fn3');
  assert.deepEqual([Configuration.Runtime, Configuration.Timeout, Configuration.State], ['nodejs22.x', 2, 'Active']);
  assert.match(Code?.Location ?? '', /^file:/);
  assert.equal((await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'Fn3' }))).Handler, 'app.handler');
  const versions = await client.send(new ListVersionsByFunctionCommand({ FunctionName: 'Fn3' }));
  assert.deepEqual(
    versions.Versions?.map((item) => item.Version),
    ['$LATEST'],
  );
  assert.deepEqual((await client.send(new ListAliasesCommand({ FunctionName: 'Fn3' }))).Aliases, []);
  assert.equal(Configuration.StateReason, undefined);
});

test('a list says of a function that it is declared twice, and where', async (t) => {
  const { client, folder } = await apiFor(
    t,
    {},
    functions({ A: `${node}, FunctionName: same`, B: `${node}, FunctionName: same` }),
  );
  const template = join(folder, 'template.yaml');
  const { Functions = [] } = await client.send(new ListFunctionsCommand({}));
  assert.deepEqual(
    Functions.map(({ FunctionName, StateReason }) => [FunctionName, StateReason]),
    [['same', `The function same is declared in ${template}:4 and again in ${template}:7; the first counts.`]],
  );
});

test('errors have the names and texts of Lambda', async (t) => {
  const broken = `${functions({ Fine: node })}  Broken:\n    Type: AWS::Serverless::Function\n    Properties: { Handler: a.b }\n`;
  const { client, invoke } = await apiFor(t, { 'app.js': '' }, broken);
  const rejected = async (call: Promise<unknown>): Promise<string> => {
    const error = await call.then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    return `${error?.name}: ${error?.message}`;
  };
  assert.equal(
    await rejected(invoke('none:prod')),
    'ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:000000000000:function:none:prod',
  );
  assert.match(await rejected(invoke('a b')), /^ValidationException: 1 validation error detected: Value 'a b' at 'functionName'/);
  assert.match(await rejected(invoke('Broken')), /^InvalidParameterValueException: .*template\.yaml:\d+: Broken has no Runtime/);
  assert.match(
    await rejected(client.send(new InvokeCommand({ FunctionName: 'Fine', Payload: Buffer.from('{') }))),
    /^InvalidRequestContentException: Could not parse request body into json/,
  );
  assert.match(await rejected(client.send(new ListFunctionsCommand({ MaxItems: 0 }))), /^ValidationException/);
  assert.match(await rejected(client.send(new ListFunctionsCommand({ Marker: '%' }))), /^InvalidParameterValueException/);
  assert.match(
    await rejected(client.send(new InvokeCommand({ FunctionName: 'Fine', Payload: Buffer.alloc(7e6, 32) }))),
    /^RequestTooLargeException/,
  );
});

test('many invocations at once all answer', async (t) => {
  const source = 'exports.handler = async (e) => { await new Promise((done) => setTimeout(done, 20)); return e; };';
  const { invoke } = await apiFor(t, { 'app.js': source }, functions({ Slow: node }));
  const answers = await Promise.all(Array.from({ length: 15 }, (_, index) => invoke('Slow', index)));
  assert.deepEqual(
    answers.map((answer) => answer.payload),
    Array.from({ length: 15 }, (_, index) => index),
  );
});

test('reserved concurrency: what is above it is throttled, and without any nothing runs', async (t) => {
  const { invoke } = await apiFor(
    t,
    { 'app.js': 'exports.handler = (event) => new Promise((resolve) => setTimeout(() => resolve(1), event.ms))' },
    functions({
      One: 'Handler: app.handler, Runtime: nodejs22.x, ReservedConcurrentExecutions: 1',
      None: 'Handler: app.handler, Runtime: nodejs22.x, ReservedConcurrentExecutions: 0',
    }),
  );
  const isThrottled = (error: Error): boolean => error.name === 'TooManyRequestsException' && error.message === 'Rate Exceeded.';
  const [first, second] = await Promise.allSettled([invoke('One', { ms: 500 }), invoke('One', { ms: 500 })]);
  const [done, refused] = first.status === 'fulfilled' ? [first, second] : [second, first];
  assert.equal(done.status === 'fulfilled' && done.value.payload, 1);
  assert.ok(refused.status === 'rejected' && isThrottled(refused.reason as Error));
  assert.equal((await invoke('One', { ms: 0 })).payload, 1);
  await assert.rejects(invoke('None', { ms: 0 }), isThrottled);
});
