import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvironmentOptions, FunctionDefinition, InvokeOutcome } from '../../../src/engine/contracts.js';
import { EnvironmentThread, HandlerFolder } from '../../support/environmentThread.js';

type Files = string | Readonly<Record<string, string>>;

async function withThread(
  files: Files,
  more: Partial<FunctionDefinition>,
  action: (thread: EnvironmentThread, folder: HandlerFolder) => Promise<void>,
  options: Partial<EnvironmentOptions> = {},
  env?: NodeJS.ProcessEnv,
): Promise<void> {
  const folder = new HandlerFolder(typeof files === 'string' ? { 'app.js': files } : files);
  const thread = new EnvironmentThread(folder.definition(more), options, env);
  try {
    await action(thread, folder);
  } finally {
    await thread.close();
    folder.remove();
  }
}

async function outcomeOf(files: Files, more: Partial<FunctionDefinition> = {}, timeoutMs?: number): Promise<InvokeOutcome> {
  let outcome: InvokeOutcome | undefined;
  await withThread(files, more, async (thread) => {
    outcome = await thread.invoke({ value: 1 }, timeoutMs);
  });
  assert.ok(outcome !== undefined);
  return outcome;
}

/** `returned 1`, `Error: boom`, `timedOut`: enough to compare with what Lambda's own client posts. */
function brief(outcome: InvokeOutcome): string {
  switch (outcome.kind) {
    case 'returned':
      return `returned ${JSON.stringify(outcome.payload)}`;
    case 'functionError':
      return `${outcome.errorType}: ${outcome.errorMessage.replace(/^RequestId: \S+ /, '')}`;
    default:
      return outcome.kind;
  }
}

const callbacks = { runtime: 'nodejs20.x' };
const promises = { runtime: 'nodejs24.x' };

// Name, source, outcome with aws-lambda-ric 3.x, outcome with 4.x. Measured on 3.3.0 and 4.0.2.
const cases: readonly (readonly [string, string, string | RegExp, string | RegExp])[] = [
  ['async returns', 'exports.handler = async (e) => ({ v: e.value })', 'returned {"v":1}', 'returned {"v":1}'],
  ['promise of a plain function', 'exports.handler = () => Promise.resolve(1)', 'returned 1', 'returned 1'],
  ['plain function returns', 'exports.handler = () => 1', 'returned null', 'returned 1'],
  [
    'callback',
    'exports.handler = (e, c, cb) => { setTimeout(() => cb(null, 2), 5) }',
    'returned 2',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  ['callback at once', 'exports.handler = (e, c, cb) => cb(null, 2)', 'returned 2', /^Runtime.CallbackHandlerDeprecated/],
  ['callback without value', 'exports.handler = (e, c, cb) => cb()', 'returned null', /^Runtime.CallbackHandlerDeprecated/],
  [
    'callback with error',
    'exports.handler = (e, c, cb) => cb(new TypeError("no"))',
    'TypeError: no',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  ['callback with text', 'exports.handler = (e, c, cb) => cb("no")', 'string: no', /^Runtime.CallbackHandlerDeprecated/],
  [
    'callback twice',
    'exports.handler = (e, c, cb) => { cb(null, 1); cb(null, 2) }',
    'returned 1',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  [
    'callback waits for the event loop',
    'let late = 0; exports.handler = (e, c, cb) => { setTimeout(() => { late = 1 }, 30); cb(null, { get late() { return late } }) }',
    'returned {"late":1}',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  [
    'callback does not wait when told',
    'let late = 0; exports.handler = (e, c, cb) => { c.callbackWaitsForEmptyEventLoop = false; setTimeout(() => { late = 1 }, 100); cb(null, { get late() { return late } }) }',
    'returned {"late":0}',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  [
    'callback of work in another thread',
    'exports.handler = (e, c, cb) => { require("zlib").gzip("x".repeat(3e6), (error, data) => cb(error, data.length > 100)) }',
    'returned true',
    /^Runtime.CallbackHandlerDeprecated/,
  ],
  ['context.succeed', 'exports.handler = (e, c) => { c.succeed(3) }', 'returned 3', 'TypeError: c.succeed is not a function'],
  ['context.fail', 'exports.handler = (e, c) => { c.fail(new Error("x")) }', 'Error: x', 'TypeError: c.fail is not a function'],
  ['context.fail without reason', 'exports.handler = (e, c) => { c.fail() }', 'string: handled', /^TypeError/],
  ['context.done', 'exports.handler = (e, c) => { c.done(null, 4) }', 'returned 4', 'TypeError: c.done is not a function'],
  ['async throws', 'exports.handler = async () => { throw new RangeError("far") }', 'RangeError: far', 'RangeError: far'],
  ['plain function throws', 'exports.handler = () => { throw new Error("boom") }', 'Error: boom', 'Error: boom'],
  [
    'the classic slip',
    'exports.handler = async () => newKey',
    'ReferenceError: newKey is not defined',
    'ReferenceError: newKey is not defined',
  ],
  ['throws null', 'exports.handler = async () => { throw null }', 'string: handled', 'object: null'],
  ['throws text', 'exports.handler = async () => { throw "text" }', 'string: text', 'string: text'],
  [
    'throws an error of its own',
    'class Own extends Error { name = "Own" }\nexports.handler = async () => { throw new Own("o") }',
    'Own: o',
    'Own: o',
  ],
  [
    'never settles',
    'exports.handler = () => new Promise(() => {})',
    'returned null',
    'Runtime.ExitError: Error: Runtime exited without providing a reason',
  ],
  ['returns undefined', 'exports.handler = async () => undefined', 'returned null', 'returned null'],
  [
    'returns a BigInt',
    'exports.handler = async () => 1n',
    'Error: Unable to stringify response body',
    'Error: Unable to stringify response body',
  ],
  [
    'returns a circle',
    'exports.handler = async () => { const a = {}; a.a = a; return a }',
    'Error: Unable to stringify response body',
    'Error: Unable to stringify response body',
  ],
  ['returns a function', 'exports.handler = async () => () => 1', 'invalidJson', 'invalidJson'],
  [
    'returns NaN and undefined',
    'exports.handler = async () => ({ a: NaN, b: undefined, c: [undefined] })',
    'returned {"a":null,"c":[null]}',
    'returned {"a":null,"c":[null]}',
  ],
  [
    'returns a date and a map',
    'exports.handler = async () => ({ d: new Date(0), m: new Map([[1, 2]]) })',
    'returned {"d":"1970-01-01T00:00:00.000Z","m":{}}',
    'returned {"d":"1970-01-01T00:00:00.000Z","m":{}}',
  ],
  [
    'unhandled rejection',
    'exports.handler = () => { Promise.reject(new Error("lost")); return new Promise((done) => setTimeout(done, 1000)) }',
    'Runtime.UnhandledPromiseRejection: Error: lost',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 1',
  ],
  [
    'uncaught exception',
    'exports.handler = () => new Promise(() => { setTimeout(() => { throw new TypeError("later") }, 5) })',
    'TypeError: later',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 1',
  ],
  [
    'exits',
    'exports.handler = async () => { process.exit(3) }',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 3',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 3',
  ],
  [
    'exits later',
    'exports.handler = () => new Promise(() => setTimeout(() => process.exit(), 5))',
    'Runtime.ExitError: Error: Runtime exited without providing a reason',
    'Runtime.ExitError: Error: Runtime exited without providing a reason',
  ],
  [
    'exits while it loads',
    'process.exit(2)',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 2',
    'Runtime.ExitError: Error: Runtime exited with error: exit status 2',
  ],
  ['throws while it loads', 'throw new TypeError("early")', 'TypeError: early', 'TypeError: early'],
  [
    'syntax error',
    'exports.handler = async ( => 1',
    /^Runtime.UserCodeSyntaxError: SyntaxError: .*app\.js:1\)/,
    /^Runtime.UserCodeSyntaxError/,
  ],
  [
    'missing module',
    'require("not-there")',
    /^Runtime.ImportModuleError: Error: Cannot find module 'not-there'[\s\S]*Run "npm install" in /,
    /^Runtime.ImportModuleError/,
  ],
  [
    'missing export',
    'exports.other = 1',
    'Runtime.HandlerNotFound: app.handler is undefined or not exported',
    /^Runtime.HandlerNotFound/,
  ],
  [
    'export that is no function',
    'exports.handler = 1',
    'Runtime.HandlerNotFound: app.handler is not a function',
    /^Runtime.HandlerNotFound/,
  ],
  ['hangs', 'exports.handler = () => new Promise((done) => setTimeout(done, 60000))', 'timedOut', 'timedOut'],
];

for (const [name, source, withCallbacks, withPromises] of cases) {
  test(`nodejs20.x: ${name}`, async () => {
    const text = brief(await outcomeOf(source, callbacks, 1500));
    if (typeof withCallbacks === 'string') assert.equal(text, withCallbacks);
    else assert.match(text, withCallbacks);
  });
  test(`nodejs24.x: ${name}`, async () => {
    const text = brief(await outcomeOf(source, promises, 1500));
    if (typeof withPromises === 'string') assert.equal(text, withPromises);
    else assert.match(text, withPromises);
  });
}

for (const [name, files, handler, expected] of [
  ['a nested export', { 'app.js': 'exports.a = { b: { handler: async () => 1 } }' }, 'app.a.b.handler', 'returned 1'],
  ['a sub-folder', { 'src/app.js': 'exports.handler = async () => 1' }, 'src/app.handler', 'returned 1'],
  ['a leading ./', { 'app.js': 'exports.handler = async () => 1' }, './app.handler', 'returned 1'],
  ['.mjs', { 'app.mjs': 'await 0; export const handler = async () => 1' }, 'app.handler', 'returned 1'],
  ['.cjs', { 'app.cjs': 'exports.handler = async () => 1' }, 'app.handler', 'returned 1'],
  [
    '.js before .mjs',
    { 'app.js': 'exports.handler = async () => "js"', 'app.mjs': 'export const handler = async () => "mjs"' },
    'app.handler',
    'returned "js"',
  ],
  ['no extension', { app: 'exports.handler = async () => 1' }, 'app.handler', 'returned 1'],
  [
    'type module',
    { 'package.json': '{"type":"module"}', 'app.js': 'export const handler = async () => import.meta.url.slice(-6)' },
    'app.handler',
    'returned "app.js"',
  ],
  ['a default export', { 'index.mjs': 'export default { handler: async () => 1 }' }, 'index.default.handler', 'returned 1'],
  ['..', { 'app.js': '' }, '../app.handler', /^Runtime.MalformedHandlerName/],
  ['no dot', { 'app.js': '' }, 'app', /^Runtime.MalformedHandlerName/],
  [
    'a missing file',
    { 'other.js': '' },
    'app.handler',
    /^Runtime.ImportModuleError: Error: Cannot find module 'app' in .*Correct Handler or CodeUri/,
  ],
  [
    'a missing package of an ES module',
    { 'app.mjs': 'import "@other/thing/sub"' },
    'app.handler',
    /^Runtime.ImportModuleError: [\s\S]*The package @other\/thing is not installed/,
  ],
  [
    'a syntax error of an ES module',
    { 'app.mjs': 'export const handler = (' },
    'app.handler',
    /^Runtime.UserCodeSyntaxError: .*app\.mjs:1/,
  ],
  [
    'a broken package.json',
    { 'package.json': '{', 'app.js': '' },
    'app.handler',
    /^Runtime.ImportModuleError: .*package\.json is not valid JSON/,
  ],
] as const) {
  test(`handler name: ${name}`, async () => {
    const text = brief(await outcomeOf(files, { handler }));
    if (typeof expected === 'string') assert.equal(text, expected);
    else assert.match(text, expected);
  });
}

test('module state is kept between invocations, and lost with a crash', async () => {
  const source = 'let n = 0; exports.handler = async (e) => { n += 1; if (e.exit) process.exit(1); return n }';
  await withThread(source, {}, async (thread) => {
    assert.equal(brief(await thread.invoke()), 'returned 1');
    assert.equal(brief(await thread.invoke()), 'returned 2');
    assert.match(brief(await thread.invoke({ exit: true })), /exit status 1/);
    assert.equal(await thread.isUsable(), false);
    assert.equal(brief(await thread.invoke()), 'returned 1');
    assert.equal(await thread.isUsable(), true);
  });
});

test('an ES module starts anew as well after a crash', async () => {
  await withThread(
    { 'app.mjs': 'let n = 0; export const handler = async (e) => { n += 1; if (e.exit) process.exit(1); return n }' },
    {},
    async (thread) => {
      await thread.invoke();
      await thread.invoke({ exit: true });
      assert.equal(brief(await thread.invoke()), 'returned 1');
    },
  );
});

test('a late answer of a timed out invocation changes nothing', async () => {
  const source = 'exports.handler = (e) => new Promise((done) => setTimeout(() => done(e.name), e.afterMs))';
  await withThread(source, {}, async (thread) => {
    assert.equal(brief(await thread.invoke({ name: 'slow', afterMs: 150 }, 60)), 'timedOut');
    assert.equal(brief(await thread.invoke({ name: 'next', afterMs: 200 })), 'returned "next"');
  });
});

test('the context of the invocation', async () => {
  const source = `exports.handler = async (e, c) => ({
    ...JSON.parse(JSON.stringify(c)), remaining: c.getRemainingTimeInMillis() })`;
  const outcome = await outcomeOf(source, { timeoutMs: 3000 });
  assert.ok(outcome.kind === 'returned');
  const { remaining, awsRequestId, ...rest } = outcome.payload as Record<string, unknown>;
  assert.ok(typeof remaining === 'number' && remaining > 1000 && remaining <= 3000);
  assert.match(String(awsRequestId), /^request-/);
  assert.deepEqual(rest, {
    functionVersion: '$LATEST',
    functionName: 'test-function',
    memoryLimitInMB: '128',
    logGroupName: '/aws/lambda/test-function',
    logStreamName: 'local/[$LATEST]0',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test-function',
    callbackWaitsForEmptyEventLoop: true,
  });
});

test('nothing of the own AWS settings reaches the handler', async () => {
  const source =
    'exports.handler = async () => Object.fromEntries(Object.entries(process.env).filter(([n]) => /AWS|PROXY|_HANDLER|LAMBDA|OWN|KEPT/.test(n)))';
  const env = {
    ...process.env,
    AWS_PROFILE: 'production',
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    AWS_SESSION_TOKEN: 'real',
    AWS_ENDPOINT_URL_S3: 'https://real',
    KEPT: 'kept',
    HTTP_PROXY: 'http://proxy',
    NO_PROXY: 'corp',
  };
  const environment = {
    OWN: 'own',
    AWS_PROFILE: 'production',
    AWS_ENDPOINT_URL_S3: 'https://real',
    AWS_NODEJS_CONNECTION_REUSE_ENABLED: '1',
  };
  await withThread(
    source,
    { environment },
    async (thread, folder) => {
      const outcome = await thread.invoke();
      assert.ok(outcome.kind === 'returned');
      const got = outcome.payload as Record<string, string>;
      assert.equal(got['AWS_ACCESS_KEY_ID'], 'AKIALOCAL');
      assert.equal(got['AWS_ENDPOINT_URL'], 'http://127.0.0.1:1');
      assert.equal(got['AWS_EC2_METADATA_DISABLED'], 'true');
      assert.equal(got['AWS_LAMBDA_FUNCTION_NAME'], 'test-function');
      assert.equal(got['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'], '128');
      assert.equal(got['AWS_EXECUTION_ENV'], 'AWS_Lambda_nodejs22.x');
      assert.equal(got['LAMBDA_TASK_ROOT'], folder.path);
      assert.equal(got['_HANDLER'], 'app.handler');
      assert.equal(got['AWS_NODEJS_CONNECTION_REUSE_ENABLED'], '1');
      assert.equal(got['OWN'], 'own');
      assert.equal(got['KEPT'], 'kept');
      assert.equal(got['NO_PROXY'], 'corp,127.0.0.1,localhost');
      for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL_S3']) assert.equal(got[name], undefined, name);
      assert.match(JSON.stringify(thread.output), /AWS_PROFILE of test-function is left out/);
    },
    {},
    env,
  );
});

test('output reaches the log line by line, nothing of it lost', async () => {
  const source = `exports.handler = async () => {
    console.log('one %d', 1, { a: 1 });
    console.error('two');
    process.stdout.write('th');
    process.stdout.write(Buffer.from('r\\u00e9e\\r\\nfour without end'));
    return 1;
  }`;
  await withThread(source, {}, async (thread) => {
    await thread.invoke();
    assert.deepEqual(thread.output, [
      { stream: 'stdout', line: 'one 1 { a: 1 }' },
      { stream: 'stderr', line: 'two' },
      { stream: 'stdout', line: 'thrée' },
      { stream: 'stdout', line: 'four without end' },
    ]);
  });
});

test('an error carries the trace of the handler and nothing of the engine', async () => {
  await withThread('exports.handler = async () => newKey', {}, async (thread, folder) => {
    const outcome = await thread.invoke();
    assert.ok(outcome.kind === 'functionError');
    assert.deepEqual(outcome.trace, [
      'ReferenceError: newKey is not defined',
      `    at exports.handler (${folder.path}/app.js:1:31)`,
    ]);
  });
});

test('an error that no outcome carries is in the log', async () => {
  const source = 'exports.handler = () => new Promise(() => { setTimeout(() => { throw new TypeError("later") }, 5) })';
  await withThread(source, promises, async (thread) => {
    await thread.invoke();
    assert.match(thread.output[0]?.line ?? '', /^Uncaught Exception: TypeError: later/);
  });
});

test('a response beyond the limit of Lambda is refused', async () => {
  assert.match(
    brief(await outcomeOf('exports.handler = async () => ({ a: "x".repeat(7e6) })')),
    /^Function.ResponseSizeTooLarge/,
  );
  assert.match(brief(await outcomeOf('exports.handler = async () => ({ a: "x".repeat(5e6) })')), /^returned/);
});

test('a runtime that can not run here says so', async () => {
  assert.match(brief(await outcomeOf('', { runtime: 'java21' })), /^Runtime.Unsupported: test-function has the runtime java21/);
});

test('an answer of a trivial handler costs little', async () => {
  const source = `exports.handler = async (event) => ({ invocationSchemaVersion: event.invocationSchemaVersion, invocationId: event.invocationId,
    results: [{ taskId: event.tasks[0].taskId, resultCode: 'Succeeded', resultString: '' }] })`;
  const event = {
    invocationSchemaVersion: '2.0',
    invocationId: 'i',
    job: { id: 'j' },
    tasks: [{ taskId: 't', s3Key: 'k', s3VersionId: null, s3Bucket: 'b' }],
  };
  await withThread(source, {}, async (thread) => {
    await thread.measure(event, 20_000);
    const { perSecond, last } = await thread.measure(event, 200_000);
    assert.equal(last.kind, 'returned');
    console.log(`# ${Math.round(perSecond / 1000)}k invocations a second`);
  });
});
