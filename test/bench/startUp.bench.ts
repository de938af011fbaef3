import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BenchContext, type Benchmark, benchmarkEnv, type Measurement, median } from '../../src/build/benchmark.js';
import type { Bundle } from '../../src/build/bundleFiles.js';
import { extensionBudgetBytes } from '../../src/build/bundleChecks.js';
import { packageExtension, vsixBudgetBytes } from '../../src/build/packageExtension.js';

/** Budget 10 of the design: what VS Code waits for when it starts us, and what a person downloads. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'activation', run: measureActivation },
  { name: 'sizes', run: measureSizes },
];

const kilobyte = 1024;
const runFile = promisify(execFile);

async function measureActivation({ root, scratch, pairs }: BenchContext): Promise<readonly Measurement[]> {
  const script = join(scratch, 'activate.cjs');
  await writeFile(script, `const names = ${JSON.stringify(await namesOfVscode(root))};\n${activationScript}`);
  const times: { loadMs: number; activateMs: number; loaded: string[] }[] = [];
  for (let run = 0; run <= 2 * pairs; run += 1) {
    const { stdout } = await runFile(process.execPath, [script, root], { env: benchmarkEnv() });
    if (run > 0) times.push(JSON.parse(stdout) as { loadMs: number; activateMs: number; loaded: string[] });
  }
  const bundles = JSON.parse(await readFile(join(root, 'out', 'bundles.json'), 'utf8')) as readonly Bundle[];
  const aws = bundles.find(({ entry }) => entry === 'src/aws/main.ts');
  if (aws === undefined) throw new Error('There is no bundle of src/aws/main.ts any more: measure what took its place.');
  const load = `const t = process.cpuUsage(); require(${JSON.stringify(join(root, aws.file))});
    const { user, system } = process.cpuUsage(t); console.log((user + system) / 1000);`;
  const loads: number[] = [];
  for (let run = 0; run <= pairs; run += 1) {
    const { stdout } = await runFile(process.execPath, ['-e', load], { env: benchmarkEnv() });
    if (run > 0) loads.push(Number(stdout));
  }
  return [
    { what: 'load and activate', value: median(times.map((time) => time.loadMs + time.activateMs)), unit: 'ms', atMost: 15 },
    { what: 'of that, load', value: median(times.map((time) => time.loadMs)), unit: 'ms' },
    { what: 'files of ours read by then', value: Math.max(...times.map((time) => time.loaded.length)), unit: 'files', atMost: 1 },
    { what: 'load of the AWS part', value: median(loads), unit: 'ms', atMost: 100 },
  ];
}

/** What the module `vscode` exports: a bundle copies its own properties, so that a stand-in needs them by name. */
async function namesOfVscode(root: string): Promise<readonly string[]> {
  const types = await readFile(join(root, 'node_modules', '@types', 'vscode', 'index.d.ts'), 'utf8');
  const names = [...types.matchAll(/^\s*export (?:abstract )?(?:namespace|class|enum|const|function) (\w+)/gm)].map(
    ([, name]) => name ?? '',
  );
  return [...new Set(names)];
}

/** Activates dist/extension.js in a bare process, with a `vscode` whose every member is a function, a class and a namespace at once. */
const activationScript = `
const Module = require('node:module');
const path = require('node:path');
const anything = () => new Proxy(function () {}, {
  get: (target, name) => {
    if (name === Symbol.toPrimitive) return () => '';
    if (name === Symbol.iterator) return [][Symbol.iterator].bind([]);
    if (name === 'then') return undefined;
    if (name === 'length') return 0;
    if (name === 'prototype') return target.prototype;
    return (target[name] ??= anything());
  },
  apply: () => anything(),
  construct: () => anything(),
});
const load = Module._load;
const vscode = Object.fromEntries(names.map((name) => [name, anything()]));
Module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));
const root = process.argv[2];
// Processor time, not wall-clock time: it says the same on an idle machine and less nonsense on a busy one.
const now = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const start = now();
const extension = require(path.join(root, 'dist', 'extension.js'));
const loaded = now();
const memento = { get: (_key, value) => value, update: async () => undefined, keys: () => [] };
const uri = { fsPath: root, path: root, scheme: 'file', with: () => uri, toString: () => 'file://' + root };
extension.activate({
  subscriptions: [], extensionPath: root, extensionUri: uri, globalStorageUri: uri, storageUri: uri, logUri: uri,
  workspaceState: memento, globalState: { ...memento, setKeysForSync() {} }, asAbsolutePath: (file) => path.join(root, file),
  secrets: anything(), environmentVariableCollection: anything(), extension: { packageJSON: {} }, extensionMode: 1,
});
const activated = now();
const ours = Object.keys(require.cache).filter((file) => file.startsWith(path.join(root, 'dist')));
console.log(JSON.stringify({ loadMs: loaded - start, activateMs: activated - loaded, loaded: ours }));
process.exit(0);
`;

async function measureSizes({ root }: BenchContext): Promise<readonly Measurement[]> {
  const bytes = async (path: string): Promise<number> => (await stat(path)).size / kilobyte;
  return [
    {
      what: 'dist/extension.js',
      value: await bytes(join(root, 'dist', 'extension.js')),
      unit: 'KB',
      atMost: extensionBudgetBytes / kilobyte,
    },
    { what: 'VSIX', value: await bytes(await packageExtension(root)), unit: 'KB', atMost: vsixBudgetBytes / kilobyte },
  ];
}
