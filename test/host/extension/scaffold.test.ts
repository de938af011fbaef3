import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';

suite('New Handler…', () => {
  let folder: string;

  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 's3batch-scaffold-'));
  });
  teardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
  });

  /** Accepts what each step offers until the command is through. */
  async function acceptAll(): Promise<vscode.Uri | undefined> {
    const command = vscode.commands.executeCommand<vscode.Uri | undefined>('s3batch.handler.new', vscode.Uri.file(folder));
    const end = command.then(() => true);
    const pause = (): Promise<boolean> => new Promise((resolve) => setTimeout(() => resolve(false), 100));
    for (let turn = 0; turn < 100 && !(await Promise.race([end, pause()])); turn += 1) {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    }
    return await command;
  }

  test('writes a project and opens its handler; the same again changes nothing and asks nothing', async () => {
    const handler = await acceptAll();
    assert.ok(handler);
    assert.equal(handler.fsPath, join(folder, 'my-handler', 'handler.ts'));
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, handler.fsPath);
    const files = await readdir(join(folder, 'my-handler'));
    for (const name of ['handler.ts', 'template.yaml', 'README.md']) assert.ok(files.includes(name), name);
    assert.equal((await acceptAll())?.fsPath, handler.fsPath);
  });

  test('leaving a step writes nothing', async () => {
    const command = vscode.commands.executeCommand('s3batch.handler.new', vscode.Uri.file(folder));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    assert.equal(await command, undefined);
    assert.deepEqual(await readdir(folder), []);
  });
});
