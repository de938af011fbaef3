import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { bundleAll } from '../../../src/build/bundle.js';
import type { Bundle } from '../../../src/build/bundleFiles.js';

const sources = {
  'src/cli.ts': `import { shared } from './base/shared.js';
    export async function run(name: string): Promise<string> {
      if (name === 'first') return (await import('./cli/first.js')).first();
      if (name === 'count') return (await import('./cli/count.js')).run();
      const user = (await import(name)) as { handler(): string };
      return shared + user.handler();
    }
    run(process.argv[2] ?? '').then(console.log, (error: unknown) => { console.error(error); process.exit(1); });`,
  'src/cli/first.ts': `import { shared } from '../base/shared.js';
    export const first = async (): Promise<string> => shared + (await import('./second.js')).second;`,
  'src/cli/second.ts': `import text from './hello.py';
    export const second = text;`,
  'src/cli/count.ts': `import { count, increment } from '../base/counter.js';
    export async function run(): Promise<string> {
      increment();
      (await import('./countOn.js')).countOn();
      return count + '';
    }`,
  'src/cli/countOn.ts': `import { increment } from '../base/counter.js';
    export const countOn = (): void => increment();`,
  'src/base/counter.ts': `export let count = 0;
    export const increment = (): void => { count += 1; };
    export const unused = 'left out';`,
  'src/cli/hello.py': `print("hi")`,
  'src/base/shared.ts': `export const shared = 'shared+';`,
  'handler.mjs': `export const handler = () => 'an ES module';`,
};

let root = '';
let bundles: readonly Bundle[] = [];

before(async () => {
  root = await mkdtemp(join(tmpdir(), 's3b-bundle-'));
  for (const [file, text] of Object.entries(sources)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  bundles = await bundleAll(root);
});
after(() => rm(root, { recursive: true, force: true }));

const run = (argument: string) => spawnSync(process.execPath, ['dist/cli.js', argument], { cwd: root, encoding: 'utf8' });

test('a module that is imported dynamically becomes a chunk, and so does one that the chunk imports', () => {
  assert.deepEqual(
    bundles.map(({ file, loads }) => ({ file, loads })).toSorted((a, b) => a.file.localeCompare(b.file)),
    [
      { file: 'dist/chunks/cli-count.js', loads: ['dist/chunks/cli-countOn.js'] },
      { file: 'dist/chunks/cli-countOn.js', loads: [] },
      { file: 'dist/chunks/cli-first.js', loads: ['dist/chunks/cli-second.js'] },
      { file: 'dist/chunks/cli-second.js', loads: [] },
      { file: 'dist/cli.js', loads: ['dist/chunks/cli-first.js', 'dist/chunks/cli-count.js'] },
    ],
  );
  assert.deepEqual(Object.keys(bundles.find(({ file }) => file === 'dist/cli.js')?.inputs ?? {}).toSorted(), [
    'src/base/shared.ts',
    'src/cli.ts',
  ]);
});

test('chunks load when they are reached, and text comes as text', () => {
  assert.equal(run('first').stdout, 'shared+print("hi")\n');
});

test('chunks share what they have in common: it is written once, and its state is one', async () => {
  assert.equal(run('count').stdout, '2\n');
  const folder = join(root, 'dist', 'chunks');
  const scripts = (await readdir(folder)).filter((file) => file.endsWith('.js'));
  const texts = await Promise.all(scripts.map((file) => readFile(join(folder, file), 'utf8')));
  assert.equal(texts.filter((text) => text.includes('+=1')).length, 1);
  assert.ok(!texts.some((text) => text.includes('left out')));
  const chunk = bundles.find(({ file }) => file === 'dist/chunks/cli-countOn.js');
  assert.deepEqual(Object.keys(chunk?.inputs ?? {}).toSorted(), ['src/base/counter.ts', 'src/cli/countOn.ts']);
  assert.ok((chunk?.sizeBytes ?? 0) > (await stat(join(root, 'dist/chunks/cli-countOn.js'))).size);
});

test('an import of a variable stays a real import, so that it can load ES modules', () => {
  assert.equal(run(join(root, 'handler.mjs')).stdout, 'shared+an ES module\n');
});

test('a dynamic import of a module that does not exist fails the build', async () => {
  const broken = await mkdtemp(join(tmpdir(), 's3b-bundle-'));
  try {
    await mkdir(join(broken, 'src'));
    await writeFile(join(broken, 'src/cli.ts'), `void import('./missing.js');`);
    await assert.rejects(bundleAll(broken), /missing/);
  } finally {
    await rm(broken, { recursive: true, force: true });
  }
});
