import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { rules, until } from '../../support/hostDiagnostics.js';

suite('Making manifests', () => {
  let folder: string;

  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 's3batch-making-'));
  });
  teardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (name: string, text: string): Promise<vscode.Uri> => {
    await writeFile(join(folder, name), text);
    return vscode.Uri.file(join(folder, name));
  };
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

  /** Accepts what each question offers until the command is through. */
  async function acceptAll(command: string, ...args: readonly unknown[]): Promise<void> {
    const running = Promise.resolve(vscode.commands.executeCommand(command, ...args));
    const end = running.then(() => true);
    const pause = (): Promise<boolean> => new Promise((resolve) => setTimeout(() => resolve(false), 200));
    for (let turn = 0; turn < 100 && !(await Promise.race([end, pause()])); turn += 1) {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    }
    await running;
  }

  test('removes duplicate rows into a new file beside it, and never overwrites one', async () => {
    const file = await write('a.csv', 'b,x%20y\nb,x+y\nb,z\n');
    for (const name of ['a-unique.csv', 'a-unique-2.csv']) {
      const made = await vscode.commands.executeCommand<vscode.Uri>('s3batch.manifest.dedupe', file);
      assert.equal(made.fsPath, join(folder, name));
      assert.equal(await read(name), 'b,x%20y\nb,z\n');
    }
    const { document } = vscode.window.activeTextEditor ?? assert.fail('Nothing is open.');
    assert.equal(document.uri.fsPath, join(folder, 'a-unique-2.csv'));
    // No pattern says so: it is a manifest because it was made as one.
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until(document.uri, () => rules(document.uri).includes('blank-line'), 'blank-line in what was made');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  test('combines what is selected in the Explorer, in order', async () => {
    const files = [await write('a.csv', 'b,1\nb,2'), await write('c.csv', 'b,2\nb,3\n')];
    const made = await vscode.commands.executeCommand<vscode.Uri>('s3batch.manifest.union', files[0], files);
    assert.equal(await readFile(made.fsPath, 'utf8'), 'b,1\nb,2\nb,3\n');
  });

  test('subtracts: the first question is which manifest keeps rows', async () => {
    const files = [await write('a.csv', 'b,1\nb,2\n'), await write('c.csv', 'b,2\n')];
    await acceptAll('s3batch.manifest.minus', files[0], files);
    assert.equal(await read('a-minus.csv'), 'b,1\n');
  });

  test('a manifest that can not be read leaves nothing behind', async () => {
    const file = await write('a.csv', 'b,1\nb,"2\n');
    assert.equal(await vscode.commands.executeCommand('s3batch.manifest.dedupe', file), undefined);
    assert.deepEqual(await readdir(folder), ['a.csv']);
  });

  test('encodes S3 URIs without asking for a bucket', async () => {
    const file = await write('uris.txt', 's3://data/a b.csv\ns3://data/ü\n');
    await acceptAll('s3batch.manifest.encode', file);
    assert.equal(await read('uris-manifest.csv'), 'data,a%20b.csv\ndata,%C3%BC\n');
  });

  test('encodes what is selected of an unsaved document', async () => {
    const file = await write('keys.txt', 'one\ntwo\n');
    const editor = await vscode.window.showTextDocument(file);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 's3://data/new\ns3://data/other\n'));
    editor.selection = new vscode.Selection(0, 0, 1, 0);
    await acceptAll('s3batch.manifest.encode');
    assert.equal(await read('keys-manifest.csv'), 'data,new\n');
  });

  test('encodes what is selected also from the menu of the editor, which names the file', async () => {
    const file = await write('keys.txt', 's3://data/a\ns3://data/b\n');
    const editor = await vscode.window.showTextDocument(file);
    editor.selection = new vscode.Selection(1, 0, 2, 0);
    await acceptAll('s3batch.manifest.encode', file);
    assert.equal(await read('keys-manifest.csv'), 'data,b\n');
    await acceptAll('s3batch.manifest.encode', file, [file]);
    assert.equal(await read('keys-manifest-2.csv'), 'data,a\ndata,b\n', 'the Explorer means the file');
  });

  test('converts an S3 Inventory, its empty version ids as null', async () => {
    await write('part.csv', '"data","a%20b","","true","false"\n"data","c","v1","false","true"\n');
    const manifest = {
      sourceBucket: 'data',
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker',
      files: [{ key: 'inventory/data/part.csv' }],
    };
    const file = await write('manifest.json', JSON.stringify(manifest));
    await acceptAll('s3batch.manifest.fromInventory', file);
    assert.equal(await read('manifest-inventory.csv'), 'data,a%20b,null\n');
  });
});
