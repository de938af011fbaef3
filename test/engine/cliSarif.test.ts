import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Ajv, type ValidateFunction } from 'ajv';
import { ruleIds } from '../../src/core/manifest/rules/rule.js';
import { type BuiltCli, builtCli } from '../support/cliProcess.js';

let cli: BuiltCli;
let folder: string;
let isSarif: ValidateFunction;

before(async () => {
  cli = await builtCli();
  folder = await mkdtemp(join(tmpdir(), 's3batch-sarif-'));
  // A schema of draft 4, whose keywords are those of draft 7 but for `id`; one of its patterns is no regular expression with /u.
  const {
    $schema: _,
    id: $id,
    ...schema
  } = JSON.parse(await readFile('test/fixtures/sarif-2.1.0.schema.json', 'utf8')) as {
    $schema: string;
    id: string;
  };
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false });
  isSarif = ajv.compile({ $id, ...schema });
});

after(async () => {
  await cli.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Together they have every problem there is. */
const manifests: Readonly<Record<string, string | Uint8Array>> = {
  'none.csv': '',
  'käse & brot.csv': Buffer.concat([
    Buffer.from('\uFEFFbucket,key,version id\n\ntest,k,\ntest,a b,v\ntest,a+b,v\ntest,%zz,v\ntest,%C3,v\ntest,%2520,v\n'),
    Buffer.from(
      `test,${'x'.repeat(1025)},v\ntest,/k,v\ntest,k, v\ntest,,v\nB,k,v\ns3://test/k,k,v\ntest,k\n"test,k\ntest,"a\nb",v\n`,
    ),
    Buffer.from('other,k,v\nother,k,v\ntest,'),
    Uint8Array.of(0xff),
    Buffer.from(',v\n'),
  ]),
  'wide.csv': 'test,a,1,2\n',
};

interface Log {
  runs: { results: { ruleId: string; level: string }[] }[];
}

async function sarif(args: readonly string[], input?: string): Promise<Log> {
  const { stdout, stderr } = await cli.run(['lint', '--format', 'sarif', ...args], {
    cwd: folder,
    ...(input !== undefined && { input }),
  });
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Log;
}

test('what it says of every rule, of any path and of standard input is SARIF 2.1.0 by its schema', async () => {
  for (const [name, content] of Object.entries(manifests)) await writeFile(join(folder, name), content);
  const logs = await Promise.all([
    sarif([...Object.keys(manifests), join(folder, 'wide.csv')]),
    sarif(['-'], 'test,a b\n'),
    sarif(['wide.csv', '--rule', 'extra-columns=information']),
    sarif(['-'], 'test,a\n'),
  ]);
  for (const log of logs) {
    isSarif(log);
    assert.deepEqual(isSarif.errors ?? [], []);
  }
  const [all, , information, clean] = logs;
  const found = new Set(all?.runs[0]?.results.map((result) => result.ruleId));
  assert.deepEqual([...found].toSorted(), ruleIds.toSorted());
  assert.deepEqual(
    information?.runs[0]?.results.map((result) => result.level),
    ['note'],
  );
  assert.deepEqual(clean?.runs[0]?.results, []);
});

test('the schema refuses what is not SARIF', async () => {
  const text = JSON.stringify(await sarif(['-'], 'test,a b\n'));
  for (const [from, to] of [
    ['"level":"error","message"', '"level":"information","message"'],
    ['"ruleId":', '"rule":"x","ruleId":'],
    ['"version":"2.1.0"', '"version":"2.0.0"'],
    ['"startLine":1', '"startLine":0'],
    ['"deletedRegion":', '"region":'],
  ] as const) {
    assert.ok(text.includes(from), from);
    assert.equal(isSarif(JSON.parse(text.replace(from, to))), false, to);
  }
});
