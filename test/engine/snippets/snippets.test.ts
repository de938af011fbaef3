import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'jsonc-parser';
import { parseJobFile } from '../../../src/core/job/parseJobFile.js';

// A snippet that does not work as inserted is worse than none: each is expanded with its defaults and run.

type Snippets = Record<string, { prefix: string | string[]; description: string; body: string[] }>;

const folder = mkdtempSync(join(tmpdir(), 's3batch-snippets-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function load(name: string): Snippets {
  return parse(readFileSync(join(process.cwd(), 'snippets', `${name}.code-snippets`), 'utf8')) as Snippets;
}

/** The text that VS Code inserts when every placeholder keeps its default. */
function expand(body: readonly string[]): string {
  return body
    .join('\n')
    .replaceAll(/(?<!\\)\$\{\d+\|([^,|]*)[^}]*\|\}/g, '$1')
    .replaceAll(/(?<!\\)\$\{\d+:([^}]*)\}/g, '$1')
    .replaceAll('\\$', '$');
}

function event(schema: string): object {
  const common = { taskId: 't1', s3Key: 'a+b/%C3%85.txt', s3VersionId: null };
  return {
    invocationSchemaVersion: schema,
    invocationId: 'i1',
    job: { id: 'j1' },
    tasks: [schema === '2.0' ? { ...common, s3Bucket: 'test' } : { ...common, s3BucketArn: 'arn:aws:s3:::test' }],
  };
}

function schemaOf(title: string): string {
  return title.endsWith('2.0') ? '2.0' : '1.0';
}

interface Response {
  invocationSchemaVersion: string;
  invocationId: string;
  results: { taskId: string; resultCode: string; resultString: string }[];
}

function checkResponse(response: Response, schema: string): void {
  assert.equal(response.invocationSchemaVersion, schema);
  assert.equal(response.invocationId, 'i1');
  assert.equal(response.results[0]?.taskId, 't1');
  assert.equal(response.results[0].resultCode, 'Succeeded');
  assert.match(response.results[0].resultString, /test\/a b\/Å\.txt$/);
}

for (const [title, snippet] of Object.entries(load('javascript'))) {
  test(`javascript: ${title}`, async () => {
    const file = join(folder, `handler-${schemaOf(title)}.cjs`);
    writeFileSync(file, expand(snippet.body));
    const { handler } = createRequire(file)(file) as { handler: (event: object) => Promise<Response> };
    checkResponse(await handler(event(schemaOf(title))), schemaOf(title));
  });
}

const hasPython = spawnSync('python3', ['--version']).status === 0;
for (const [title, snippet] of Object.entries(load('python'))) {
  test(`python: ${title}`, { skip: hasPython ? false : 'python3 is not installed' }, () => {
    const call = `\nimport json, sys\nprint(json.dumps(lambda_handler(json.load(sys.stdin), None)))\n`;
    const input = JSON.stringify(event(schemaOf(title)));
    const result = spawnSync('python3', ['-c', expand(snippet.body) + call], { input, encoding: 'utf8' });
    assert.equal(result.stderr, '');
    checkResponse(JSON.parse(result.stdout) as Response, schemaOf(title));
  });
}

test('the job snippet is a job file without mistakes', () => {
  for (const snippet of Object.values(load('jobFile'))) {
    const { findings, job } = parseJobFile(expand(snippet.body));
    assert.deepEqual(
      findings.filter((finding) => finding.severity === 'error').map((finding) => finding.message),
      [],
    );
    assert.ok(job !== undefined);
  }
});
