import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ours, rules, until } from '../../support/hostDiagnostics.js';

const broken = ['Bucket,Key', 'test,a b.txt', 'test,c+d.txt', 'test,50%.txt', '', 'test,ok.txt', ''].join('\n');

suite('manifests while they are edited', () => {
  let folder: string;

  suiteSetup(async () => {
    folder = await mkdtemp(join(tmpdir(), 's3batch-lint-'));
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
  });
  teardown(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  async function open(name: string, content: string | Uint8Array): Promise<vscode.TextDocument> {
    const file = join(folder, name);
    await writeFile(file, content);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document);
    return document;
  }

  async function actions(
    document: vscode.TextDocument,
    range: vscode.Range,
    kind?: vscode.CodeActionKind,
  ): Promise<vscode.CodeAction[]> {
    const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      range,
      kind?.value,
    );
    return found;
  }

  test('a manifest has its problems, each with rule, exact range and a page that explains it', async () => {
    const document = await open('manifest-ranges.csv', broken);
    await until(document.uri, () => ours(document.uri).length >= 5, 'five problems');
    assert.deepEqual(rules(document.uri), ['header-row', 'unencoded-key', 'plus-in-key', 'bad-escape', 'blank-line']);
    const [, unencoded, plus] = ours(document.uri);
    assert.ok(unencoded !== undefined && plus !== undefined);
    assert.equal(document.getText(unencoded.range), ' ');
    assert.equal(unencoded.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(plus.severity, vscode.DiagnosticSeverity.Warning);
    assert.ok(typeof unencoded.code === 'object');
    assert.equal(unencoded.code.target.toString(true), 'command:s3batch.manifest.explainRule?["unencoded-key"]');
    const page = await vscode.commands.executeCommand<vscode.Uri>('s3batch.manifest.explainRule', 'unencoded-key');
    assert.match(
      (await vscode.workspace.openTextDocument(page)).getText(),
      /^# unencoded-key\n[^]*my-bucket,Annual%20report%3D2023\.csv/,
    );
  });

  test('typing changes the problems, and closing takes them away', async () => {
    const document = await open('typing-manifest.csv', 'test,a.txt\n');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(1, 0), 'test,b c.txt\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until(document.uri, () => rules(document.uri).includes('unencoded-key'), 'unencoded-key');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await until(document.uri, () => ours(document.uri).length === 0, 'no problems after closing');
  });

  test('a large manifest follows typing, pasting, undo and changes of line ends', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `test,key${index}`);
    const document = await open('large.manifest.csv', `${rows.join('\n')}\n`);
    const change = async (line: number, text: string): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, document.lineAt(line).range, text);
      assert.ok(await vscode.workspace.applyEdit(edit));
    };
    const seen = (): string =>
      ours(document.uri)
        .map(({ range }, index) => `${rules(document.uri)[index]}@${range.start.line}`)
        .join(' ');
    const sees = async (expected: string): Promise<void> => await until(document.uri, () => seen() === expected, expected);

    await change(15_000, 'test,with space');
    await sees('unencoded-key@15000');
    await change(100, 'test,key7\ntest,new row');
    await sees('duplicate-row@100 unencoded-key@101 unencoded-key@15001');
    const pasted = new vscode.WorkspaceEdit();
    pasted.insert(
      document.uri,
      new vscode.Position(50, 0),
      Array.from({ length: 3000 }, (_, index) => `test,more${index}\n`).join(''),
    );
    assert.ok(await vscode.workspace.applyEdit(pasted));
    await sees('duplicate-row@3100 unencoded-key@3101 unencoded-key@18001');
    const editor = await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    await sees('duplicate-row@100 unencoded-key@101 unencoded-key@15001');
    assert.ok(await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF)));
    await change(15_001, 'test,without');
    await sees('duplicate-row@100 unencoded-key@101');
    await change(0, 'test,key0,version');
    await until(document.uri, () => rules(document.uri).includes('column-count'), 'column-count');
    await vscode.commands.executeCommand('undo');
    await sees('duplicate-row@100 unencoded-key@101');
  });

  test('a file that is not saved as UTF-8 is a problem, however well the editor reads it', async () => {
    const document = await open('wide.manifest.csv', Buffer.from('\uFEFFtest,a\ntest,b\n', 'utf16le'));
    assert.equal(document.getText(), 'test,a\ntest,b\n');
    await until(document.uri, () => rules(document.uri).join() === 'not-utf8', 'not-utf8 of UTF-16');
    const offered = await actions(document, new vscode.Range(0, 0, 0, 0), vscode.CodeActionKind.QuickFix);
    assert.deepEqual(
      offered.map((action) => [action.title, action.command?.command]),
      [['Change the encoding of the file…', 'workbench.action.editor.changeEncoding']],
    );
  });

  test('what another encoding makes of UTF-8 is never encoded into keys', async () => {
    const { uri } = await open('mojibake.manifest.csv', 'test,ok\ntest,é b\ntest,c d\n');
    await until(uri, () => rules(uri).join() === 'unencoded-key,unencoded-key', 'two keys to encode');
    const document = await vscode.workspace.openTextDocument(uri, { encoding: 'windows1252' });
    assert.equal(document.lineAt(1).text, 'test,Ã© b');
    await until(uri, () => rules(uri).join() === 'not-utf8,unencoded-key', 'a row that is not what S3 reads');
    await vscode.commands.executeCommand('s3batch.manifest.fixAll', uri);
    assert.equal(document.getText(), 'test,ok\ntest,Ã© b\ntest,c%20d\n');
  });

  test('a fix is an edit of the document, and "fix all" does every certain one', async () => {
    const document = await open('fix.manifest.csv', broken);
    await until(document.uri, () => ours(document.uri).length >= 5, 'five problems');
    const offered = await actions(document, new vscode.Range(1, 6, 1, 6), vscode.CodeActionKind.QuickFix);
    const quickFix = offered.find((action) => action.isPreferred === true);
    assert.ok(quickFix?.edit);
    assert.ok(await vscode.workspace.applyEdit(quickFix.edit));
    assert.equal(document.lineAt(1).text, 'test,a%20b.txt');

    const [fixAll] = await actions(document, new vscode.Range(0, 0, 0, 0), vscode.CodeActionKind.SourceFixAll);
    assert.ok(fixAll?.edit);
    assert.equal(fixAll.kind?.value, 'source.fixAll.s3batch');
    assert.ok(await vscode.workspace.applyEdit(fixAll.edit));
    assert.equal(document.getText(), ['test,a%20b.txt', 'test,c+d.txt', 'test,50%25.txt', 'test,ok.txt', ''].join('\n'));
    await until(document.uri, () => rules(document.uri).join() === 'plus-in-key', 'only plus-in-key');
  });

  test('a plus offers two choices, and none of them is preferred', async () => {
    const document = await open('plus.manifest.csv', 'test,c+d.txt\n');
    await until(document.uri, () => rules(document.uri).includes('plus-in-key'), 'plus-in-key');
    const found = await actions(document, new vscode.Range(0, 6, 0, 6), vscode.CodeActionKind.QuickFix);
    const texts = found.filter((action) => action.edit !== undefined).map((action) => action.edit?.get(document.uri)[0]?.newText);
    assert.equal(texts.length, 2);
    assert.ok(found.every((action) => action.isPreferred !== true));
  });

  test('all problems of a rule are fixed at once, also in a manifest that takes several slices', async () => {
    const document = await open('all.manifest.csv', 'test,a b\n'.repeat(5000));
    await until(document.uri, () => ours(document.uri).length === 1000, 'problems');
    const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(7, 6, 7, 6),
      vscode.CodeActionKind.QuickFix.value,
      100,
    );
    const all = found.find((action) => action.title.includes('5,000'));
    assert.ok(all?.edit, found.map((action) => action.title).join('; '));
    assert.ok(await vscode.workspace.applyEdit(all.edit));
    assert.equal(document.lineAt(4999).text, 'test,a%20b');
    await until(document.uri, () => !rules(document.uri).includes('unencoded-key'), 'no unencoded-key');
  });

  test('a file becomes a manifest by command and stops being one', async () => {
    const document = await open('keys.csv', broken);
    assert.deepEqual(rules(document.uri), []);
    await vscode.commands.executeCommand('s3batch.manifest.treatAs', document.uri);
    await until(document.uri, () => rules(document.uri).includes('header-row'), 'header-row');
    await vscode.commands.executeCommand('s3batch.manifest.stopTreatingAs', document.uri);
    await until(document.uri, () => ours(document.uri).length === 0, 'no problems');
  });

  test('at most 1,000 problems, the last of which says how many there are more', async () => {
    const document = await open('many-manifest.csv', 'test,a b\n'.repeat(1500));
    await until(document.uri, () => ours(document.uri).length > 1, 'problems');
    const all = ours(document.uri);
    assert.equal(all.length, 1000);
    assert.equal(all.at(-1)?.message, '2,000 more problems are not shown. In all: 1,500 errors · 1,499 warnings');
    assert.equal(all.at(-1)?.severity, vscode.DiagnosticSeverity.Error);
  });

  test('hover says what S3 will see', async () => {
    const document = await open('hover-manifest.csv', 'test,report/date%3D2023-01-02/North+West.txt\n');
    await until(document.uri, () => ours(document.uri).length > 0, 'plus-in-key');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(0, 8),
    );
    const text = hovers
      .flatMap((hover) => hover.contents.map((part) => (typeof part === 'string' ? part : part.value)))
      .join('\n');
    assert.match(text, /report\/date=2023-01-02\/North West\.txt/);
  });

  test('a lens above the first row counts rows and buckets', async () => {
    const document = await open('lens-manifest.csv', 'test,a\ntest,b\nother,c\n');
    await until(document.uri, () => ours(document.uri).length > 0, 'mixed-buckets');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
    assert.ok(lenses.some((lens) => lens.command?.title === '3 rows · 2 buckets · 1 warning'));
  });

  test('a byte order mark is a problem, and its fix writes the file without it', async () => {
    const document = await open('mark-manifest.csv', '\uFEFFtest,a\n');
    await until(document.uri, () => rules(document.uri).includes('byte-order-mark'), 'byte-order-mark');
    await vscode.commands.executeCommand('s3batch.manifest.removeByteOrderMark', document.uri);
    const bytes = await vscode.workspace.fs.readFile(document.uri);
    assert.equal(Buffer.from(bytes).toString('utf8'), 'test,a\n');
    await until(document.uri, () => !rules(document.uri).includes('byte-order-mark'), 'no byte-order-mark');
  });
});
