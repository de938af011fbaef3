import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BenchContext, type Benchmark, compare, type Measurement, median } from '../../src/build/benchmark.js';
import { lintFile } from '../../src/files/lintFile.js';
import { LintWorkers } from '../../src/files/lintWorkers.js';
import { type ManifestKind, seededManifest } from '../support/seededManifest.js';

/** Budgets 1 to 4 of the design: `s3batch lint` of whole manifests against `wc -l` of the same file, in turns. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'lint clean', run: measureClean },
  { name: 'lint duplicates', run: measureDuplicates },
  { name: 'lint dirty', run: measureDirty },
  { name: 'lint warm', run: measureWarm },
  { name: 'lint peers', run: measurePeers },
];

const tenMillion = 10_000_000;
const withoutDuplicates = ['--rule', 'duplicate-row=off'];

function manifest({ root, log }: BenchContext, kind: ManifestKind, rows = tenMillion): Promise<string> {
  log(`${rows.toLocaleString('en')} rows, ${kind}`);
  return seededManifest(join(root, 'out', 'bench'), kind, rows);
}

/** One run of a program, from spawn to exit; exit code 1 says that a linter found something. */
async function time(command: string, args: readonly string[], cwd: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 && code !== 1) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return performance.now() - startedAt;
}

function lint({ root }: BenchContext, path: string, args: readonly string[] = []): () => Promise<number> {
  return () => time(process.execPath, [join(root, 'dist', 'cli.js'), 'lint', path, ...args], root);
}

function tool({ root }: BenchContext, command: string, args: readonly string[]): () => Promise<number> {
  return () => time(command, args, root);
}

/** Peak memory of a lint in MB, as the system counts it; undefined where it does not say. */
async function peakMegabytes({ root }: BenchContext, args: readonly string[]): Promise<number | undefined> {
  if (!existsSync('/proc/self/status')) return undefined;
  const code = `process.argv.splice(1, 1, ${JSON.stringify(join(root, 'dist', 'cli.js'))}); require(process.argv[1]);
process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)));`;
  const child = spawn(process.execPath, ['-e', code, 'cli', 'lint', ...args], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  return Number(text) / 1024;
}

async function memory(context: BenchContext, what: string, args: readonly string[], atMost: number): Promise<Measurement[]> {
  const value = await peakMegabytes(context, args);
  return value === undefined ? [] : [{ what: `peak memory, ${what}`, value, unit: 'MB', atMost }];
}

async function measureClean(context: BenchContext): Promise<readonly Measurement[]> {
  const path = await manifest(context, 'clean');
  const run = lint(context, path, withoutDuplicates);
  const ofLines = await compare(run, tool(context, 'wc', ['-l', path]), context.pairs);
  const ofGrep = await compare(run, tool(context, 'grep', ['-c', '', path]), context.pairs);
  const versions = await manifest(context, 'versions');
  const quoted = await manifest(context, 'quoted');
  const ofVersions = await compare(
    lint(context, versions, withoutDuplicates),
    tool(context, 'wc', ['-l', versions]),
    context.pairs,
  );
  const ofQuoted = await compare(lint(context, quoted, withoutDuplicates), tool(context, 'wc', ['-l', quoted]), context.pairs);
  return [
    { what: 'lint of clean rows', value: ofLines.medianMs, unit: 'ms' },
    { what: 'to wc -l', value: ofLines.ratio, unit: 'x', atMost: 2.5 },
    { what: "to grep -c ''", value: ofGrep.ratio, unit: 'x', atMost: 1 },
    { what: 'with versions, to wc -l', value: ofVersions.ratio, unit: 'x' },
    { what: 'all quoted, to wc -l', value: ofQuoted.ratio, unit: 'x' },
    ...(await memory(context, 'without duplicates', [path, ...withoutDuplicates], 100)),
  ];
}

async function measureDuplicates(context: BenchContext): Promise<readonly Measurement[]> {
  const path = await manifest(context, 'clean');
  const { ratio, medianMs } = await compare(lint(context, path), tool(context, 'wc', ['-l', path]), context.pairs);
  const larger = await manifest(context, 'clean', 4 * tenMillion);
  return [
    { what: 'lint with duplicates', value: medianMs, unit: 'ms' },
    { what: 'to wc -l', value: ratio, unit: 'x', atMost: 4.5 },
    ...(await memory(context, '10M rows', [path], 256)),
    ...(await memory(context, '40M rows', [larger], 512)),
  ];
}

async function measureDirty(context: BenchContext): Promise<readonly Measurement[]> {
  const clean = lint(context, await manifest(context, 'clean'));
  const dirty = await compare(lint(context, await manifest(context, 'dirty')), clean, context.pairs);
  const bad = await compare(lint(context, await manifest(context, 'bad')), clean, context.pairs);
  return [
    { what: '0.1 % wrong rows, to clean', value: dirty.ratio, unit: 'x', atMost: 1.3 },
    { what: 'every row wrong, to clean', value: bad.ratio, unit: 'x', atMost: 5 },
  ];
}

/** In this process, with workers that wait: what the editor does. */
async function measureWarm(context: BenchContext): Promise<readonly Measurement[]> {
  const path = await manifest(context, 'clean', 1_000_000);
  const workers = new LintWorkers({ keepMs: 60_000, script: join(context.root, 'dist', 'lintWorker.js') });
  try {
    const times: number[] = [];
    for (let run = 0; run <= 2 * context.pairs; run += 1) {
      const startedAt = performance.now();
      await lintFile(path, { severities: { 'duplicate-row': 'off' } }, { workers, workerCount: 2, isScannedHere: false });
      if (run > 0) times.push(performance.now() - startedAt);
    }
    return [{ what: '1M rows by warm workers', value: median(times), unit: 'ms', atMost: 60 }];
  } finally {
    await workers.close();
  }
}

interface Peer {
  readonly name: string;
  /** npm package, looked for in the folder that S3BATCH_BENCH_PEERS names; undefined for a program. */
  readonly npmPackage?: string;
  readonly atLeast: number;
  /** 1M rows for those that take seconds for them. */
  readonly rows: number;
  program(path: string, packageFile: string): readonly [string, readonly string[]];
}

const keyPattern = "^acme-data-lake-prod-euw1,(?:[A-Za-z0-9._~/!*'()-]|%[0-9A-Fa-f]{2})+$";
const checkInNode = `
const check = new RegExp(${JSON.stringify(keyPattern)});
let bad = 0;
const row = (fields) => { if (fields.length !== 2 || !check.test(fields[0] + ',' + fields[1])) bad += 1; };
`;

const peers: readonly Peer[] = [
  {
    name: 'ripgrep',
    atLeast: 5,
    rows: tenMillion,
    program: (path) => ['rg', ['-j1', '-a', '--no-unicode', '-cv', keyPattern, path]],
  },
  {
    name: 'udsv',
    npmPackage: 'udsv',
    atLeast: 8,
    rows: tenMillion,
    program: (path, file) => [
      process.execPath,
      [
        '-e',
        `${checkInNode}
const { initParser } = require(${JSON.stringify(file)});
const schema = { skip: 0, col: ',', row: '\\n', encl: '', trim: false, cols: [{ name: 'a', type: 's' }, { name: 'b', type: 's' }] };
const parser = initParser(schema);
(async () => {
  for await (const text of require('node:fs').createReadStream(${JSON.stringify(path)}, { encoding: 'latin1', highWaterMark: 1 << 20 }))
    parser.chunk(text, parser.stringArrs, (rows) => { for (const fields of rows) row(fields); });
  parser.end();
})();`,
      ],
    ],
  },
  {
    name: 'csv-parse',
    npmPackage: 'csv-parse',
    atLeast: 25,
    rows: 1_000_000,
    program: (path, file) => [
      process.execPath,
      [
        '-e',
        `${checkInNode}
const { parse } = require(${JSON.stringify(file)});
require('node:fs').createReadStream(${JSON.stringify(path)}).pipe(parse({ relax_column_count: true })).on('data', row);`,
      ],
    ],
  },
];

async function measurePeers(context: BenchContext): Promise<readonly Measurement[]> {
  // Budget: 10 times as fast. It is part of an editor extension, which no registry of packages has.
  context.log("Rainbow CSV's lint core: skipped, not a package");
  const measured: Measurement[] = [];
  for (const peer of peers) {
    const file = await findPeer(peer, context);
    if (file === undefined) continue;
    const path = await manifest(context, 'clean', peer.rows);
    const [command, args] = peer.program(path, file);
    const { ratio } = await compare(tool(context, command, args), lint(context, path, withoutDuplicates), context.pairs);
    measured.push({ what: `${peer.name} takes, to lint`, value: ratio, unit: 'x', atLeast: peer.atLeast });
  }
  return measured;
}

/** The file of a peer that is there; says so when it is not. Peers are no packages of ours: nobody else needs them. */
async function findPeer({ name, npmPackage, program }: Peer, { log, root }: BenchContext): Promise<string | undefined> {
  try {
    if (npmPackage === undefined) {
      const [command] = program('', '');
      await time(command, ['--version'], root);
      return command;
    }
    const folder = process.env['S3BATCH_BENCH_PEERS'];
    if (folder !== undefined) return createRequire(join(folder, 'package.json')).resolve(npmPackage);
  } catch (error) {
    log(`${name}: ${(error as Error).message.split('\n')[0]}`);
  }
  log(`${name}: skipped, not installed${npmPackage === undefined ? '' : ' (set S3BATCH_BENCH_PEERS to a folder with it)'}`);
  return undefined;
}
