import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Environment, FunctionDefinition, InvokeOutcome } from '../../../src/engine/contracts.js';
import { createEnvironment } from '../../../src/engine/lambda/createEnvironment.js';
import { compiledBootstrap, noCompiler, nodeBootstrap, writeBootstrap } from '../../support/bootstraps.js';
import { HandlerFolder, testOptions } from '../../support/environmentThread.js';
import { briefOutcome as brief } from '../../support/briefOutcome.js';
import { noPython } from '../../support/python.js';

interface Session {
  readonly environment: Environment;
  readonly output: string[];
  readonly folder: HandlerFolder;
  invoke(event?: unknown, timeoutMs?: number): Promise<InvokeOutcome>;
}

const skip = process.platform === 'win32' && 'executables of Lambda do not run on Windows';

async function withExecutable(
  bootstrap: string | Uint8Array | undefined,
  action: (session: Session) => Promise<void>,
  more: Partial<FunctionDefinition> = {},
): Promise<void> {
  const folder = new HandlerFolder({});
  if (bootstrap !== undefined) writeBootstrap(folder, bootstrap);
  const output: string[] = [];
  const definition = folder.definition({ runtime: 'provided.al2023', handler: 'bootstrap', ...more });
  const environment = await createEnvironment(definition, {
    ...testOptions,
    onOutput: (stream, line) => output.push(`${stream} ${line}`),
  });
  let count = 0;
  const invoke = (event: unknown = {}, timeoutMs = 10_000): Promise<InvokeOutcome> =>
    environment.invoke(event, { requestId: `request-${(count += 1)}`, deadlineMs: Date.now() + timeoutMs });
  try {
    await action({ environment, output, folder, invoke });
  } finally {
    await environment.dispose();
    folder.remove();
  }
}

test('executable: answers, keeps its state, and gets what Lambda gives', { skip }, () =>
  withExecutable(
    nodeBootstrap(
      `n += 1; console.log('run ' + n);
       return { n, event, headers, cwd: process.cwd() === require('fs').realpathSync(process.env.LAMBDA_TASK_ROOT),
         handler: process.env._HANDLER, own: process.env.OWN, environment: process.env.AWS_EXECUTION_ENV ?? null, key: process.env.AWS_ACCESS_KEY_ID }`,
      'let n = 0;',
    ),
    async ({ invoke, output }) => {
      const before = Date.now();
      const first = await invoke({ text: 'é 🦀 "' });
      assert.ok(first.kind === 'returned', brief(first));
      const payload = first.payload as { headers: Record<string, string> } & Record<string, unknown>;
      assert.deepEqual(
        { ...payload, headers: undefined },
        {
          n: 1,
          event: { text: 'é 🦀 "' },
          cwd: true,
          handler: 'bootstrap',
          own: 'own',
          environment: null,
          key: 'AKIALOCAL',
          headers: undefined,
        },
      );
      assert.equal(payload.headers['lambda-runtime-aws-request-id'], 'request-1');
      assert.equal(
        payload.headers['lambda-runtime-invoked-function-arn'],
        'arn:aws:lambda:us-east-1:000000000000:function:test-function',
      );
      const deadlineMs = Number(payload.headers['lambda-runtime-deadline-ms']);
      assert.ok(deadlineMs > before && deadlineMs < before + 60_000, String(deadlineMs));
      const second = await invoke();
      assert.equal(second.kind === 'returned' && (second.payload as { n: number }).n, 2);
      assert.deepEqual(output, ['stdout run 1', 'stdout run 2']);
    },
    { environment: { OWN: 'own' } },
  ),
);

test('executable: errors that it posts, answers that are no JSON', { skip }, () =>
  withExecutable(
    nodeBootstrap(`if (event.text) return event.text; if (event.value) return event.value; throw new RangeError('too far');`),
    async ({ invoke }) => {
      const outcome = await invoke();
      assert.equal(brief(outcome), 'RangeError: too far');
      assert.ok(outcome.kind === 'functionError' && outcome.trace.some((line) => line.includes('/bootstrap:')));
      assert.equal(brief(await invoke({ text: 'not json' })), 'invalidJson not json');
      assert.equal(
        brief(await invoke({ text: 'x'.repeat(7_000_000) })),
        'Function.ResponseSizeTooLarge: Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      );
      const large = 'é'.repeat(1_500_000);
      const echoed = await invoke({ value: [large] });
      assert.deepEqual(echoed.kind === 'returned' && echoed.payload, [large]);
    },
  ),
);

test('executable: queued invocations run one after another, each once, whatever ends in between', { skip }, () =>
  withExecutable(
    nodeBootstrap(
      `require('fs').appendFileSync('log.txt', event.n + ' ');
       if (event.n === 3) process.exit(9);
       if (event.n === 5) await new Promise(() => setInterval(() => {}, 1000));
       if (event.n === 6) process.kill(process.pid, 'SIGKILL');
       return event.n`,
    ),
    async ({ invoke, folder }) => {
      const outcomes = await Promise.all(Array.from({ length: 9 }, (_, n) => invoke({ n }, 2000)));
      assert.deepEqual(outcomes.map(brief), [
        'returned 0',
        'returned 1',
        'returned 2',
        'Runtime.ExitError: Error: Runtime exited with error: exit status 9',
        'returned 4',
        'timedOut 3000',
        'Runtime.ExitError: Error: Runtime exited with error: signal: killed',
        'returned 7',
        'returned 8',
      ]);
      assert.equal(folder.read('log.txt'), '0 1 2 3 4 5 6 7 8 ');
    },
  ),
);

test('executable: what it says of its start', { skip }, async () => {
  const failing = nodeBootstrap(
    '',
    `const stop = (async () => { console.log('starting'); await call('POST', 'init/error', JSON.stringify({ errorMessage: 'no table', errorType: 'Config' })); process.exit(1); })();
     call = () => new Promise(() => {});`,
  ).replace('const call =', 'let call =');
  await withExecutable(failing, async ({ invoke, output }) => {
    assert.equal(brief(await invoke()), 'Config: no table');
    assert.equal(brief(await invoke()), 'Config: no table');
    assert.ok(output.includes('stdout starting'));
  });
  await withExecutable('#!/bin/sh\nexit 4\n', async ({ invoke }) => {
    assert.equal(brief(await invoke()), 'Runtime.ExitError: Error: Runtime exited with error: exit status 4');
  });
  await withExecutable('#!/no/such/interpreter\n', async ({ invoke }) => {
    assert.match(brief(await invoke()), /^Runtime\.ExitError: .*exit status 12[67]/);
  });
});

test('executable: what is no executable of this machine is said', { skip }, async () => {
  await withExecutable(undefined, async ({ invoke, folder }) => {
    assert.match(
      brief(await invoke()),
      /^Runtime\.InvalidEntrypoint: Error: Couldn't find valid bootstrap\(s\): \[.*bootstrap\]\. |^Runtime\.InvalidEntrypoint: .*bootstrap\] Build the function/,
    );
    folder.write('bootstrap', '#!/bin/sh\n');
    assert.match(brief(await invoke()), /permission denied Make it executable: chmod \+x /);
    chmodSync(join(folder.path, 'bootstrap'), 0o755);
    folder.write('bootstrap', 'echo no first line\n');
    assert.match(brief(await invoke()), /exec format error It must be an executable of this machine/);
    const foreign = Buffer.alloc(64);
    foreign.write('\x7fELF\x02\x01', 'latin1');
    foreign.writeUInt16LE(process.arch === 'arm64' ? 62 : 183, 18);
    folder.write('bootstrap', foreign);
    assert.match(brief(await invoke()), /exec format error It is built for /);
  });
});

test('executable: what sam build made is found beside the template', { skip }, () =>
  withExecutable(undefined, async ({ invoke, folder }) => {
    const built = join(folder.path, '.aws-sam', 'build', 'TestFunction');
    mkdirSync(built, { recursive: true });
    writeFileSync(join(built, 'bootstrap'), nodeBootstrap('return process.env.LAMBDA_TASK_ROOT.endsWith("TestFunction")'), {
      mode: 0o755,
    });
    assert.equal(brief(await invoke()), 'returned true');
  }),
);

test('executable: the API refuses what the function may not ask', { skip }, () =>
  withExecutable(
    nodeBootstrap(
      `const asked = {
        next: await call('GET', 'invocation/next'),
        other: await call('POST', 'invocation/other/response', '1'),
        late: await call('POST', 'init/error', '{}'),
        method: await call('POST', 'invocation/next'),
        path: await call('GET', 'nothing'),
        browser: await call('GET', 'invocation/next', '', { origin: 'https://example.com' }),
        rebound: await call('GET', 'invocation/next', '', { host: 'example.com' }),
      };
      return Object.fromEntries(Object.entries(asked).map(([name, { status, text }]) => [name, status + ' ' + JSON.parse(text).errorType]))`,
    ),
    async ({ invoke }) => {
      const outcome = await invoke();
      assert.deepEqual(outcome.kind === 'returned' && outcome.payload, {
        next: '403 InvalidStateTransition',
        other: '400 InvalidRequestID',
        late: '403 InvalidStateTransition',
        method: '405 MethodNotAllowed',
        path: '404 NotFound',
        browser: '403 Forbidden',
        rebound: '403 Forbidden',
      });
    },
  ),
);

test('executable: in Python, by chunks and with an answer in a stream that breaks', { skip: skip || noPython }, () =>
  withExecutable(
    `#!/usr/bin/env python3
import json, os, http.client, base64
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    answer = connection.getresponse()
    request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
    event = json.loads(answer.read())
    path = "/2018-06-01/runtime/invocation/%s/response" % request_id
    if event.get("breaks"):
        error = base64.b64encode(json.dumps({"errorMessage": "half", "errorType": "Broken"}).encode()).decode()
        connection.sock.sendall((
            "POST %s HTTP/1.1\\r\\nHost: %s\\r\\nTransfer-Encoding: chunked\\r\\nTrailer: Lambda-Runtime-Function-Error-Type\\r\\n"
            "Lambda-Runtime-Function-Response-Mode: streaming\\r\\n\\r\\n"
            "3\\r\\n[1,\\r\\n0\\r\\nLambda-Runtime-Function-Error-Type: Broken\\r\\nLambda-Runtime-Function-Error-Body: %s\\r\\n\\r\\n"
            % (path, os.environ["AWS_LAMBDA_RUNTIME_API"], error)).encode())
        reader = connection.sock.makefile("rb")
        while reader.readline().strip(): pass
        connection.close()
    else:
        connection.request("POST", path, iter([b"[1", b", ", json.dumps(event).encode(), b"]"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
        connection.getresponse().read()
`,
    async ({ invoke }) => {
      assert.equal(brief(await invoke({ a: 1 })), 'returned [1,{"a":1}]');
      assert.equal(brief(await invoke({ breaks: true })), 'Broken: half');
      assert.equal(brief(await invoke({ b: 2 })), 'returned [1,{"b":2}]');
    },
  ),
);

for (const language of ['rs', 'go'] as const) {
  test(`executable: compiled from bootstrap.${language}`, { skip: skip || noCompiler(language) }, () =>
    withExecutable(compiledBootstrap(language), async ({ invoke, output }) => {
      const event = (s3Key: string): unknown => ({ invocationId: 'i', tasks: [{ taskId: 't', s3Key }] });
      const answer = (code: string, text: string): string =>
        `returned {"invocationSchemaVersion":"1.0","invocationId":"i","results":[{"taskId":"t","resultCode":"${code}","resultString":"${text}"}]}`;
      assert.equal(brief(await invoke(event('abc'))), answer('Succeeded', '3'));
      assert.equal(brief(await invoke(event('fail'))), answer('PermanentFailure', '4'));
      assert.equal(brief(await invoke(event('print'))), answer('Succeeded', '5'));
      assert.equal(brief(await invoke(event('error'))), 'Refused: no error');
      assert.equal(brief(await invoke(event('exit'))), 'Runtime.ExitError: Error: Runtime exited with error: exit status 7');
      assert.equal(brief(await invoke(event('print'))), answer('Succeeded', '5'));
      assert.deepEqual(output, ['stdout did print as number 3', 'stderr cannot do error', 'stdout did print as number 1']);
    }),
  );
}

test('executable: one that ends after an answer has nothing to do with the next invocation', { skip }, () =>
  withExecutable(
    // Between its answer and the question for the next: later, it would end the next one.
    nodeBootstrap(`
      if (event.n % 2 === 1) return event.n;
      await call('POST', 'invocation/' + id + '/response', String(event.n));
      process.exit(1);
    `),
    async ({ invoke }) => {
      for (let n = 0; n < 6; n += 1) assert.equal(brief(await invoke({ n })), `returned ${n}`);
    },
  ),
);

test('executable: Windows is told so', { skip: process.platform !== 'win32' && 'not on Windows' }, () =>
  withExecutable('', async ({ invoke }) => assert.match(brief(await invoke()), /^Runtime\.Unsupported: .*Windows/)),
);
