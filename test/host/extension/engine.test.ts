import assert from 'node:assert/strict';
import { connect } from 'node:net';
import * as vscode from 'vscode';

suite('the local engine of the window', () => {
  suiteSetup(async () => {
    await vscode.extensions.getExtension('s3batch.s3-batch-operations')?.activate();
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('s3batch.engine.stop');
  });

  function isListening(port: number): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }

  async function copiedPort(): Promise<number> {
    await vscode.env.clipboard.writeText('');
    await vscode.commands.executeCommand('s3batch.engine.copyEnvironment');
    const lines = await vscode.env.clipboard.readText();
    const port = /HTTP_PROXY\W+http:\/\/127\.0\.0\.1:(\d+)/.exec(lines)?.[1];
    assert.ok(port !== undefined, `no endpoint in: ${lines}`);
    return Number(port);
  }

  test('starts on demand, is reached at the endpoint that it names, and is gone after stop', async () => {
    await vscode.commands.executeCommand('s3batch.engine.start');
    const port = await copiedPort();
    assert.equal(await isListening(port), true);
    await vscode.commands.executeCommand('s3batch.engine.stop');
    assert.equal(await isListening(port), false);
  });

  test('starting twice gives the same engine', async () => {
    await Promise.all([
      vscode.commands.executeCommand('s3batch.engine.start'),
      vscode.commands.executeCommand('s3batch.engine.start'),
    ]);
    const port = await copiedPort();
    await vscode.commands.executeCommand('s3batch.engine.start');
    assert.equal(await copiedPort(), port);
  });
});
