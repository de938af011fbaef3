import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { allRules } from '../../src/core/manifest/rules/allRules.js';
import { type BuiltCli, builtCli } from '../support/cliProcess.js';

let cli: BuiltCli;
let folder: string;

before(async () => {
  cli = await builtCli();
  folder = await mkdtemp(join(tmpdir(), 's3batch-cli-files-'));
});

after(async () => {
  await cli.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content);
  return name;
}

const run = (args: readonly string[], input?: string | Uint8Array) =>
  cli.run(args, { cwd: folder, ...(input !== undefined && { input }) });

const broken = 'bucket,key\ntest,a b\ntest,c+d\ntest,c+d\n';

describe('s3batch', () => {
  test('shows its commands and version', async () => {
    const help = await run(['--help']);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /lint {2,}check manifests/);
    const version = await run(['--version']);
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    const nothing = await run([]);
    assert.deepEqual([nothing.code, nothing.stdout], [2, '']);
    assert.match(nothing.stderr, /^Usage: s3batch/);
  });

  for (const [args, message] of [
    [['lnit'], /Unknown command 'lnit'/],
    [['--verbose'], /Unknown option '--verbose'/],
    [['lint', '--colour'], /Unknown option '--colour'.*\nRun 's3batch lint --help'/],
    [['lint'], /Name the manifests/],
    [['lint', '-', '-'], /read once/],
    [['lint', 'x', '--rule'], /Option '--rule' lacks its value\.\n/],
    [['lint', ''], /An argument that should be a name is empty/],
    [['fix', 'x', '-o', ''], /Say where to write/],
    [['manifest', 'split', 'x', '--rows', '1', '-o', ''], /Say how to name the parts/],
    [['lint', 'x', '--format', 'xml'], /takes text, json, sarif or github, not 'xml'/],
    [['lint', 'x', '--rule', 'plus-in-key'], /takes ID=SEVERITY/],
    [['lint', 'x', '--rule', 'plus=off'], /Unknown rule 'plus'/],
    [['lint', 'x', '--rule', 'plus-in-key=fatal'], /takes off, information, warning or error/],
    [['lint', 'x', '--fields', 'Bucket'], /must name Key/],
    [['lint', 'x', '--fields', 'Bucket,Key,Key'], /names Key 2 times/],
    [['lint', 'x', '--operation', 'S3Delete'], /Unknown operation 'S3Delete'/],
    [['lint', 'x', '--max-problems', '-1'], /max-problems/],
    [['lint', 'x', '--max-problems', '1.5'], /whole number/],
    [['lint', 'missing.csv'], /Can't read missing\.csv: there is no such file\./],
    [['lint', '.'], /Can't read \.: it is a folder\./],
    [['fix', 'x'], /Say where to write/],
    [['fix', 'x', 'y', '-o', 'z'], /Name one manifest/],
    [['encode', '--bucket', 'a..b'], /not a possible bucket name/],
    [['encode'], /--bucket/],
  ] as const) {
    test(`${args.join(' ')} ends with 2 and a sentence`, async () => {
      const result = await run(args);
      assert.equal(result.code, 2);
      assert.equal(result.stdout, '');
      assert.match(result.stderr, message);
      assert.doesNotMatch(result.stderr, /\n {4}at /);
    });
  }
});

describe('s3batch lint', () => {
  test('text: a line a problem and a summary', async () => {
    const result = await run(['lint', await file('broken.csv', broken)]);
    assert.deepEqual(result.stdout.split('\n'), [
      'broken.csv:1:1 error header-row Header row. A manifest has none: the service would take it for an object.',
      'broken.csv:2:7 error unencoded-key Keys are URL-encoded: a space is written %20.',
      'broken.csv:3:7 warning plus-in-key A raw + in a key is read as a space. Write %2B for a plus, %20 for a space.',
      'broken.csv:4:1 warning duplicate-row The same object as in line 3: the operation would run on it twice.',
      'broken.csv:4:7 warning plus-in-key A raw + in a key is read as a space. Write %2B for a plus, %20 for a space.',
      '4 rows: 2 errors, 3 warnings',
      '',
    ]);
    assert.deepEqual([result.code, result.stderr], [1, '']);
  });

  test('a clean file, and one with warnings only, end with 0', async () => {
    const clean = await run(['lint', await file('clean.csv', 'test,a\n'), await file('warned.csv', 'test,a+b\n')]);
    assert.equal(clean.code, 0);
    assert.match(clean.stdout, /\n2 rows in 2 files: 1 warning\n$/);
  });

  test('json is the documented shape, counts exact when the list is cut', async () => {
    const result = await run(['lint', '--format', 'json', '--max-problems', '1', await file('many.csv', 'test,a b\n'.repeat(3))]);
    assert.equal(result.code, 1);
    assert.deepEqual(JSON.parse(result.stdout), {
      files: [
        {
          path: 'many.csv',
          rows: 3,
          errors: 3,
          warnings: 2,
          information: 0,
          counts: { 'unencoded-key': 3, 'duplicate-row': 2 },
          truncated: true,
          problems: [
            {
              rule: 'unencoded-key',
              severity: 'error',
              line: 1,
              column: 7,
              endLine: 1,
              endColumn: 8,
              message: 'Keys are URL-encoded: a space is written %20.',
            },
          ],
        },
      ],
    });
  });

  test('stdin, rules, fields and operation', async () => {
    const result = await run(
      [
        'lint',
        '-',
        '--fields',
        'Key,Bucket',
        '--operation',
        'S3PutObjectCopy',
        '--rule',
        'plus-in-key=error',
        '--rule',
        'duplicate-row=off',
      ],
      'a+b,test\na,other\na,other\n',
    );
    assert.deepEqual(
      result.stdout.split('\n').map((line) => line.split(' ').slice(0, 3).join(' ')),
      ['<stdin>:1:2 error plus-in-key', '<stdin>:2:3 error mixed-buckets', '3 rows: 2', ''],
    );
    assert.equal(result.code, 1);
  });

  test('gzip is unpacked, a broken one is refused', async () => {
    const packed = gzipSync(broken);
    const good = await run(['lint', await file('list.csv.gz', packed)]);
    assert.match(good.stdout, /4 rows: 2 errors/);
    const cut = await run(['lint', await file('cut.csv.gz', packed.subarray(0, packed.length - 12))]);
    assert.deepEqual([cut.code, cut.stderr], [2, "s3batch lint: Can't read cut.csv.gz: the gzip file is not complete.\n"]);
    const none = await run(['lint', await file('none.csv.gz', 'test,a\n')]);
    assert.match(none.stderr, /not a valid gzip file/);
    const piped = await run(['lint', '-'], packed);
    assert.equal(piped.stdout, good.stdout.replaceAll('list.csv.gz', '<stdin>'));
    const torn = await run(['lint', '-'], packed.subarray(0, packed.length - 12));
    assert.deepEqual([torn.code, torn.stderr], [2, "s3batch lint: Can't read <stdin>: the gzip file is not complete.\n"]);
    assert.equal((await run(['encode', '--bucket', 'test', '-'], gzipSync('a b\n'))).stdout, 'test,a%20b\n');
    assert.match((await run(['lint', '-'], Buffer.from([0x1f]))).stdout, /1 row: /);
  });

  test('a file of many chunks', async () => {
    const rows = Array.from({ length: 60_000 }, (_, index) => `test,report/date%3D2023-01-01/part-${index}.parquet`);
    const clean = await run(['lint', await file('large.csv', `${rows.join('\r\n')}\r\n`)]);
    assert.equal(clean.stdout, '60,000 rows: no problems\n');
    const raw = rows.map((row) => row.replace('%3D', '='));
    const fixed = await run(['fix', await file('large-raw.csv', raw.join('\n')), '-o', 'large-fixed.csv']);
    assert.match(fixed.stdout, /60,000 problems fixed/);
    assert.equal(await readFile(join(folder, 'large-fixed.csv'), 'utf8'), rows.join('\n'));
    const keys = raw.map((row) => row.slice('test,'.length));
    for (const input of [keys.join('\n'), JSON.stringify({ Contents: keys.map((key) => ({ Key: key })) })]) {
      const encoded = await run(['encode', '--bucket', 'test'], input);
      assert.equal(encoded.stdout, `${rows.join('\n')}\n`);
    }
  });

  test('a file that can not be read does not hide the others', async () => {
    const result = await run(['lint', 'missing.csv', await file('broken2.csv', broken)]);
    assert.equal(result.code, 2);
    assert.match(result.stdout, /broken2\.csv:2:7/);
    assert.match(result.stderr, /missing\.csv/);
  });

  test('github: commands that a message can not break out of', async () => {
    const name = await file('a,b:100%.csv', 'test,100%\n"te:st,\r",x\n');
    const result = await run(['lint', '--format', 'github', name]);
    assert.deepEqual(result.stdout.split('\n'), [
      '::error file=a%2Cb%3A100%25.csv,line=1,endLine=1,col=9,endColumn=9,title=bad-escape::This %25 is not followed by two hex digits. A percent sign is written %2525.',
      '::error file=a%2Cb%3A100%25.csv,line=2,endLine=3,title=line-break-in-field::This field spans lines. A line break in a key is written %250A.',
      '2 rows: 2 errors',
      '',
    ]);
  });

  test('github: what is not listed is told, too', async () => {
    const name = await file('many,1.csv', 'test,a b\n'.repeat(3));
    const { stdout } = await run(['lint', '--format', 'github', '--max-problems', '1', '--rule', 'duplicate-row=off', name]);
    assert.deepEqual(stdout.split('\n').slice(1), [
      '::notice file=many%2C1.csv::many,1.csv: 2 more problems not listed; see --max-problems.',
      '3 rows: 3 errors',
      '',
    ]);
  });

  test('sarif: rules, regions, fixes and URIs', async () => {
    const name = await file('käse brot.csv', broken);
    const result = await run(['lint', '--format', 'sarif', name]);
    assert.equal(result.code, 1);
    const log = JSON.parse(result.stdout) as {
      version: string;
      runs: {
        columnKind: string;
        tool: {
          driver: { name: string; version: string; semanticVersion: string; informationUri: string; rules: { id: string }[] };
        };
        artifacts: { location: { uri: string } }[];
        results: { ruleId: string; ruleIndex: number; level: string; locations: unknown[]; fixes?: unknown[] }[];
      }[];
    };
    assert.equal(log.version, '2.1.0');
    const [sarif] = log.runs;
    assert.ok(sarif !== undefined);
    assert.equal(sarif.columnKind, 'utf16CodeUnits');
    const { rules, ...driver } = sarif.tool.driver;
    const { version, publisher, name: extension } = JSON.parse(await readFile('package.json', 'utf8')) as Record<string, string>;
    assert.deepEqual(driver, {
      name: 's3batch',
      version,
      semanticVersion: version,
      informationUri: `https://marketplace.visualstudio.com/items?itemName=${publisher}.${extension}`,
    });
    assert.deepEqual(
      rules.map((rule) => rule.id),
      allRules.map((rule) => rule.id),
    );
    assert.deepEqual(sarif.artifacts, [{ location: { uri: 'k%C3%A4se%20brot.csv' } }]);
    for (const item of sarif.results) assert.equal(rules[item.ruleIndex]?.id, item.ruleId);
    assert.deepEqual(sarif.results[1], {
      ruleId: 'unencoded-key',
      ruleIndex: 13,
      level: 'error',
      message: { text: 'Keys are URL-encoded: a space is written %20.' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'k%C3%A4se%20brot.csv', index: 0 },
            region: { startLine: 2, startColumn: 7, endLine: 2, endColumn: 8 },
          },
        },
      ],
      fixes: [
        {
          description: { text: 'URL-encode the key' },
          artifactChanges: [
            {
              artifactLocation: { uri: 'k%C3%A4se%20brot.csv', index: 0 },
              replacements: [
                {
                  deletedRegion: { startLine: 2, startColumn: 7, endLine: 2, endColumn: 8 },
                  insertedContent: { text: '%20' },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  test('a reader that goes away ends it quietly, with the same exit code', async () => {
    const name = await file('long.csv', 'test,a b\n'.repeat(20_000));
    const child = spawn(process.execPath, [cli.script, 'lint', '--max-problems', '20000', name], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number | null];
    assert.deepEqual([code, stderr], [1, '']);
  });

  test('what a file holds can not steer a terminal, and piped output has no colours', async () => {
    const result = await run(['lint', '-', '--rule', 'bucket-name=off'], '\u001B[31m,a\ntest,a\n');
    assert.doesNotMatch(result.stdout, /\u001B/);
    assert.match(result.stdout, /\\u001B\[31m/);
  });
});

describe('s3batch fix', () => {
  test('writes what is certain, says what is left', async () => {
    const input = await file('fix.csv', `\uFEFF${broken}`);
    const result = await run(['fix', input, '-o', 'fixed.csv']);
    assert.equal(await readFile(join(folder, 'fixed.csv'), 'utf8'), 'test,a%20b\ntest,c+d\ntest,c+d\n');
    assert.equal(await readFile(join(folder, 'fix.csv'), 'utf8'), `\uFEFF${broken}`);
    assert.equal(result.code, 0);
    assert.match(
      result.stdout,
      /^fix\.csv -> fixed\.csv: 3 problems fixed\n {2}byte-order-mark 1\n {2}header-row 1\n {2}unencoded-key 1\nLeft to decide:\nfixed\.csv:2:7 warning plus-in-key/,
    );
  });

  test('keeps bytes and line ends that it does not touch', async () => {
    const input = await file(
      'bytes.csv',
      Buffer.concat([Buffer.from('test,a\r\ntest,'), Buffer.from([0xff]), Buffer.from('\n\rtest,é')]),
    );
    const result = await run(['fix', input, '-o', '-']);
    assert.equal(result.code, 1);
    assert.match(result.stderr, /not-utf8/);
    const raw = await run(['fix', input, '-o', 'bytes-out.csv']);
    assert.equal(raw.code, 1);
    assert.deepEqual(
      await readFile(join(folder, 'bytes-out.csv')),
      Buffer.concat([Buffer.from('test,a\r\ntest,'), Buffer.from([0xff]), Buffer.from('\ntest,%C3%A9')]),
    );
  });

  test('UTF-16 is said to be that, and is not fixed: its bytes are halves of characters', async () => {
    const text = '\uFEFFtest,a\r\ntest,b\r\n';
    const bytes = Buffer.from(text, 'utf16le');
    for (const name of [await file('le.csv', bytes), await file('be.csv', Buffer.from(bytes).swap16())]) {
      const linted = await run(['lint', name]);
      assert.match(
        linted.stdout,
        new RegExp(`^${name}:1:1 error not-utf8 The file is UTF-16, as PowerShell and Excel write it\\.`),
      );
      const fixed = await run(['fix', name, '-o', 'never.csv']);
      assert.deepEqual([fixed.code, fixed.stdout], [2, '']);
      assert.match(fixed.stderr, /The file is UTF-16[^\n]*\nSave it as UTF-8\./);
      assert.ok(!(await readdir(folder)).includes('never.csv'));
      const deduplicated = await run(['manifest', 'dedupe', name, '-o', 'never.csv']);
      assert.equal(deduplicated.code, 2);
      assert.ok(deduplicated.stderr.includes(`${name} is UTF-16`));
    }
  });

  test('refuses to overwrite the input, by whatever name, unless told', async () => {
    const input = await file('self.csv', 'test,a b\n');
    await symlink(join(folder, 'self.csv'), join(folder, 'link.csv'));
    for (const output of ['self.csv', './self.csv', 'link.csv']) {
      const refused = await run(['fix', input, '-o', output]);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /is the input itself/);
    }
    assert.equal(await readFile(join(folder, 'self.csv'), 'utf8'), 'test,a b\n');
    assert.equal((await run(['fix', 'link.csv', '--in-place'])).code, 0);
    assert.equal(await readFile(join(folder, 'self.csv'), 'utf8'), 'test,a%20b\n');
  });

  test('overwrites no other file unless told, as encode and the set operations', async () => {
    const input = await file('raw.csv', 'test,a b\n');
    const output = await file('mine.csv', 'mine\n');
    for (const args of [
      ['fix', input, '-o', output],
      ['encode', input, '--bucket', 'test', '-o', output],
    ]) {
      const refused = await run(args);
      assert.deepEqual([refused.code, refused.stdout], [2, '']);
      assert.equal(refused.stderr, `s3batch ${args[0]}: 'mine.csv' exists.\nUse '--force' to overwrite it.\n`);
      assert.equal(await readFile(join(folder, output), 'utf8'), 'mine\n');
    }
    assert.equal((await run(['fix', input, '-o', output, '--force'])).code, 0);
    assert.equal(await readFile(join(folder, output), 'utf8'), 'test,a%20b\n');
    assert.equal((await run(['encode', '--bucket', 'test', '-o', output, '--force'], 'c\n')).code, 0);
    assert.equal(await readFile(join(folder, output), 'utf8'), 'test,c\n');
  });

  test('a full disk is said in words', { skip: process.platform !== 'linux' }, async () => {
    const input = await file('raw.csv', 'test,a b\n');
    const direct = await run(['fix', input, '-o', '/dev/full']);
    assert.deepEqual([direct.code, direct.stderr], [2, "s3batch fix: Can't write /dev/full: the disk is full.\n"]);
  });

  test('leaves nothing behind and the output alone when it fails', async () => {
    const output = await file('kept.csv', 'kept\n');
    const before = await readdir(folder);
    const missing = await run(['fix', 'missing.csv', '-o', output, '--force']);
    assert.equal(missing.code, 2);
    const long = await run(['fix', '-', '-o', output, '--force'], `test,a\n${'x'.repeat(2_000_000)}`);
    assert.equal(long.code, 2);
    assert.match(long.stderr, /longer than 1,048,576/);
    const nowhere = await run(['fix', '-', '-o', 'no/such/folder.csv'], 'test,a\n');
    assert.match(nowhere.stderr, /folder does not exist/);
    assert.deepEqual([nowhere.code, await readdir(folder)], [2, before]);
    assert.equal(await readFile(join(folder, output), 'utf8'), 'kept\n');
  });
});

describe('s3batch encode', () => {
  const encode = (input: string | Uint8Array, ...args: string[]) => run(['encode', '--bucket', 'test', ...args], input);

  test('a key a line', async () => {
    const result = await encode('report/date=1/a b.txt\r\n\né+,"\n{not json}');
    assert.equal(result.stdout, 'test,report/date%3D1/a%20b.txt\ntest,%C3%A9%2B%2C%22\ntest,%7Bnot%20json%7D\n');
    assert.equal(result.code, 0);
    assert.equal((await run(['lint', '-'], result.stdout)).code, 0);
  });

  test('JSON of listings', async () => {
    const contents = { Contents: [{ Key: 'a b', Size: 1 }, { Key: 'line\nbreak' }] };
    assert.equal((await encode(JSON.stringify(contents, undefined, 2))).stdout, 'test,a%20b\ntest,line%0Abreak\n');
    assert.equal(
      (await encode(JSON.stringify({ EncodingType: 'url', Contents: [{ Key: 'a+b%3D' }] }))).stdout,
      'test,a%20b%3D\n',
    );
    assert.equal((await encode('["a", "b"]')).stdout, 'test,a\ntest,b\n');
    assert.equal((await encode('[["a"], ["b"]]')).stdout, 'test,a\ntest,b\n');
    assert.equal((await encode('{"RequestCharged": null}')).stdout, '');
    const versions = {
      Versions: [
        { Key: 'a', VersionId: 'x1' },
        { Key: 'b', VersionId: 'null' },
      ],
      DeleteMarkers: [{ Key: 'c' }],
    };
    assert.equal((await encode(JSON.stringify(versions))).stdout, 'test,a,x1\ntest,b,null\n');
  });

  test('what PowerShell writes: UTF-16, a listing or a key a line', async () => {
    const listing = Buffer.from('\uFEFF{"Contents":[{"Key":"ü b"}]}\r\n', 'utf16le');
    assert.equal((await encode(listing)).stdout, 'test,%C3%BC%20b\n');
    const keys = Buffer.from('\uFEFFa b\r\n日\r\n', 'utf16le').swap16();
    assert.equal((await encode(keys)).stdout, 'test,a%20b\ntest,%E6%97%A5\n');
  });

  test('what is no listing or no Unicode is refused, what begins like JSON but is not is lines', async () => {
    const other = await encode('{"Buckets": []}');
    assert.deepEqual([other.code, other.stdout], [2, '']);
    assert.match(other.stderr, /neither Contents nor Versions/);
    assert.equal((await encode('{"Buckets": []}', '--input', 'lines')).stdout, 'test,%7B%22Buckets%22%3A%20%5B%5D%7D\n');
    assert.equal((await encode('{a}\n[b]\n')).stdout, 'test,%7Ba%7D\ntest,%5Bb%5D\n');
    assert.equal((await encode('{a}', '--input', 'json')).code, 2);
    const bytes = await encode(Buffer.from([0x61, 0x0a, 0xff, 0x0a]));
    assert.equal(bytes.code, 2);
    assert.match(bytes.stderr, /Key number 2 is not valid UTF-8/);
  });

  test('what is nearly JSON, or a listing for people, is not taken for keys', async () => {
    for (const list of ['{"Contents":[{"Key":"a"},', '{"Key":"a"}\n{"Key":"b"}\n', '[\n  "a",\n', '["a"]\n["b"]\n']) {
      const result = await encode(list);
      assert.deepEqual([result.code, result.stdout], [2, ''], list);
      assert.match(result.stderr, /<stdin> begins like JSON, but is not one whole JSON value\.\n.*--input lines/);
      assert.equal((await encode(list, '--input', 'lines')).code, 0);
    }
    for (const list of ['2026-01-31 10:00:00         12 a/b c.txt\n', '2026-01-31 10:00:00    1.2 KiB a\n', '    PRE logs/\n']) {
      const result = await encode(list);
      assert.deepEqual([result.code, result.stdout], [2, ''], list);
      assert.match(result.stderr, /output of "aws s3 ls".*\n.*list-objects-v2.*--input lines/);
      assert.equal((await encode(list, '--input', 'lines')).code, 0);
    }
    assert.equal((await encode('2026-01-31 10:00:00.log\n')).stdout, 'test,2026-01-31%2010%3A00%3A00.log\n');
  });

  test('a line that can not be read is named, without advice for manifests', async () => {
    const result = await run(['encode'], 's3://test/a\nb\n');
    assert.equal(result.stderr, "s3batch encode: Line 2 of <stdin> can't be read: it is not an s3:// URI as the others are.\n");
  });

  test('keys that are too long are counted, and a file is written', async () => {
    const result = await encode(`a\n${'x'.repeat(1025)}\n`, '-o', 'encoded.csv');
    assert.deepEqual([result.code, result.stdout], [1, '2 rows in encoded.csv\n']);
    assert.match(result.stderr, /1 key longer than 1,024 bytes; the first is number 2\./);
    assert.equal((await stat(join(folder, 'encoded.csv'))).size, 'test,a\ntest,\n'.length + 1025);
  });
});
