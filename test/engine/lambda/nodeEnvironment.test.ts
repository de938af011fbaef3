import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvironmentOptions, FunctionDefinition, InvokeOutcome } from '../../../src/engine/contracts.js';
import { EnvironmentThread, HandlerFolder } from '../../support/environmentThread.js';
import { handlerNameCases, nodeHandlerCases, outcomeText as brief } from '../../support/nodeHandlerCases.js';

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

const callbacks = { runtime: 'nodejs20.x' };
const promises = { runtime: 'nodejs24.x' };

for (const [name, source, withCallbacks, withPromises] of nodeHandlerCases) {
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

for (const [name, files, handler, expected] of handlerNameCases) {
  test(`handler name: ${name}`, async () => {
    const text = brief(await outcomeOf(files, { handler }));
    if (typeof expected === 'string') assert.equal(text, expected);
    else assert.match(text, expected);
  });
}

test('nodejs24.x: a broken package.json', async () => {
  const text = brief(await outcomeOf({ 'package.json': '{', 'app.js': '' }, promises));
  assert.match(text, /^Error: Invalid package config .*package\.json\.$/);
});

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
