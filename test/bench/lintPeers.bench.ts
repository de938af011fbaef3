import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { errorCode } from '../../src/base/errors.js';
import {
  type BenchContext,
  type Benchmark,
  compare,
  type Measurement,
  outputOf,
  timeProgram,
} from '../../src/build/benchmark.js';
import type { ManifestKind } from '../support/seededManifest.js';
import { lint, manifest, tenMillion, tool, withoutDuplicates } from './lintPrograms.js';

/** Budget 4 of the design: `s3batch lint` against what people use to check a CSV file, which checks the same here. */
export const benchmarks: readonly Benchmark[] = [{ name: 'lint peers', run: measurePeers }];

interface Peer {
  readonly name: string;
  /** Where it is in the folder that S3BATCH_BENCH_PEERS names: an npm package, or a file of a checkout. Undefined for ripgrep. */
  readonly from?: string;
  readonly atLeast: number;
  /** Fewer than 10M for one that holds the whole document. */
  readonly rows: number;
  /** What it prints for a file with mistakes, by which it is seen to check what it is timed for: it prints 0 for a clean file. */
  readonly proof: { readonly kind: ManifestKind; readonly prints: number };
  program(path: string, packageFile: string): readonly [string, readonly string[]];
}

const proofRows = 500_000;
const allRows = { kind: 'bad', prints: proofRows } as const;
const keyPattern = "^acme-data-lake-prod-euw1,(?:[A-Za-z0-9._~/!*'()-]|%[0-9A-Fa-f]{2})+$";
const checkInNode = `
const check = new RegExp(${JSON.stringify(keyPattern)});
let bad = 0;
const row = (fields) => { if (fields.length !== 2 || !check.test(fields[0] + ',' + fields[1])) bad += 1; };
process.on('exit', () => console.log(bad));
`;

const peers: readonly Peer[] = [
  {
    name: 'ripgrep',
    atLeast: 5,
    rows: tenMillion,
    proof: allRows,
    program: (path, file) => [file, ['-j1', '-a', '--no-unicode', '--no-heading', '--include-zero', '-cv', keyPattern, path]],
  },
  {
    name: 'udsv',
    from: 'udsv',
    atLeast: 8,
    rows: tenMillion,
    proof: allRows,
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
    parser.chunk(text, parser.stringArrs, row);
  parser.end();
})();`,
      ],
    ],
  },
  {
    name: 'csv-parse',
    from: 'csv-parse',
    atLeast: 25,
    rows: tenMillion,
    proof: allRows,
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
  {
    // It checks quotes and the number of columns only, and says of a file whether it is good, as its command "CSV Lint" asks it to.
    name: "Rainbow CSV's lint core",
    from: './vscode_rainbow_csv/fast_load_utils.js',
    atLeast: 10,
    rows: 5_000_000,
    proof: { kind: 'dirty', prints: 1 },
    program: (path, file) => [
      process.execPath,
      [
        '-e',
        `const { parse_document_records: lint } = require(${JSON.stringify(file)});
const lines = require('node:fs').readFileSync(${JSON.stringify(path)}, 'latin1').split('\\n').map((text) => ({ text }));
const document = { lineCount: lines.length, lineAt: (line) => lines[line] };
const [, fields, defective] = lint(document, ',', 'quoted', null, true, -1, false, false);
console.log(defective === null && fields.size <= 1 ? 0 : 1);`,
      ],
    ],
  },
];

async function measurePeers(context: BenchContext): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  for (const peer of peers) {
    const file = await findPeer(peer, context);
    if (file === undefined) continue;
    await proveThatItChecks(peer, file, context);
    const path = await manifest(context, 'clean', peer.rows);
    const [command, args] = peer.program(path, file);
    const { ratio } = await compare(tool(context, command, args), lint(context, path, withoutDuplicates), context.pairs);
    measured.push({ what: `${peer.name} takes, to lint`, value: ratio, unit: 'x', atLeast: peer.atLeast });
  }
  return measured;
}

/** A peer that finds every row wrong, or none, is fast for the wrong reason. */
async function proveThatItChecks(peer: Peer, file: string, context: BenchContext): Promise<void> {
  const { kind, prints } = peer.proof;
  for (const [made, expected] of [
    ['clean', 0],
    [kind, prints],
  ] as const) {
    const [command, args] = peer.program(await manifest(context, made, proofRows), file);
    const printed = await outputOf({ command, args, exitCodes: [0, 1] }, context.root);
    if (printed.trim() !== String(expected)) {
      throw new Error(`${peer.name} prints ${JSON.stringify(printed)} for a manifest that is ${made}, not ${expected}.`);
    }
  }
}

/** The file of a peer that is there; says so when it is not. Peers are no packages of ours: nobody else needs them. */
async function findPeer({ name, from }: Peer, context: BenchContext): Promise<string | undefined> {
  if (from === undefined) {
    const file = await findRipgrep(context);
    if (file === undefined) context.log(`${name}: skipped, not installed`);
    return file;
  }
  const folder = process.env['S3BATCH_BENCH_PEERS'];
  if (folder === undefined) {
    context.log(`${name}: skipped (set S3BATCH_BENCH_PEERS to a folder that has ${from})`);
    return undefined;
  }
  try {
    return createRequire(join(folder, 'package.json')).resolve(from);
  } catch (error) {
    if (errorCode(error) !== 'MODULE_NOT_FOUND') throw error;
    context.log(`${name}: skipped, ${folder} has no ${from}`);
    return undefined;
  }
}

/** The one on the PATH, or else the one that comes with the VS Code that the tests run in. */
async function findRipgrep({ root }: BenchContext): Promise<string | undefined> {
  const hosts = join(root, '.vscode-test', 'hosts');
  const versions = existsSync(hosts) ? readdirSync(hosts) : [];
  const inServer = 'node_modules/code-server/lib/vscode/node_modules/@vscode/ripgrep-universal/bin';
  const platform = `${process.platform}-${process.arch}`;
  for (const file of ['rg', ...versions.map((version) => join(hosts, version, inServer, platform, 'rg'))]) {
    try {
      await timeProgram({ command: file, args: ['--version'] }, root);
      return file;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return undefined;
}
