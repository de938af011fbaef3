import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { evaluate, useDebugLog } from '../../support/hostDebugLog.js';
import { noDebugpy, pythonWithDebugpy } from '../../support/python.js';

suite('Debug Handler on This Row, in Python', function () {
  this.timeout(90_000);
  let folder: string;
  const current = useDebugLog();

  suiteSetup(async function () {
    // Said where it is decided, too.
    if (noDebugpy !== false) this.skip();
    await vscode.extensions.getExtension('s3batch.s3-batch-operations')?.activate();
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(first !== undefined);
    folder = join(first.uri.fsPath, 'rename-reports');
    await usePython(pythonWithDebugpy);
  });
  suiteTeardown(async () => {
    if (noDebugpy !== false) return;
    await usePython(undefined);
    await vscode.commands.executeCommand('s3batch.engine.stop');
  });

  async function usePython(command: string | undefined): Promise<void> {
    await vscode.workspace.getConfiguration('s3batch').update('local.python', command, vscode.ConfigurationTarget.Workspace);
  }

  async function breakAt(file: string, text: string): Promise<number> {
    const line = (await readFile(file, 'utf8')).split('\n').findIndex((item) => item.includes(text));
    assert.ok(line >= 0);
    const place = new vscode.Location(vscode.Uri.file(file), new vscode.Position(line, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
    return line + 1;
  }

  test('stops at a breakpoint of a sample on the row under the cursor, and variables are read', async () => {
    const handler = join(folder, 'slip.py');
    const line = await breakAt(handler, 'renamed = ');
    const started = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
      type: 's3batch',
      request: 'launch',
      name: 'row 2',
      jobFile: join(folder, 'rename-slip.s3job.json'),
      function: 'rename-reports-slip',
      row: 2,
    });
    assert.equal(started, true);
    const stop = await current().stopped();
    assert.equal(stop.source, handler);
    assert.equal(stop.line, line);
    assert.match(await evaluate(stop, 'key'), /report\/.*test_A/);
    assert.match(await evaluate(stop, '__import__("os").environ["AWS_ENDPOINT_URL"]'), /http:\/\/127\.0\.0\.1:\d+/);
    await stop.session.customRequest('next', { threadId: stop.threadId });
    const next = await current().stopped();
    assert.match(await evaluate(next, 'renamed'), /test_B/);
    await next.session.customRequest('continue', { threadId: next.threadId });
    await current().says("name 'new_key' is not defined");
    await current().says('Row 2, ');
  });

  test('a task of a report, without breakpoints, stops before the handler, and a step leads into it', async () => {
    const started = await vscode.commands.executeCommand('s3batch.handler.debugRow', {
      bucket: 'test',
      key: 'ü x.jpg',
      jobFile: vscode.Uri.file(join(folder, 'rename-slip.s3job.json')),
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:rename-reports-slip',
    });
    assert.equal(started, true);
    const stop = await current().stopped();
    assert.match(stop.source, /s3batch_row\.py$/);
    assert.match(await evaluate(stop, 'event["tasks"][0]["s3Key"]'), /%C3%BC\+x\.jpg/);
    await stop.session.customRequest('stepIn', { threadId: stop.threadId });
    const inside = await current().stopped();
    assert.equal(inside.source, join(folder, 'slip.py'));
    await inside.session.customRequest('continue', { threadId: inside.threadId });
    await current().says('failed, PermanentFailure');
  });
});
