import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../../support/eventually.js';

suite('tasks', () => {
  test('every job file is a task; one of tasks.json keeps its definition and becomes a command line', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 's3batch' });
    const names = tasks.map(({ definition }) => String(definition['jobFile']));
    for (const name of ['rename-reports/rename.s3job.json', 'rename-reports/rename-slip.s3job.json']) {
      assert.ok(names.includes(name), names.join());
    }
    const [task] = tasks;
    assert.ok(task?.execution instanceof vscode.ProcessExecution);
    assert.equal(task.execution.args[1], 'run');
    assert.deepEqual(task.problemMatchers, ['$s3batch']);
  });

  test('a task of tasks.json becomes the options of the command', async function () {
    this.timeout(60_000);
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder !== undefined);
    const file = vscode.Uri.joinPath(folder.uri, '.vscode', 'tasks.json');
    const jobFile = 'rename-reports/rename.s3job.json';
    const definition = { type: 's3batch', jobFile, sample: 2, chaos: 7, memory: 512, fetch: true, fetchLimit: '64M' };
    await vscode.workspace.fs.writeFile(
      file,
      new TextEncoder().encode(JSON.stringify({ version: '2.0.0', tasks: [{ ...definition, label: 'rehearse' }] })),
    );
    try {
      const options = await eventually(async () => {
        const tasks = await vscode.tasks.fetchTasks({ type: 's3batch' });
        const task = tasks.find(({ name }) => name === 'rehearse');
        assert.ok(task?.execution instanceof vscode.ProcessExecution, tasks.map(({ name }) => name).join());
        return task.execution.args.slice(1);
      }, 30_000);
      assert.deepEqual(options, ['run', jobFile, '--sample=2', '--memory=512', '--chaos=7', '--fetch', '--fetch-limit=64M']);
    } finally {
      await vscode.workspace.fs.delete(file);
    }
  });

  test('a task runs the job to its end', async function () {
    // It starts an engine of its own.
    this.timeout(120_000);
    const [task] = await vscode.tasks.fetchTasks({ type: 's3batch' });
    assert.ok(task !== undefined);
    const ended = new Promise<number | undefined>((resolve) => {
      const listening = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (execution.task.name !== task.name) return;
        listening.dispose();
        resolve(exitCode);
      });
    });
    await vscode.tasks.executeTask(task);
    // 1: the samples hold rows that fail on purpose.
    assert.ok([0, 1].includes((await ended) ?? -1));
  });
});
