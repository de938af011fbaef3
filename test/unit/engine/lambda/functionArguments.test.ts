import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEngineArguments } from '../../../../src/engine/engineArguments.js';
import { engineEnvironment, formatEngineArguments } from '../../../../src/engine/launchEngine.js';

test('functions of the settings and the interpreter reach the process of the engine', () => {
  const functions = [
    { name: 'f', folder: 'code', handler: 'a.b', runtime: 'nodejs22.x', environment: { A: 'with space "quoted"' } },
  ];
  const argv = formatEngineArguments({ dataDirectory: '/data', python: '/usr/bin/python3' });
  const { options } = parseEngineArguments(argv, '/', engineEnvironment({ functions }));
  assert.deepEqual(options.functions, functions);
  assert.equal(options.python, '/usr/bin/python3');
});

test('a function that is no JSON is refused', () => {
  assert.throws(() => parseEngineArguments(['--function', 'f'], '/'), /--function takes a function in JSON/);
});
