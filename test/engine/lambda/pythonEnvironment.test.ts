import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Environment, EnvironmentOptions, FunctionDefinition, InvokeOutcome } from '../../../src/engine/contracts.js';
import { createEnvironment } from '../../../src/engine/lambda/createEnvironment.js';
import { findPython } from '../../../src/engine/lambda/python/findPython.js';
import { briefOutcome as brief } from '../../support/briefOutcome.js';
import { HandlerFolder, testOptions } from '../../support/environmentThread.js';
import { noBoto3, noPython } from '../../support/python.js';

interface Session {
  readonly environment: Environment;
  readonly output: string[];
  readonly folder: HandlerFolder;
  invoke(event?: unknown, timeoutMs?: number): Promise<InvokeOutcome>;
}

async function withPython(
  files: string | Readonly<Record<string, string>>,
  more: Partial<FunctionDefinition>,
  action: (session: Session) => Promise<void>,
  options: Partial<EnvironmentOptions> = {},
): Promise<void> {
  const folder = new HandlerFolder(typeof files === 'string' ? { 'app.py': files } : files);
  const output: string[] = [];
  const definition = folder.definition({ runtime: 'python3.12', ...more });
  const environment = await createEnvironment(definition, {
    ...testOptions,
    onOutput: (stream, line) => output.push(`${stream} ${line}`),
    ...options,
  });
  let count = 0;
  const invoke = (event: unknown = {}, timeoutMs = 5000): Promise<InvokeOutcome> =>
    environment.invoke(event, { requestId: `request-${(count += 1)}`, deadlineMs: Date.now() + timeoutMs });
  try {
    await action({ environment, output, folder, invoke });
  } finally {
    await environment.dispose();
    folder.remove();
  }
}

const handler = (body: string, head = ''): string =>
  `${head}\ndef handler(event, context):\n    ${body.replaceAll('\n', '\n    ')}\n`;

// Behaviour of awslambdaric's bootstrap, but for NaN.
const cases: readonly (readonly [
  string,
  string | Readonly<Record<string, string>>,
  Partial<FunctionDefinition>,
  string | RegExp,
])[] = [
  ['returns', handler('return {"v": event["value"], "é": "ü"}'), {}, 'returned {"v":1,"é":"ü"}'],
  ['returns None', handler('return None'), {}, 'returned null'],
  ['returns a Decimal', handler('return Decimal("1.50")', 'from decimal import Decimal'), {}, 'returned 1.5'],
  ['returns NaN', handler('return {"a": float("nan")}'), {}, 'invalidJson {"a": NaN}'],
  ['returns bytes of JSON', handler('return b\'{"a": 1}\''), {}, 'returned {"a":1}'],
  ['returns bytes', handler('return b"\\xff\\n"'), {}, 'invalidJson �\n'],
  [
    'returns a datetime',
    handler('return datetime.datetime.now()', 'import datetime'),
    {},
    /^Runtime.MarshalError: Unable to marshal response: .*datetime/,
  ],
  ['returns a set', handler('return {1}'), {}, /^Runtime.MarshalError/],
  ['is a coroutine', 'async def handler(event, context):\n    return 1\n', {}, /^Runtime.MarshalError: .*coroutine/],
  ['raises', handler('raise KeyError("missing")'), {}, "KeyError: 'missing'"],
  ['raises an error of its own', handler('raise Own("own")', 'class Own(Exception): pass'), {}, 'Own: own'],
  ['the classic slip', handler('return new_key'), {}, "NameError: name 'new_key' is not defined"],
  ['exits', handler('sys.exit(3)', 'import sys'), {}, 'Runtime.ExitError: Error: Runtime exited with error: exit status 3'],
  [
    'exits without status',
    handler('sys.exit()', 'import sys'),
    {},
    'Runtime.ExitError: Error: Runtime exited without providing a reason',
  ],
  [
    'exits at once',
    handler('os._exit(4)', 'import os'),
    {},
    'Runtime.ExitError: Error: Runtime exited with error: exit status 4',
  ],
  [
    'is killed',
    handler('os.kill(os.getpid(), 9)', 'import os'),
    {},
    'Runtime.ExitError: Error: Runtime exited with error: signal: killed',
  ],
  ['exits while it loads', 'import sys\nsys.exit(5)\n', {}, 'Runtime.ExitError: Error: Runtime exited with error: exit status 5'],
  ['raises while it loads', 'raise ValueError("early")\n', {}, 'ValueError: early'],
  [
    'an error of a thread is ignored',
    handler('t = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()\nreturn 1', 'import threading'),
    {},
    'returned 1',
  ],
  ['reads standard input', handler('return sys.stdin.read()', 'import sys'), {}, 'returned ""'],
  [
    'syntax error',
    'def handler(event, context)\n    return 1\n',
    {},
    /^Runtime.UserCodeSyntaxError: Syntax error in module 'app': .*line 1/,
  ],
  [
    'missing package',
    'import left_out_package\n',
    {},
    /^Runtime.ImportModuleError: Unable to import module 'app': No module named 'left_out_package'\nThe interpreter is .*python.* Run ".* -m pip install left_out_package"/,
  ],
  [
    'missing file',
    { 'other.py': '' },
    {},
    /^Runtime.ImportModuleError: .*No module named 'app'\nThere is no such module in .*Correct Handler/,
  ],
  ['missing name in a package', 'from json import nothing\n', {}, /^Runtime.ImportModuleError: .*cannot import name 'nothing'/],
  ['missing handler', 'x = 1\n', {}, "Runtime.HandlerNotFound: Handler 'handler' missing on module 'app'"],
  ['a handler that can not be called', 'handler = 1\n', {}, /^TypeError: 'int' object is not callable/],
  ['a handler name without dot', '', { handler: 'app' }, /^Runtime.MalformedHandlerName: Bad handler 'app'/],
  ['a sub-folder', { 'src/app.py': handler('return __name__') }, { handler: 'src/app.handler' }, 'returned "src.app"'],
  [
    'a method of a class',
    { 'app.py': 'class K:\n    @staticmethod\n    def handler(event, context):\n        return 1\n' },
    { handler: 'app.K.handler' },
    /^Runtime.ImportModuleError: .*'app' is not a package/,
  ],
  [
    'the name of a built-in module',
    '',
    { handler: 'sys.handler' },
    'Runtime.BuiltInModuleConflict: Cannot use built-in module sys as a handler module',
  ],
  ['a module beside it', { 'app.py': handler('return other.v', 'import other'), 'other.py': 'v = 7\n' }, {}, 'returned 7'],
  [
    'starts a process that outlives it',
    handler('subprocess.Popen(["sleep", "30"])\nos._exit(6)', 'import os, subprocess'),
    {},
    /exit status 6/,
  ],
];

for (const [name, files, more, expected] of cases) {
  test(`python: ${name}`, { skip: noPython }, () =>
    withPython(files, more, async ({ invoke }) => {
      const text = brief(await invoke({ value: 1 }));
      if (typeof expected === 'string') assert.equal(text, expected);
      else assert.match(text, expected);
    }),
  );
}

test('python: an error carries the frames of the handler only', { skip: noPython }, () =>
  withPython(handler('return new_key'), {}, async ({ invoke, folder }) => {
    const outcome = await invoke();
    assert.ok(outcome.kind === 'functionError');
    assert.deepEqual(outcome.trace, [`  File "${folder.path}/app.py", line 3, in handler\n    return new_key\n`]);
  }),
);

test('python: state is kept, and lost with a crash', { skip: noPython }, () =>
  withPython(
    handler('global n\nn += 1\nif event.get("exit"): os._exit(1)\nreturn n', 'import os\nn = 0'),
    {},
    async ({ invoke }) => {
      assert.equal(brief(await invoke()), 'returned 1');
      assert.equal(brief(await invoke()), 'returned 2');
      assert.match(brief(await invoke({ exit: true })), /exit status 1/);
      assert.equal(brief(await invoke()), 'returned 1');
    },
  ),
);

test(
  'python: more memory than the function has ends it, as in Lambda, and not the next invocation',
  { skip: noPython || (process.platform !== 'linux' && 'the system does not tell how much a process has') },
  () =>
    withPython(
      handler('kept = b"x" * (event.get("mebibytes", 0) * 1048576)\ntime.sleep(5 if kept else 0)\nreturn 1', 'import time'),
      { timeoutMs: 20_000, memoryMb: 128 },
      async ({ invoke }) => {
        assert.match(
          brief(await invoke({ mebibytes: 300 }, 20_000)),
          /^Runtime.ExitError: Error: Runtime exited with error: signal: killed/,
        );
        assert.equal(brief(await invoke({ mebibytes: 20 }, 20_000)), 'returned 1');
      },
    ),
);

test('python: a handler that hangs is ended in time, the next one runs', { skip: noPython }, () =>
  withPython(handler('time.sleep(event.get("sleep", 0))\nreturn 1', 'import time'), { timeoutMs: 1000 }, async ({ invoke }) => {
    await invoke();
    const started = Date.now();
    assert.equal(brief(await invoke({ sleep: 60 }, 300)), 'timedOut 1000');
    assert.ok(Date.now() - started < 5000);
    assert.equal(brief(await invoke()), 'returned 1');
  }),
);

test('python: queued invocations run one after another, each once, whatever ends in between', { skip: noPython }, () =>
  withPython(
    handler(
      'open("log.txt", "a").write(event["n"] + "\\n")\nif event["n"] == "3": os._exit(1)\nif event["n"] == "5": time.sleep(60)\nreturn event["n"]',
      'import os, time',
    ),
    {},
    async ({ invoke, folder }) => {
      const outcomes = await Promise.all(Array.from({ length: 9 }, (_, n) => invoke({ n: String(n) }, 1000)));
      assert.deepEqual(outcomes.map(brief), [
        'returned "0"',
        'returned "1"',
        'returned "2"',
        'Runtime.ExitError: Error: Runtime exited with error: exit status 1',
        'returned "4"',
        'timedOut 3000',
        'returned "6"',
        'returned "7"',
        'returned "8"',
      ]);
      assert.equal(await readFile(`${folder.path}/log.txt`, 'utf8'), '0\n1\n2\n3\n4\n5\n6\n7\n8\n');
    },
  ),
);

test('python: output reaches the log and never the protocol', { skip: noPython }, () =>
  withPython(
    handler(
      'print("one é")\nprint("two", file=sys.stderr)\nos.write(1, b"raw\\n")\nos.system("echo child")\nlogging.warning("logged")\nprint("no end", end="")\nreturn 1',
      'import logging, os, sys',
    ),
    {},
    async ({ invoke, environment, output }) => {
      assert.equal(brief(await invoke()), 'returned 1');
      await environment.dispose();
      assert.deepEqual(
        output.filter((line) => line.startsWith('stdout')),
        ['stdout one é', 'stdout raw', 'stdout child', 'stdout no end'],
      );
      assert.deepEqual(
        output.filter((line) => line.startsWith('stderr')),
        ['stderr two', 'stderr WARNING:root:logged'],
      );
    },
  ),
);

test(
  'python: what queued invocations print comes before their outcome and after the one before',
  { skip: noPython },
  async () => {
    const told: string[] = [];
    await withPython(
      handler(
        'if event["n"] % 3 == 0: print("out", event["n"])\nif event["n"] % 7 == 0: print("x" * 200_000)\nreturn event["n"]',
      ),
      {},
      async ({ environment }) => {
        await new Promise<void>((resolve) => {
          for (let n = 0; n < 200; n += 1) {
            environment.begin?.({ n }, { requestId: `request-${n}`, deadlineMs: Date.now() + 20_000 }, () => {
              told.push(`end ${n}`);
              if (n === 199) resolve();
            });
          }
        });
      },
      { onOutput: (_stream, line) => told.push(line.startsWith('out') ? line : `${line.length} characters`) },
    );
    const expected = Array.from({ length: 200 }, (_, n) => [
      ...(n % 3 === 0 ? [`out ${n}`] : []),
      ...(n % 7 === 0 ? ['200000 characters'] : []),
      `end ${n}`,
    ]);
    assert.deepEqual(told, expected.flat());
  },
);

test('python: outcomes of any length come in order, and none is lost with the process', { skip: noPython }, () =>
  withPython(
    handler('if event["n"] % 40 == 39: os._exit(1)\nreturn "y" * (1 << (event["n"] % 20))', 'import os'),
    {},
    async ({ invoke }) => {
      const outcomes = await Promise.all(Array.from({ length: 120 }, (_, n) => invoke({ n }, 20_000)));
      for (const [n, outcome] of outcomes.entries()) {
        if (n % 40 === 39) assert.match(brief(outcome), /exit status 1/);
        else assert.equal(outcome.kind === 'returned' && (outcome.payload as string).length, 1 << (n % 20), `invocation ${n}`);
      }
    },
  ),
);

test('python: the context', { skip: noPython }, () =>
  withPython(
    handler(
      'return [context.aws_request_id, context.function_name, context.memory_limit_in_mb, context.invoked_function_arn, context.function_version, context.log_group_name, context.identity.cognito_identity_id, 0 < context.get_remaining_time_in_millis() <= 5000]',
    ),
    {},
    async ({ invoke }) => {
      const outcome = await invoke();
      assert.deepEqual(outcome.kind === 'returned' && outcome.payload, [
        'request-1',
        'test-function',
        '128',
        'arn:aws:lambda:us-east-1:000000000000:function:test-function',
        '$LATEST',
        '/aws/lambda/test-function',
        null,
        true,
      ]);
    },
  ),
);

test('python: only the keys of the engine reach the handler, and it runs in its own folder', { skip: noPython }, async () => {
  process.env['AWS_PROFILE'] = 'production';
  try {
    await withPython(
      handler(
        'return [os.environ.get("AWS_PROFILE"), os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_ENDPOINT_URL"], os.environ["OWN"], os.getcwd() == os.path.realpath(os.environ["LAMBDA_TASK_ROOT"])]',
        'import os',
      ),
      { environment: { OWN: 'own' } },
      async ({ invoke }) => assert.equal(brief(await invoke()), 'returned [null,"AKIALOCAL","http://127.0.0.1:1","own",true]'),
    );
  } finally {
    delete process.env['AWS_PROFILE'];
  }
});

test('python: boto3 of the user reaches the engine, old versions of it too', { skip: noBoto3 }, async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${/Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1]}`);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const source = handler(
    's3.head_object(Bucket="test", Key="a b")\nreturn boto3.__version__',
    'import boto3\ns3 = boto3.client("s3")',
  );
  try {
    for (const version of [undefined, '1.29.27']) {
      const head =
        version === undefined
          ? ''
          : `import botocore\nbotocore.__version__ = "${version}"\nimport os\nos.environ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true"\n`;
      await withPython(head + source, {}, async ({ invoke }) => assert.match(brief(await invoke({}, 20_000)), /^returned "1/), {
        endpoint,
      });
    }
  } finally {
    server.close();
  }
  assert.deepEqual(seen, Array(2).fill('HEAD /test/a%20b AKIALOCAL'));
});

test('python: an interpreter that is not there is named', () =>
  withPython(
    '',
    {},
    async ({ invoke }) =>
      assert.match(brief(await invoke()), /^Runtime.PythonNotFound: .*no-such-python: not found.*s3batch\.local\.python/),
    {
      python: 'no-such-python',
    },
  ));

test('python: a code folder that is gone is an outcome', { skip: noPython }, () =>
  withPython('', { codeDirectory: '/no/such/folder' }, async ({ invoke }) =>
    assert.match(brief(await invoke()), /^Runtime\.StartFailed/),
  ),
);

test('python: disposing ends a busy child and answers what waits', { skip: noPython }, () =>
  withPython(handler('time.sleep(60)', 'import time'), {}, async ({ invoke, environment }) => {
    const pending = [invoke({}, 60_000), invoke({}, 60_000)];
    await new Promise((resolve) => setTimeout(resolve, 300));
    await environment.dispose();
    for (const outcome of await Promise.all(pending)) assert.match(brief(outcome), /signal: killed/);
    await assert.rejects(invoke());
  }),
);

test('python: the virtual environment near the code is taken', { skip: noPython }, async () => {
  const folder = new HandlerFolder({ 'src/app.py': '' });
  try {
    assert.equal(spawnSync('python3', ['-m', 'venv', '--without-pip', '.venv'], { cwd: folder.path }).status, 0);
    const python = await findPython(undefined, join(folder.path, 'src'));
    assert.ok(python.executable.startsWith(join(folder.path, '.venv')), python.executable);
    const other = await findPython('python3', join(folder.path, 'src'));
    assert.ok(!other.executable.startsWith(folder.path), other.executable);
  } finally {
    folder.remove();
  }
});

test('python: layers come after the function itself, the last first', { skip: noPython }, () => {
  const layers = new HandlerFolder({
    'one/python/both.py': 'v = "one"',
    'one/python/own.py': 'v = "layer"',
    'two/python/lib/python3.12/site-packages/both.py': 'v = "two"',
  });
  const source = 'import both, own\ndef handler(event, context):\n    return [both.v, own.v]\n';
  return withPython(
    { 'app.py': source, 'own.py': 'v = "function"' },
    { layers: [join(layers.path, 'one'), join(layers.path, 'two')] },
    async ({ invoke }) => assert.equal(brief(await invoke()), 'returned ["two","function"]'),
  ).finally(() => layers.remove());
});
