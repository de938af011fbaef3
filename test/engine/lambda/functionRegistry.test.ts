import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isBatchError } from '../../../src/base/errors.js';
import type { FunctionRegistry } from '../../../src/engine/contracts.js';
import { createFunctionRegistry, type FunctionRegistryOptions } from '../../../src/engine/lambda/functionRegistry.js';

const folder = await mkdtemp(join(tmpdir(), 's3batch-registry-'));
after(() => rm(folder, { recursive: true, force: true }));
const warnings: string[] = [];
const log = { info: () => undefined, warn: (message: string) => void warnings.push(message), error: () => undefined };

async function registry(text: string, more: Partial<FunctionRegistryOptions> = {}): Promise<FunctionRegistry & { file: string }> {
  const file = join(folder, `${Math.random()}.yaml`);
  await writeFile(file, text);
  warnings.length = 0;
  const made = createFunctionRegistry({ templates: [file], region: 'us-east-1', accountId: '000000000000', log, ...more });
  return Object.assign(made, { file });
}

const template = (name: string): string => `
Resources:
  Logical:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: ${name}, CodeUri: ., Handler: a.b, Runtime: nodejs22.x }
  Broken:
    Type: AWS::Serverless::Function
    Properties: { Handler: a.b }
  Nowhere:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: ./missing, Handler: a.b, Runtime: nodejs22.x }
`;

test('finds by name, logical id and ARN of whatever account, with or without qualifier', async () => {
  const functions = await registry(template('rename'));
  for (const name of ['rename', 'Logical', 'rename:prod', 'arn:aws:lambda:eu-west-1:123456789012:function:rename:$LATEST']) {
    assert.equal((await functions.find(name))?.name, 'rename', name);
  }
  assert.equal(await functions.find('other'), undefined);
  assert.equal(await functions.find('not a name'), undefined);
});

test('lists what can be used, warns of the rest, and find says why', async () => {
  const functions = await registry(template('rename'));
  assert.deepEqual(
    (await functions.list()).map((item) => item.name),
    ['rename', 'Nowhere'],
  );
  assert.match(warnings.join(), /Broken has no Runtime/);
  await assert.rejects(
    functions.find('Broken'),
    (error) => isBatchError(error) && /:7: Broken has no Runtime/.test(error.message),
  );
  await assert.rejects(
    functions.find('Nowhere'),
    (error) => isBatchError(error) && /missing, which is no folder/.test(error.message),
  );
});

test('reads a template anew when it has changed', async () => {
  const functions = await registry(template('before'));
  assert.equal((await functions.find('Logical'))?.name, 'before');
  await writeFile(functions.file, template('later1'));
  await utimes(functions.file, new Date(), new Date(Date.now() + 5000));
  assert.equal((await functions.find('Logical'))?.name, 'later1');
});

test('a template that is missing or broken rejects with its path', async () => {
  const functions = createFunctionRegistry({
    templates: ['nowhere.yaml'],
    baseDirectory: folder,
    region: 'r',
    accountId: 'a',
    log,
  });
  await assert.rejects(functions.list(), (error) => isBatchError(error) && error.message.includes(join(folder, 'nowhere.yaml')));
  const broken = await registry('Resources: {\n');
  await assert.rejects(broken.list(), (error) => isBatchError(error) && error.code === 'InvalidTemplate');
});

test('functions of the settings come after those of templates', async () => {
  const setting = { name: 'rename', folder: '.', handler: 'x.y', runtime: 'python3.12' };
  const functions = await registry(template('rename'), {
    baseDirectory: folder,
    functions: [setting, { ...setting, name: 'own' }],
  });
  assert.equal((await functions.find('rename'))?.runtime, 'nodejs22.x');
  const own = await functions.find('own');
  assert.equal(own?.codeDirectory, folder);
  assert.equal(own?.timeoutMs, 3000);
});

test('a name that several templates declare is told with all its places, once, and the first counts', async () => {
  const first = join(folder, 'orders.yaml');
  const second = join(folder, 'invoices.yaml');
  await writeFile(first, template('rename'));
  await writeFile(second, template('rename').replace('a.b', 'other.b'));
  const setting = { name: 'rename', folder: '.', handler: 'x.y', runtime: 'python3.12' };
  const functions = await registry('Resources: {}', { baseDirectory: folder, templates: [first, second], functions: [setting] });
  const found = await functions.find('rename');
  assert.equal(found?.handler, 'a.b');
  const text = `The function rename is declared in ${first}:4 and again in ${second}:4, entry 1 of the setting s3batch.local.functions; the first counts.`;
  assert.equal(found.ambiguity, text);
  await functions.list();
  assert.equal(warnings.filter((warning) => warning === text).length, 1);
  const summaries = await functions.list();
  assert.deepEqual(
    summaries.map(({ name, ambiguity }) => [name, ambiguity !== undefined]),
    [
      ['rename', true],
      ['Nowhere', true],
    ],
  );
});

test('a bad entry of the settings is named', async () => {
  const functions = await registry('Resources: {}', { functions: [{ name: 'a' } as never] });
  await assert.rejects(functions.list(), (error) => isBatchError(error) && error.message === 'Local function 1 has no folder.');
});
