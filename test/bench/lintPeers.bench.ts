import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { errorCode } from '../../src/base/errors.js';
import { type BenchContext, type Benchmark, compare, type Measurement, timeProgram } from '../../src/build/benchmark.js';
import { lint, manifest, tenMillion, tool, withoutDuplicates } from './lintPrograms.js';

/** Budget 4 of the design: `s3batch lint` against what people use to check a CSV file, which checks the same here. */
export const benchmarks: readonly Benchmark[] = [{ name: 'lint peers', run: measurePeers }];

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
    program: (path, file) => [file, ['-j1', '-a', '--no-unicode', '-cv', keyPattern, path]],
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
async function findPeer({ name, npmPackage }: Peer, context: BenchContext): Promise<string | undefined> {
  if (npmPackage === undefined) {
    const file = await findRipgrep(context);
    if (file === undefined) context.log(`${name}: skipped, not installed`);
    return file;
  }
  const folder = process.env['S3BATCH_BENCH_PEERS'];
  if (folder === undefined) {
    context.log(`${name}: skipped (set S3BATCH_BENCH_PEERS to a folder where npm installed ${npmPackage})`);
    return undefined;
  }
  return createRequire(join(folder, 'package.json')).resolve(npmPackage);
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
