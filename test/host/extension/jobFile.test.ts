import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';

const job = {
  Description: 'Rename',
  Operation: {
    LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:f', InvocationSchemaVersion: '2.0' },
  },
  ManifestFile: 'manifest.csv',
  Manifest: {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::amzn-s3-demo-bucket/manifest.csv' },
  },
  Report: { Enabled: false },
  Priority: 1,
  RoleArn: 'arn:aws:iam::111122223333:role/batch',
  ConfirmationRequired: true,
};

suite('job files while they are written', () => {
  let folder: string;

  suiteSetup(async () => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    folder = await mkdtemp(join(workspace?.uri.fsPath ?? tmpdir(), 'jobs-'));
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
  });

  async function open(name: string, value: unknown): Promise<vscode.TextDocument> {
    const file = join(folder, name);
    await writeFile(file, `// written by hand\n${JSON.stringify(value, undefined, 2)}\n`);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document);
    return document;
  }

  async function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`Never seen: ${what}`);
  }

  const ours = (uri: vscode.Uri): vscode.Diagnostic[] =>
    vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 's3batch');

  test('the schema gives hover with its source and completion of operations and enums, and underlines nothing', async () => {
    await writeFile(join(folder, 'manifest.csv'), 'test,ok.txt\n');
    const document = await open('schema.s3job.json', {
      ...job,
      Operation: {},
      Report: { Enabled: false, ReportScope: 'AllTasks' },
    });
    assert.equal(document.languageId, 'jsonc');
    const at = (text: string, offset: number): vscode.Position => document.positionAt(document.getText().indexOf(text) + offset);
    const hover = await eventually('hover', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        at('"RoleArn"', 3),
      );
      const text = hovers
        .flatMap(({ contents }) => contents.map((content) => (typeof content === 'string' ? content : content.value)))
        .join('\n');
      return text.includes('batchoperations.s3.amazonaws.com') ? text : undefined;
    });
    assert.match(hover, /docs\.aws\.amazon\.com/);
    const labels = async (position: vscode.Position): Promise<string[]> => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        position,
      );
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    assert.ok((await labels(at('"Operation": {}', 14))).includes('S3InitiateRestoreObject'));
    assert.ok((await labels(at('"AllTasks"', 1))).some((label) => label.includes('FailedTasksOnly')));
    await eventually('our diagnostics', () => (ours(document.uri).length > 0 ? true : undefined));
    const others = vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source !== 's3batch');
    assert.deepEqual(
      others.map(({ message }) => message),
      [],
    );
  });

  test('the manifest it names: missing, with errors and a link to the first, mended', async () => {
    await rm(join(folder, 'manifest.csv'), { force: true });
    const document = await open('manifest.s3job.json', job);
    const code = (uri: vscode.Uri): string | undefined =>
      ours(uri)
        .map((item) => String(item.code))
        .find((item) => item.startsWith('manifest-file'));
    await eventually('missing', () => (code(document.uri) === 'manifest-file-unreadable' ? true : undefined));
    await writeFile(join(folder, 'manifest.csv'), 'test,ok.txt\ntest,a b.txt\n');
    await vscode.commands.executeCommand('s3batch.job.check', document.uri);
    const found = await eventually('errors', () => ours(document.uri).find((item) => item.code === 'manifest-file-has-errors'));
    assert.equal(document.getText(found.range), '"manifest.csv"');
    const [related] = found.relatedInformation ?? [];
    assert.equal(related?.location.range.start.line, 1);
    assert.ok(related.location.uri.path.endsWith('manifest.csv'));
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', document.uri);
    assert.ok(links.some(({ target }) => target?.path.endsWith('/manifest.csv')));
  });

  test('renaming a manifest, or its folder, changes the job files that name it', async () => {
    await mkdir(join(folder, 'lists'), { recursive: true });
    await writeFile(join(folder, 'lists', 'first.csv'), 'test,ok.txt\n');
    const document = await open('rename.s3job.json', { ...job, ManifestFile: 'lists/first.csv' });
    const rename = async (from: string, to: string): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.renameFile(vscode.Uri.file(join(folder, from)), vscode.Uri.file(join(folder, to)));
      assert.ok(await vscode.workspace.applyEdit(edit));
    };
    await rename('lists/first.csv', 'lists/second one.csv');
    await eventually('second', () => (document.getText().includes('"lists/second one.csv"') ? true : undefined));
    await rename('lists', 'rows');
    await eventually('folder', () => (document.getText().includes('"rows/second one.csv"') ? true : undefined));
    assert.ok(document.getText().startsWith('// written by hand'));
    await document.save();
    assert.ok((await readFile(join(folder, 'rename.s3job.json'), 'utf8')).includes('rows/second one.csv'));
  });

  test('a new job file of every operation, and its export', async () => {
    const uri = await vscode.commands.executeCommand<vscode.Uri>('s3batch.jobFile.new', undefined, 'S3InitiateRestoreObject');
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    assert.ok(text.includes('"S3InitiateRestoreObject"'));
    const document = await open('export.s3job.json', job);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 20);
    const titles = lenses.map(({ command }) => (command?.title ?? '').replace(/^\$\(\S+\) /, ''));
    for (const title of ['Check', 'Run Locally', 'Submit…', 'Export…']) assert.ok(titles.includes(title), titles.join(' | '));
    const exported = await vscode.commands.executeCommand<vscode.Uri>('s3batch.job.export', document.uri, 'boto3');
    assert.match((await vscode.workspace.openTextDocument(exported)).getText(), /create_job/);
  });
});
