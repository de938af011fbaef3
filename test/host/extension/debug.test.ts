import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { evaluate, useDebugLog } from '../../support/hostDebugLog.js';
import { madeHandler } from '../../support/madeHandler.js';

suite('Debug Handler on This Row', function () {
  this.timeout(90_000);
  let folder: string;
  const current = useDebugLog();

  const source = madeHandler("'Succeeded'");

  const moduleSource = `export async function handler(event) {
  const [task] = event.tasks;
  const newKey = task.s3Key.toLowerCase();
  return {
    invocationSchemaVersion: '1.0',
    invocationId: event.invocationId,
    results: [{ taskId: task.taskId, resultCode: 'Succeeded', resultString: newKey }],
  };
}
`;

  /** Starts the debugger on a task of a function of the template. */
  async function debug(name: string, more: { readonly stopOnEntry?: boolean } = {}): Promise<boolean> {
    return await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
      type: 's3batch',
      request: 'launch',
      name,
      function: name,
      object: { bucket: 'photos', key: 'One.jpg' },
      ...more,
    });
  }

  suiteSetup(async () => {
    await vscode.extensions.getExtension('s3batch.s3-batch-operations')?.activate();
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(first !== undefined);
    folder = join(first.uri.fsPath, 'debugged');
    await mkdir(folder, { recursive: true });
    const named = (name: string, handler: string, runtime = 'nodejs22.x', code = '.'): string => `  ${name}:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: ${name}, CodeUri: ${code}, Handler: ${handler}, Runtime: ${runtime}, Timeout: 1 }
`;
    const template = `Resources:
${named('upper', 'upper.handler')}${named('lower', 'lower.handler')}${named('packaged', 'package/index.handler')}\
${named('typedModule', 'typed.handler')}${named('bundled', 'index.handler', 'nodejs22.x', 'bundled')}\
${named('broken', 'broken.handler')}${named('brokenModule', 'brokenModule.handler')}${named('nameless', 'lower.wrong')}`;
    const job = {
      ManifestFile: 'rows.csv',
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
        Location: { ObjectArn: 'arn:aws:s3:::photos/rows.csv' },
      },
      Operation: { LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:upper' } },
      Report: { Enabled: false },
      Priority: 1,
      RoleArn: 'arn:aws:iam::000000000000:role/local',
    };
    await writeFile(join(folder, 'template.yaml'), template);
    await writeFile(join(folder, 'upper.ts'), source);
    await writeFile(join(folder, 'lower.mjs'), moduleSource);
    await writeFile(join(folder, 'typed.mts'), source);
    await mkdir(join(folder, 'bundled', 'node_modules'), { recursive: true });
    await writeFile(join(folder, 'bundled', 'index.ts'), source);
    await symlink(
      join(__dirname, '..', '..', '..', 'node_modules', 'esbuild'),
      join(folder, 'bundled', 'node_modules', 'esbuild'),
      'junction',
    );
    await mkdir(join(folder, 'package'));
    await writeFile(join(folder, 'package', 'package.json'), '{"type": "module"}');
    await writeFile(join(folder, 'package', 'index.js'), moduleSource);
    await writeFile(join(folder, 'broken.js'), 'exports.handler = async () => {\n  const = 1;\n};\n');
    await writeFile(join(folder, 'brokenModule.mjs'), 'export const handler = async () => {\n  const = 1;\n};\n');
    await writeFile(join(folder, 'rows.csv'), 'photos,one.jpg\nphotos,two%20b.jpg\nphotos,three.jpg\n');
    await writeFile(join(folder, 'upper.s3job.json'), JSON.stringify(job));
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('s3batch.engine.stop');
    await rm(folder, { recursive: true, force: true });
  });

  test('stops at a breakpoint in TypeScript on the row under the cursor, and variables are read', async () => {
    const handler = vscode.Uri.file(join(folder, 'upper.ts'));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(new vscode.Location(handler, new vscode.Position(6, 0)))]);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(join(folder, 'rows.csv')));
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(1, 3, 1, 3);
    assert.equal(await vscode.commands.executeCommand('s3batch.handler.debugRow'), true);
    const stop = await current().stopped();
    assert.equal(stop.source, handler.fsPath);
    assert.equal(stop.line, 7);
    assert.ok(stop.isFile, 'it is shown in the file, and not in what was made of it');
    assert.match(await evaluate(stop, 'newKey'), /TWO\+B\.JPG/);
    assert.match(await evaluate(stop, 'count'), /^1$/);
    assert.match(await evaluate(stop, 'process.env.AWS_ENDPOINT_URL'), /http:\/\/127\.0\.0\.1:\d+/);
    // Longer than the function's timeout: nothing is limited in time while a debugger stops it.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await stop.session.customRequest('continue', { threadId: stop.threadId });
    await current().says('Row 2, photos/two%20b.jpg: succeeded: TWO+B.JPG');
    assert.ok(current().output.join('').includes('made TWO+B.JPG'));
  });

  test('F5: breaks before the row that a configuration names, and a step leads into the handler', async () => {
    const started = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
      type: 's3batch',
      request: 'launch',
      name: 'break on row',
      jobFile: join(folder, 'upper.s3job.json'),
      breakOnRow: 3,
    });
    assert.equal(started, true);
    const stop = await current().stopped();
    assert.match(stop.source, /s3batch-row\.js/);
    assert.match(await evaluate(stop, 'object'), /photos\/three\.jpg/);
    await current().says('Row 2, photos/two%20b.jpg: succeeded');
    // Past the debugger statement, out of that function, and into the next that is not ours.
    let inside = stop;
    for (let step = 0; step < 4 && !inside.source.endsWith('upper.ts'); step += 1) {
      await inside.session.customRequest('stepIn', { threadId: inside.threadId });
      inside = await current().stopped();
    }
    assert.equal(inside.source, join(folder, 'upper.ts'));
    assert.match(await evaluate(inside, 'count'), /^2$/);
    await inside.session.customRequest('continue', { threadId: inside.threadId });
    await current().says('Row 3, photos/three.jpg: succeeded: THREE.JPG');
  });

  test('a task of a report, without breakpoints, stops before the handler', async () => {
    const started = await vscode.commands.executeCommand('s3batch.handler.debugRow', {
      bucket: 'photos',
      key: 'ü x.jpg',
      jobFile: vscode.Uri.file(join(folder, 'upper.s3job.json')),
    });
    assert.equal(started, true);
    const stop = await current().stopped();
    assert.match(await evaluate(stop, 'JSON.stringify(event)'), /"s3Key\\?":\\?"%C3%BC\+x\.jpg/);
    await stop.session.customRequest('continue', { threadId: stop.threadId });
    await current().says('succeeded: %C3%BC+X.JPG');
  });

  for (const [kind, name, path] of [
    ['an .mjs file', 'lower', 'lower.mjs'],
    ['a package of type module', 'packaged', 'package/index.js'],
  ] as const) {
    test(`stops at a breakpoint in an ES module: ${kind}`, async () => {
      const handler = vscode.Uri.file(join(folder, path));
      vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(new vscode.Location(handler, new vscode.Position(3, 0)))]);
      assert.equal(await debug(name), true);
      const stop = await current().stopped();
      assert.deepEqual([stop.source, stop.line], [handler.fsPath, 4]);
      assert.match(await evaluate(stop, 'newKey'), /one\.jpg/);
      await stop.session.customRequest('continue', { threadId: stop.threadId });
      await current().says('Row 1, photos/One.jpg: succeeded: one.jpg');
    });
  }

  for (const [kind, name, path] of [
    ['an ES module', 'typedModule', 'typed.mts'],
    ['what the function’s own esbuild bundles', 'bundled', 'bundled/index.ts'],
  ] as const) {
    test(`stops at a breakpoint in TypeScript, in the file as it was written: ${kind}`, async () => {
      const handler = vscode.Uri.file(join(folder, path));
      vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(new vscode.Location(handler, new vscode.Position(6, 0)))]);
      assert.equal(await debug(name), true);
      const stop = await current().stopped();
      assert.deepEqual([stop.source, stop.line, stop.isFile], [handler.fsPath, 7, true]);
      assert.match(await evaluate(stop, 'newKey'), /ONE\.JPG/);
      await stop.session.customRequest('continue', { threadId: stop.threadId });
      await current().says('Row 1, photos/One.jpg: succeeded: ONE.JPG');
    });
  }

  test('changes of the handler that are not saved yet are saved first', async () => {
    const document = await vscode.workspace.openTextDocument(join(folder, 'lower.mjs'));
    await vscode.window.showTextDocument(document);
    const edit = new vscode.WorkspaceEdit();
    const at = document.getText().indexOf('toLowerCase()');
    edit.insert(document.uri, document.positionAt(at + 'toLowerCase()'.length), " + '.edited'");
    await vscode.workspace.applyEdit(edit);
    assert.equal(document.isDirty, true);
    assert.equal(await debug('lower'), true);
    await current().says('Row 1, photos/One.jpg: succeeded: one.jpg.edited');
    assert.equal(document.isDirty, false);
  });

  for (const [what, name, said] of [
    ['has a syntax error', 'broken', /Runtime\.UserCodeSyntaxError: SyntaxError: Unexpected token '=' \(.*broken\.js:2\)/],
    ['is an ES module with a syntax error', 'brokenModule', /SyntaxError: Unexpected token '=' \(.*brokenModule\.mjs:2\)/],
    ['is not exported', 'nameless', /Runtime\.HandlerNotFound: lower\.wrong is undefined or not exported/],
  ] as const) {
    test(`a handler that ${what} is told of, and the session ends`, async () => {
      const ended = new Promise<void>((resolve) => {
        const listener = vscode.debug.onDidTerminateDebugSession((session) => {
          if (session.parentSession !== undefined) return;
          listener.dispose();
          resolve();
        });
      });
      // There is nothing to stop before: what is wrong is said at once.
      assert.equal(await debug(name, { stopOnEntry: true }), true);
      await current().says('Row 1, photos/One.jpg: failed');
      await ended;
      assert.match(current().output.join(''), said);
    });
  }
});
