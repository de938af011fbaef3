import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const extensionId = 's3batch.s3-batch-operations';

suite('activation', () => {
  test('the extension activates and every command that it contributes exists', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension, `${extensionId} is not installed`);
    await extension.activate();
    const { contributes } = extension.packageJSON as { contributes: { commands: { command: string }[] } };
    const commands = new Set(await vscode.commands.getCommands(true));
    const missing = contributes.commands.map(({ command }) => command).filter((command) => !commands.has(command));
    assert.deepEqual(missing, []);
  });
});
