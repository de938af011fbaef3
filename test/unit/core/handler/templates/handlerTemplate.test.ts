import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isBatchError } from '../../../../../src/base/errors.js';
import { handlerTemplate } from '../../../../../src/core/handler/templates/handlerTemplate.js';
import { handlerLanguages } from '../../../../../src/core/handler/templates/templateFile.js';
import { handlerTypesText } from '../../../../../src/core/handler/templates/handlerTypesText.js';
import { logicalIdOf } from '../../../../../src/core/handler/templates/sharedFiles.js';

test('generated projects get the types that this project uses', () => {
  assert.equal(handlerTypesText, readFileSync('src/core/handler/handlerTypes.ts', 'utf8'));
});

for (const language of handlerLanguages) {
  for (const schema of ['1.0', '2.0'] as const) {
    test(`${language}, schema ${schema}: what every project has`, () => {
      const files = new Map(handlerTemplate({ language, schema, name: 'my-function' }).map((file) => [file.path, file.text]));
      for (const path of ['README.md', 'template.yaml', 'events/event.json', '.gitignore']) assert.ok(files.has(path), path);
      assert.equal(
        (JSON.parse(files.get('events/event.json') ?? '') as { invocationSchemaVersion: string }).invocationSchemaVersion,
        schema,
      );
      assert.match(files.get('template.yaml') ?? '', /MyFunction:\n[\s\S]*FunctionName: my-function/);
      for (const [path, text] of files) {
        assert.ok(!/undefined|\[object|\t/.test(text), `${path} has a hole`);
        assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'), `${path} ends with one line end`);
        assert.ok(!text.split('\n').some((line) => line.endsWith(' ')), `${path} has a space at a line's end`);
      }
    });
  }
}

test('names that Lambda refuses are refused', () => {
  for (const name of ['', 'a b', 'ü', 'x'.repeat(65)]) {
    assert.throws(
      () => handlerTemplate({ language: 'python', schema: '1.0', name }),
      (error) => isBatchError(error) && error.code === 'InvalidFunctionName',
    );
  }
});

test('logical ids have letters and digits only', () => {
  assert.equal(logicalIdOf('my-function_2'), 'MyFunction2');
  assert.equal(logicalIdOf('2nd'), 'Function2nd');
  assert.equal(logicalIdOf('---'), 'Function');
});
