import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { type LaunchPlanInput, planLaunch } from '../../../../src/ui/platform/launchPlan.js';

const folder = resolve('/work/project');
const storage = resolve('/storage/workspace');
const defaults: LaunchPlanInput = {
  folders: [folder],
  storageDirectory: storage,
  templates: [],
  functions: [],
  dataDirectory: '',
  seedDirectory: '',
  region: 'us-east-1',
  python: '',
  engine: { concurrency: 10, memoryMb: 0, redrives: 3, redriveDelayMs: 1000 },
  foundTemplates: [],
  isDirectory: () => false,
};

test('with no setting: data in the storage of the workspace, templates as found, buckets beside the template', () => {
  const plan = planLaunch({
    ...defaults,
    foundTemplates: [join(folder, 'b', 'template.yaml'), join(folder, 'template.yml')],
    isDirectory: (path) => path === join(folder, 'b', 'buckets'),
  });
  assert.equal(plan.dataDirectory, join(storage, 'local'));
  assert.deepEqual(plan.templates, [join(folder, 'template.yml'), join(folder, 'b', 'template.yaml')]);
  assert.equal(plan.seedDirectory, join(folder, 'b', 'buckets'));
  assert.equal(plan.python, undefined);
});

test('settings win; relative paths start at the first folder', () => {
  const plan = planLaunch({
    ...defaults,
    folders: [folder, resolve('/other')],
    templates: ['infra/stack.yaml', '', resolve('/abs/template.yaml')],
    dataDirectory: '.s3batch',
    seedDirectory: 'fixtures',
    python: '.venv/bin/python',
    foundTemplates: [join(folder, 'template.yaml')],
  });
  assert.deepEqual(plan.templates, [join(folder, 'infra', 'stack.yaml'), resolve('/abs/template.yaml')]);
  assert.equal(plan.dataDirectory, join(folder, '.s3batch'));
  assert.equal(plan.seedDirectory, join(folder, 'fixtures'));
  assert.equal(plan.python, join(folder, '.venv', 'bin', 'python'));
});

test('folders of functions start at the first folder too; what is no folder is left for the engine to refuse', () => {
  const { functions } = planLaunch({
    ...defaults,
    functions: [
      { name: 'f', folder: 'src/f' },
      { name: 'g', folder: 3 },
    ],
  });
  assert.deepEqual(functions, [
    { name: 'f', folder: join(folder, 'src', 'f') },
    { name: 'g', folder: 3 },
  ]);
});

test('a bare interpreter name is left for PATH', () => {
  assert.equal(planLaunch({ ...defaults, python: 'python3.12' }).python, 'python3.12');
});

test('all windows of a workspace have the data folder of the first', () => {
  const plan = (storage: string): string => planLaunch({ ...defaults, storageDirectory: resolve(storage) }).dataDirectory;
  const first = resolve('/u/workspaceStorage/-5f2a/publisher.name/local');
  assert.equal(plan('/u/workspaceStorage/-5f2a/publisher.name'), first);
  assert.equal(plan('/u/workspaceStorage/-5f2a-1/publisher.name'), first);
  assert.equal(plan('/u/workspaceStorage/-5f2a-9/publisher.name'), first);
  assert.equal(plan('/u/workspaceStorage/-5/publisher.name'), resolve('/u/workspaceStorage/-5/publisher.name/local'));
  assert.equal(plan('/elsewhere/x-1/publisher.name'), resolve('/elsewhere/x-1/publisher.name/local'));
});
