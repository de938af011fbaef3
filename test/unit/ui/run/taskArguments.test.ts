import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { taskArguments, taskOptions } from '../../../../src/ui/run/taskArguments.js';
import { runInProcess } from '../../../support/cliInProcess.js';

test('package.json describes exactly the members of a task, and each is an option of the command', async () => {
  const { contributes } = JSON.parse(await readFile('package.json', 'utf8')) as {
    contributes: { taskDefinitions: { properties: object }[] };
  };
  const described = Object.keys(contributes.taskDefinitions[0]?.properties ?? {});
  assert.deepEqual(described.toSorted(), ['jobFile', ...Object.keys(taskOptions)].toSorted());
  const { stdout } = await runInProcess(['run', '--help'], process.cwd());
  for (const option of Object.values(taskOptions)) assert.match(stdout, new RegExp(`^  --${option}\\b`, 'm'));
});

test('a definition becomes options as it stands; what is off or empty is none', () => {
  assert.deepEqual(
    taskArguments({ type: 's3batch', jobFile: 'a', sample: 5, chaos: true, fetch: true, fetchLimit: '64M', profile: 'prod' }),
    ['--sample=5', '--chaos', '--fetch', '--fetch-limit=64M', '--profile=prod'],
  );
  assert.deepEqual(taskArguments({ settings: { redrives: 0, s3KeyEncoding: 'echo' } }), [
    '--setting=redrives=0',
    '--setting=s3KeyEncoding=echo',
  ]);
  assert.deepEqual(taskArguments({ chaos: 0, fetch: false, profile: '', seed: -1 }), ['--seed=-1', '--chaos=0']);
  assert.deepEqual(taskArguments({ sample: { rows: 5 }, fetch: 'yes' }), ['--sample={"rows":5}', '--fetch=yes']);
});
