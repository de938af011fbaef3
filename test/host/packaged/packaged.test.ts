import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import * as vscode from 'vscode';

const extensionId = 's3batch.s3-batch-operations';

suite('the packaged extension, installed as a user installs it', () => {
  const extension = (): vscode.Extension<unknown> => {
    const found = vscode.extensions.getExtension(extensionId);
    assert.ok(found, `${extensionId} is not installed`);
    return found;
  };

  test('is the installed one, not the sources', () => {
    assert.match(extension().extensionPath, /[\\/]extensions[\\/]s3batch\.s3-batch-operations-/);
  });

  test('activation loads dist/extension.js and nothing else of ours', async () => {
    await extension().activate();
    const { cache } = createRequire(__filename);
    const loaded = Object.keys(cache).filter((file) => file.startsWith(extension().extensionPath));
    assert.deepEqual(
      loaded.map((file) => relative(extension().extensionPath, file).replaceAll('\\', '/')),
      ['dist/extension.js'],
    );
  });

  test('every command that it contributes exists', async () => {
    await extension().activate();
    const { contributes } = extension().packageJSON as { contributes: { commands: { command: string }[] } };
    const commands = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).filter((command) => !commands.has(command)),
      [],
    );
  });

  test('checks a manifest', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder, 'a folder is open');
    const uri = vscode.Uri.joinPath(folder.uri, 'rename-reports', 'manifest-broken.csv');
    const rules = (): readonly unknown[] =>
      vscode.languages.getDiagnostics(uri).map(({ code }) => (typeof code === 'object' ? code.value : code));
    const found = new Promise<void>((resolve) => {
      const subscription = vscode.languages.onDidChangeDiagnostics(() => {
        if (!rules().includes('header-row')) return;
        subscription.dispose();
        resolve();
      });
    });
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    if (!rules().includes('header-row')) await found;
    assert.ok(rules().includes('unencoded-key'));
  });

  test('starts the local engine that it brings along', async () => {
    await vscode.commands.executeCommand('s3batch.engine.start');
    await vscode.commands.executeCommand('s3batch.engine.stop');
  });
});
