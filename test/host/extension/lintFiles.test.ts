import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { gzipSync } from 'node:zlib';
import type { LintedFile } from '../../../src/ui/platform/commandTypes.js';
import { ours, rules, until } from '../../support/hostDiagnostics.js';

const closeAll = (): Thenable<unknown> => vscode.commands.executeCommand('workbench.action.closeAllEditors');

suite('manifests on disk', () => {
  let folder: string;

  suiteSetup(async () => {
    folder = await mkdtemp(join(tmpdir(), 's3batch-disk-'));
  });
  suiteTeardown(async () => {
    await closeAll();
    await rm(folder, { recursive: true, force: true });
  });
  teardown(closeAll);

  async function write(name: string, content: string | Uint8Array): Promise<vscode.Uri> {
    const file = join(folder, name);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, content);
    return vscode.Uri.file(file);
  }

  /** More than VS Code hands to extensions. Row 3 and the last one have problems. */
  async function writeLarge(name: string): Promise<vscode.Uri> {
    const path = join(folder, name);
    const file = await open(path, 'w');
    await file.write('examples,first\nexamples,second\nexamples,a b\n');
    const batch = 20_000;
    for (let row = 0; row < 700_000; row += batch) {
      const rows = Array.from(
        { length: batch },
        (_, index) => `examples,warehouse/events/year%3D2023/month%3D01/part-${String(row + index).padStart(12, '0')}.parquet\n`,
      );
      await file.write(rows.join(''));
    }
    await file.write('examples,50%.txt\n');
    assert.ok((await file.stat()).size > 50 * 1024 * 1024);
    await file.close();
    return vscode.Uri.file(path);
  }

  async function lint(...files: vscode.Uri[]): Promise<readonly LintedFile[] | undefined> {
    return await vscode.commands.executeCommand('s3batch.manifest.lintFile', files[0], files);
  }

  const counts = (linted: readonly LintedFile[] | undefined): string =>
    (linted ?? []).map(({ file, rows, errors }) => `${file.path.split('/').at(-1)}: ${rows}, ${errors}`).join('; ');

  test('files that are not open are linted, packed ones too, and their problems are listed', async () => {
    const plain = await write('any.csv', 'examples,a b\nexamples,ok\n');
    const packed = await write('packed.csv.gz', gzipSync('examples,50%\nexamples,ok\nexamples,c d\n'));
    assert.equal(counts(await lint(plain, packed)), 'any.csv: 2, 1; packed.csv.gz: 3, 2');
    assert.deepEqual(rules(plain), ['unencoded-key']);
    assert.deepEqual(rules(packed), ['bad-escape', 'unencoded-key']);
  });

  test('of a folder, the manifests in it are linted', async () => {
    await write('tree/manifest-1.csv', 'examples,a b\n');
    await write('tree/deep/down/manifest-2.csv.gz', gzipSync('examples,ok\n'));
    await write('tree/report.csv', 'no,manifest at all\n');
    await write('tree/node_modules/manifest-3.csv', 'examples,a b\n');
    const linted = await lint(vscode.Uri.file(join(folder, 'tree')));
    assert.equal(counts(linted), 'manifest-2.csv.gz: 1, 0; manifest-1.csv: 1, 1');
    await mkdir(join(folder, 'empty'));
    assert.equal(await lint(vscode.Uri.file(join(folder, 'empty'))), undefined, 'it says that there is none');
  });

  test('a file that was linted is linted again when it changes, and opens as a manifest', async function () {
    this.timeout(120_000);
    const uri = await write('plain.csv', 'examples,a b\n');
    await lint(uri);
    assert.deepEqual(rules(uri), ['unencoded-key']);
    await appendFile(uri.fsPath, 'examples,50%\n');
    await until(uri, () => rules(uri).includes('bad-escape'), 'bad-escape after the file has changed', 20_000);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), '\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until(uri, () => rules(uri).includes('blank-line'), 'blank-line while it is edited');
    assert.equal(counts(await lint(uri)), 'plain.csv: 2, 3', 'the text in the editor counts');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await until(uri, () => rules(uri).join() === 'unencoded-key,bad-escape', 'what is on disk after closing', 60_000);
    await rm(uri.fsPath);
    await until(uri, () => ours(uri).length === 0, 'no problems of a file that is gone', 20_000);
  });

  test('files that can not be read do not keep others from being linted', async () => {
    const uri = await write('readable.csv', 'examples,a b\n');
    const broken = await write('broken.csv.gz', 'not packed');
    assert.equal(counts(await lint(broken, uri)), 'readable.csv: 1, 1');
    const gone = vscode.Uri.file(join(folder, 'gone.csv'));
    assert.equal(counts(await lint(gone, uri)), 'readable.csv: 1, 1', 'a file that has gone since it was selected');
    assert.equal(await lint(vscode.Uri.file(join(folder, 'none.csv'))), undefined);
  });

  test('a manifest too large to be a document is linted while its tab is open', async function () {
    this.timeout(90_000);
    const uri = await writeLarge('manifest-large.csv');
    await vscode.commands.executeCommand('vscode.open', uri);
    await until(uri, () => rules(uri).join() === 'unencoded-key,bad-escape', 'the first and the last problem', 30_000);
    assert.equal(ours(uri)[0]?.range.start.line, 2);
    assert.equal(ours(uri)[1]?.range.start.line, 700_003);
    assert.ok(!vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString()));

    await appendFile(uri.fsPath, 'examples,c d\n');
    await until(uri, () => rules(uri).length === 3, 'another problem after the file has changed', 30_000);
    const linted = await vscode.commands.executeCommand<readonly LintedFile[]>('s3batch.manifest.lintFile');
    assert.equal(linted[0]?.rows, 700_005, 'the palette lints the file in front');
    await vscode.commands.executeCommand('s3batch.manifest.stopTreatingAs', uri);
    await until(uri, () => ours(uri).length === 0, 'no problems of what is no manifest');
    await vscode.commands.executeCommand('s3batch.manifest.treatAs', uri);
    await until(uri, () => rules(uri).length === 3, 'problems again', 30_000);
    await closeAll();
    await until(uri, () => ours(uri).length === 0, 'no problems after the tab was closed');
  });
});
