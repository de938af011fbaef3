import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { test } from 'node:test';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { BatchEvent } from '../../src/core/handler/handlerTypes.js';
import { readResponse } from '../../src/core/handler/response.js';
import { handlerLanguages } from '../../src/core/handler/templates/templateFile.js';
import { sampleBucket, sampleKey } from '../../src/core/handler/templates/sharedFiles.js';
import { runInProcess } from '../support/cliInProcess.js';
import { engineFor, temporaryFolder } from '../support/engineHarness.js';
import { noBoto3 } from '../support/python.js';

/** Runs a command line in a project that has the packages of this one. */
function run(command: string, cwd: string): void {
  const path = `${join(cwd, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  // node:test would take its own variables for being run by itself.
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const result = spawnSync(command, {
    cwd,
    shell: true,
    encoding: 'utf8',
    env: { ...env, PATH: path, PYTHONDONTWRITEBYTECODE: '1' },
  });
  assert.equal(result.status, 0, `${command}\n${result.stdout}\n${result.stderr}`);
  assert.match(result.stdout + result.stderr, /pass 3|Ran 2 tests|^$/);
}

for (const language of handlerLanguages) {
  for (const schema of ['1.0', '2.0'] as const) {
    test(
      `init: ${language}, schema ${schema}, passes its test and runs in the engine`,
      { skip: language === 'python' && noBoto3 },
      async (t) => {
        const folder = await temporaryFolder(t);
        const made = await runInProcess(['init', 'my-function', '--language', language, '--schema', schema], folder);
        assert.deepEqual([made.code, made.stderr], [0, '']);
        const project = join(folder, 'my-function');
        assert.deepEqual(
          made.stdout
            .trim()
            .split('\n')
            .map((line) => line.startsWith(join('my-function', '')))
            .includes(false),
          false,
        );

        // The engine first: it must do without the project's packages.
        const { engine } = await engineFor(t, { templates: [join(project, 'template.yaml')] });
        await engine.store.createBucket(sampleBucket);
        await engine.store.write(sampleBucket, sampleKey, Buffer.from('12345'));
        const { endpoint, region, accessKeyId, secretAccessKey } = engine.connection;
        const client = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
        t.after(() => client.destroy());
        const event = JSON.parse(readFileSync(join(project, 'events/event.json'), 'utf8')) as BatchEvent;
        const invoke = async (payload: BatchEvent): Promise<unknown> => {
          const answer = await client.send(
            new InvokeCommand({ FunctionName: 'my-function', Payload: Buffer.from(JSON.stringify(payload)) }),
          );
          const text = Buffer.from(answer.Payload ?? []).toString();
          assert.equal(answer.FunctionError, undefined, text);
          return readResponse(JSON.parse(text), event.tasks[0].taskId);
        };
        const resultString = schema === '1.0' ? '5 bytes' : '5 bytes, mode sample';
        assert.deepEqual(await invoke(event), { kind: 'result', resultCode: 'Succeeded', resultString });
        const missing = { ...event, tasks: [{ ...event.tasks[0], s3Key: 'missing' }] } as unknown as BatchEvent;
        const failed = (await invoke(missing)) as { resultCode: string; resultString: string };
        assert.equal(failed.resultCode, 'PermanentFailure');
        assert.match(failed.resultString, /NotFound|404/);

        if (language === 'python') run('python3 -m unittest', project);
        else {
          symlinkSync(resolve('node_modules'), join(project, 'node_modules'));
          const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
            scripts: Record<string, string>;
          };
          run(scripts['test'] ?? '', project);
          if (language === 'typescript') run(scripts['check'] ?? '', project);
          // JSDoc types are checked as strictly.
          else
            run(
              'tsc --noEmit --strict --checkJs --allowJs --module nodenext --target es2022 --lib es2023 --types node handler.mjs',
              project,
            );
        }
      },
    );
  }
}

test('init never replaces a file that a person has changed, unless told', async (t) => {
  const folder = await temporaryFolder(t);
  const args = ['init', 'here', '--language', 'python'];
  assert.equal((await runInProcess(args, folder)).code, 0);
  assert.equal((await runInProcess(args, folder)).code, 0, 'the same files again are fine');
  const handler = join(folder, 'here', 'handler.py');
  writeFileSync(handler, 'mine\n');
  const refused = await runInProcess([...args, '--schema', '1.0'], folder);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /handler\.py, test_handler\.py.* would be replaced in .*here\. Nothing was written/s);
  assert.equal(readFileSync(handler, 'utf8'), 'mine\n');
  assert.equal((await runInProcess([...args, '--force'], folder)).code, 0);
  assert.match(readFileSync(handler, 'utf8'), /def lambda_handler/);
});

test('init asks for what it needs', async (t) => {
  const folder = await temporaryFolder(t);
  for (const [args, text] of [
    [['init', 'x'], /Choose a language with '--language': typescript, javascript or python/],
    [['init', '--language', 'python'], /Name one folder/],
    [['init', 'x', '--language', 'ruby'], /takes typescript, javascript or python, not 'ruby'/],
    [['init', 'x', '--language', 'python', '--schema', '3'], /takes 1\.0 or 2\.0, not '3'/],
    [['init', 'x', '--language', 'python', '--name', 'a b'], /a b is not a possible function name/],
  ] as const) {
    const { code, stderr } = await runInProcess(args, folder);
    assert.equal(code, 2);
    assert.match(stderr, text);
  }
  assert.deepEqual(readdirSync(folder), []);
  writeFileSync(join(folder, 'file'), '');
  assert.match((await runInProcess(['init', 'file', '--language', 'python'], folder)).stderr, /Can't (read|write)/);
  const { stdout } = await runInProcess(['init', '--help'], folder);
  assert.match(stdout, /Usage: s3batch init/);
});
