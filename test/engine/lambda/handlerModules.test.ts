import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { EnvironmentOptions, FunctionDefinition, InvokeOutcome } from '../../../src/engine/contracts.js';
import { EnvironmentThread, HandlerFolder } from '../../support/environmentThread.js';

async function run(
  files: Readonly<Record<string, string>>,
  more: Partial<FunctionDefinition> = {},
  options: Partial<EnvironmentOptions> = {},
  prepare: (folder: HandlerFolder) => void = () => undefined,
): Promise<{ outcome: InvokeOutcome; output: string; path: string }> {
  const folder = new HandlerFolder(files);
  prepare(folder);
  const thread = new EnvironmentThread(folder.definition(more), options);
  try {
    const outcome = await thread.invoke({ value: 1 });
    return { outcome, output: thread.output.map((item) => item.line).join('\n'), path: folder.path };
  } finally {
    await thread.close();
    folder.remove();
  }
}

/** The folder's own esbuild, which here is that of this project. */
function giveEsbuild(folder: HandlerFolder): void {
  const home = dirname(createRequire(import.meta.url).resolve('esbuild/package.json'));
  mkdirSync(join(folder.path, 'node_modules'), { recursive: true });
  symlinkSync(home, join(folder.path, 'node_modules', 'esbuild'));
}

const typed = `import type { Thing } from './types';
import { twice } from './util';
import { thrice } from './lib/more.js';
import folder from './folder';

interface Event { readonly value: number }
const enum Code { Ok = 'ok' }

export async function handler(event: Event): Promise<Thing> {
  if (event.value < 0) throw new Error('negative');
  return { twice: twice(event.value), thrice: thrice(event.value), code: Code.Ok as string, folder: folder! } satisfies Thing;
}
`;
const typedFiles = {
  'app.ts': typed,
  'types.ts': 'export interface Thing { twice: number; thrice: number; code: string; folder: string }\n',
  'util.ts': 'export const twice = (n: number): number => n * 2;\n',
  'lib/more.ts': "import { twice } from '../util.js';\nexport const thrice = <T extends number>(n: T): number => twice(n) + n;\n",
  'folder/index.ts': "export default 'index' as string;\n",
};
const typedResult = { kind: 'returned', payload: { twice: 2, thrice: 3, code: 'ok', folder: 'index' } };

const esm = { 'package.json': '{"type":"module"}' };
const failing = (call: string): string => `interface Unused {
  readonly a: number;
}

type Fn = () => never;

export const handler = async (): Promise<void> => {
  ${call}
};
`;

for (const [kind, prepare] of [
  ['the small transpiler', () => undefined],
  ["the folder's esbuild", giveEsbuild],
] as const) {
  test(`TypeScript with ${kind}, CommonJS`, async () => {
    assert.deepEqual((await run(typedFiles, {}, {}, prepare)).outcome, typedResult);
  });

  test(`TypeScript with ${kind}, ES modules`, async () => {
    assert.deepEqual((await run({ ...typedFiles, ...esm }, {}, {}, prepare)).outcome, typedResult);
  });

  test(`TypeScript with ${kind}, .mts with top-level await`, async () => {
    const files = { 'app.mts': `const base: number = await Promise.resolve(5);\nexport const handler = async () => base + 1;\n` };
    assert.deepEqual((await run(files, {}, {}, prepare)).outcome, { kind: 'returned', payload: 6 });
  });

  for (const [format, extra] of [
    ['CommonJS', {}],
    ['ES modules', esm],
  ] as const) {
    test(`positions are those of the TypeScript source with ${kind}, ${format}`, async () => {
      const { outcome, path } = await run({ 'app.ts': failing('throw new Error("here");'), ...extra }, {}, {}, prepare);
      assert.ok(outcome.kind === 'functionError');
      assert.equal(outcome.errorMessage, 'here');
      assert.match(outcome.trace[1] ?? '', new RegExp(`${path}/app\\.ts:8:9`));
    });
  }

  test(`a syntax error names file, line and column with ${kind}`, async () => {
    const { outcome, path } = await run({ 'app.ts': failing('const = 1;') }, {}, {}, prepare);
    assert.ok(outcome.kind === 'functionError');
    assert.equal(outcome.errorType, 'Runtime.UserCodeSyntaxError');
    assert.match(outcome.errorMessage, new RegExp(`^SyntaxError: .* \\(${path}/app\\.ts:8:9\\)$`));
  });

  test(`a missing file is named with ${kind}`, async () => {
    const { outcome } = await run(
      { 'app.ts': "import { a } from './nowhere';\nexport const handler = async () => a;\n" },
      {},
      {},
      prepare,
    );
    assert.ok(outcome.kind === 'functionError');
    assert.equal(outcome.errorType, 'Runtime.ImportModuleError');
    assert.match(outcome.errorMessage, /\.\/nowhere/);
  });

  test(`a missing package says what to run with ${kind}`, async () => {
    const { outcome, path } = await run(
      { 'app.ts': "import a from 'left-out';\nexport const handler = async () => a;\n" },
      {},
      {},
      prepare,
    );
    assert.ok(outcome.kind === 'functionError');
    assert.equal(outcome.errorType, 'Runtime.ImportModuleError');
    assert.match(outcome.errorMessage, new RegExp(`The package left-out is not installed. Run "npm install" in ${path}`));
  });
}

const needsEsbuild = {
  decorators: '@(() => {}) class A {}\nexport const handler = async () => 1;\n',
  namespaces: 'namespace N {\n  export const z = 3;\n}\nexport const handler = async () => N.z;\n',
  'paths of tsconfig.json': "import { a } from '@lib/help';\nexport const handler = async () => a;\n",
} as const;
for (const [what, source] of Object.entries(needsEsbuild)) {
  test(`TypeScript without esbuild has no ${what}, and says so`, async () => {
    const { outcome, path } = await run({ 'app.ts': source });
    assert.ok(outcome.kind === 'functionError');
    assert.match(outcome.errorMessage, new RegExp(`run "npm install --save-dev esbuild" in ${path}\\.`));
  });
}

test('a namespace of types is none when the program runs', async () => {
  const source = 'namespace T {\n  export type A = number;\n}\nexport const handler = async (): Promise<T.A> => 4;\n';
  assert.deepEqual((await run({ 'app.ts': source })).outcome, { kind: 'returned', payload: 4 });
});

test('a source that sam build would bundle is found in its folder, before a built file', async () => {
  const files = {
    'src/app.ts': 'export const handler = async () => "source" as string;\n',
    'app.js': 'exports.handler = async () => "built"',
  };
  assert.deepEqual((await run(files)).outcome, { kind: 'returned', payload: 'built' });
  assert.deepEqual((await run(files, { entryPoints: ['src/app.ts'] })).outcome, { kind: 'returned', payload: 'source' });
});

test('an esbuild that is broken is said, and the transpiler takes over', async () => {
  const { outcome, output } = await run({ ...typedFiles, 'node_modules/esbuild/index.js': 'throw new Error("broken binary")' });
  assert.deepEqual(outcome, typedResult);
  assert.match(output, /esbuild of .* can't be loaded.*broken binary/);
});

// The SDK that Lambda supplies, here a stand-in.
const suppliedSdk = "exports.S3Client = class S3Client { from = 'supplied' };\n";
const ownSdk = "exports.S3Client = class S3Client { from = 'own' };\n";
const cjsUser = "const { S3Client } = require('@aws-sdk/client-s3'); exports.handler = async () => new S3Client().from;\n";
const dynamicUser = "exports.handler = async () => new (await import('@aws-sdk/client-s3')).S3Client().from;\n";
const esmUser = "import { S3Client } from '@aws-sdk/client-s3';\nexport const handler = async () => new S3Client().from;\n";

for (const [name, files, prepare] of [
  ['require', { 'app.js': cjsUser }, () => undefined],
  ['import() of CommonJS', { 'app.js': dynamicUser }, () => undefined],
  ['import', { 'app.mjs': esmUser }, () => undefined],
  ['import by type module', { 'app.js': esmUser, ...esm }, () => undefined],
  ['import deeper down', { 'app.mjs': "export { handler } from './deep.mjs';\n", 'deep.mjs': esmUser }, () => undefined],
  ['TypeScript', { 'app.ts': esmUser }, () => undefined],
  ['TypeScript as ES module', { 'app.ts': esmUser, ...esm }, () => undefined],
  ['TypeScript with esbuild', { 'app.ts': esmUser }, giveEsbuild],
  ['TypeScript as ES module with esbuild', { 'app.ts': esmUser, ...esm }, giveEsbuild],
] as const) {
  test(`the supplied SDK: ${name}`, async () => {
    const sdk = new HandlerFolder({ 'handlerSdk.js': suppliedSdk });
    try {
      const options = { handlerSdk: join(sdk.path, 'handlerSdk.js') };
      assert.deepEqual((await run(files, {}, options, prepare)).outcome, { kind: 'returned', payload: 'supplied' });
      const own = { ...files, 'node_modules/@aws-sdk/client-s3/index.js': ownSdk };
      assert.deepEqual((await run(own, {}, options, prepare)).outcome, { kind: 'returned', payload: 'own' });
    } finally {
      sdk.remove();
    }
  });
}

test('an SDK package that is not supplied says what to install; one beside the supplied file is found', async () => {
  const files = {
    'app.js': "exports.name = require('@aws-sdk/lib-storage').name; exports.handler = async () => exports.name;\n",
  };
  const sdk = new HandlerFolder({ 'handlerSdk.js': suppliedSdk });
  const options = { handlerSdk: join(sdk.path, 'handlerSdk.js') };
  try {
    const { outcome } = await run(files, {}, options);
    assert.ok(outcome.kind === 'functionError');
    assert.match(outcome.errorMessage, /The package @aws-sdk\/lib-storage is not installed/);
    sdk.write('handlerSdk.lib-storage.js', "exports.name = 'storage';\n");
    assert.deepEqual((await run(files, {}, options)).outcome, { kind: 'returned', payload: 'storage' });
  } finally {
    sdk.remove();
  }
});

test("layers: their packages, the last layer first, come after the function's own and before the supplied SDK", async () => {
  const folder = new HandlerFolder({
    'app.js': `exports.handler = async () => [require('both'), require('own'), require('early'), require('@scope/late/part'), process.env.S3BATCH_OPT.split(':').length];`,
    'node_modules/own/index.js': `module.exports = 'function';`,
    'one/nodejs/node_modules/both/index.js': `module.exports = 'one';`,
    'one/nodejs/node_modules/own/index.js': `module.exports = 'layer';`,
    'one/nodejs/node22/node_modules/early/index.js': `module.exports = require('both') + ' early';`,
    'two/nodejs/node_modules/both/index.js': `module.exports = 'two';`,
    'two/nodejs/node_modules/@scope/late/package.json': `{ "exports": { "./part": "./sub/part.js" } }`,
    'two/nodejs/node_modules/@scope/late/sub/part.js': `module.exports = 'late';`,
  });
  const layers = [join(folder.path, 'one'), join(folder.path, 'two')];
  const thread = new EnvironmentThread(folder.definition({ layers }));
  try {
    // A package of a layer finds its neighbours first: layers are not laid over each other here, as they are in /opt.
    assert.deepEqual(await thread.invoke(), { kind: 'returned', payload: ['two', 'function', 'one early', 'late', 2] });
  } finally {
    await thread.close();
    folder.remove();
  }
});
