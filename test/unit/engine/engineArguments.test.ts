import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parseEngineArguments } from '../../../src/engine/engineArguments.js';
import { engineEnvironment, formatEngineArguments } from '../../../src/engine/launchEngine.js';

test('arguments become options, relative paths counting from the working folder', () => {
  const { options, exitsWithParent } = parseEngineArguments(
    [
      '--port',
      '0',
      '--data',
      'd',
      '--template',
      'a.yaml',
      '--template',
      '/b.yaml',
      '--region',
      'eu-west-1',
      '--seed',
      's',
      '--setting',
      'redrives=0',
      '--exit-with-parent',
    ],
    '/work',
  );
  assert.equal(exitsWithParent, true);
  assert.deepEqual(options, {
    port: 0,
    dataDirectory: resolve('/work', 'd'),
    templates: [resolve('/work', 'a.yaml'), resolve('/b.yaml')],
    region: 'eu-west-1',
    seedDirectory: resolve('/work', 's'),
    settings: { redrives: 0 },
    functions: [],
  });
});

test('what is formatted is parsed back', () => {
  const options = {
    port: 4000,
    dataDirectory: resolve('/data'),
    templates: [resolve('/t.yaml')],
    settings: { concurrency: 3, s3KeyEncoding: 'echo' as const },
    region: 'us-east-1',
    seedDirectory: resolve('/seed'),
    functions: [{ name: 'f', folder: 'code', handler: 'a.b', runtime: 'nodejs22.x', environment: { SECRET: 'x' } }],
    python: 'python3',
  };
  assert.deepEqual(parseEngineArguments(formatEngineArguments(options), '/', engineEnvironment(options)).options, options);
  assert.ok(!formatEngineArguments(options).join(' ').includes('SECRET'), 'a secret is in the arguments');
});

test('wrong arguments are refused with the usage', () => {
  for (const argv of [
    ['--port', 'x'],
    ['--port', '70000'],
    ['--region', 'x'],
    ['--what'],
    ['extra'],
    ['--setting', 'x=1'],
    ['--setting', 'redrives=-1'],
    ['--setting', 'concurrency=0'],
    ['--setting', '__proto__=1'],
  ]) {
    assert.throws(() => parseEngineArguments(argv, '/'), { code: 'Usage' }, argv.join(' '));
  }
});
