import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from '../../src/build/host/session.js';
import { e2eTest } from '../support/e2eTest.js';
import { eventually } from '../support/eventually.js';
import { bareInterpreter, noDebugpy, pythonWithDebugpy } from '../support/python.js';
import { openFailedTask } from '../support/slipReport.js';

e2eTest('a failed task of a report is debugged, by keyboard', {}, async ({ workbench }) => {
  const { page } = workbench;
  await openFailedTask(workbench, 'test_A2.snappy.parquet');
  await workbench.chooseInMenu('Debug This Row');
  // It stops before the handler, with the task that the job had.
  await page.locator('.debug-toolbar').waitFor({ timeout: 90_000 });
  await page.locator('.editor-instance .codicon-debug-stackframe').first().waitFor({ timeout: 90_000 });
  await workbench.screenshot('out/e2e/debugRow.png');
  await page.keyboard.press('F5');
  await workbench.command('Debug Console: Focus on Debug Console View');
  await page
    .locator('.part.panel')
    .filter({ hasText: /test_A2\.snappy\.parquet.*newKey is not defined/s })
    .waitFor({ timeout: 90_000 });
  await workbench.screenshot('out/e2e/debugRow-said.png');
});

e2eTest('F5 in a manifest of the second folder: its handler stops, or why not is said', {}, async (session) => {
  const { workbench, folder } = session;
  const { page } = workbench;
  const second = join(folder, '..', 'second');
  await writeSecondFolder(second);
  const python = bareInterpreter(join(folder, '..', 'bare'));
  const workspaceFile = join(folder, '..', 'both.code-workspace');
  const settings = { 's3batch.local.python': python };
  await writeFile(workspaceFile, JSON.stringify({ folders: [{ path: folder }, { path: second }], settings }));
  await openWorkspace(session, workspaceFile);

  // The key is ours in what is known to be a manifest.
  const pressF5 = async (): Promise<void> => {
    await eventually(async () => assert.ok(await workbench.hasCommand('S3 Batch: Debug Handler on This Row')));
    await page.locator('.editor-group-container.active > .editor-container:focus-within').waitFor();
    await page.keyboard.press('F5');
  };

  await workbench.openFile('compiled.csv', 1);
  await pressF5();
  await workbench.waitForNotification(
    /compiled is an executable \(provided\.al2023\), which is not debugged from here\..*Attach/,
  );
  await workbench.screenshot('out/e2e/debugRow-executable.png');
  await workbench.clearNotifications();

  await workbench.openFile('upper.csv', 2);
  await pressF5();
  await page.locator('.editor-instance .codicon-debug-stackframe').first().waitFor({ timeout: 40_000 });
  await workbench.screenshot('out/e2e/debugRow-second-folder.png');
  await page.keyboard.press('F5');
  await workbench.command('Debug Console: Focus on Debug Console View');
  await page
    .locator('.part.panel')
    .filter({ hasText: /Row 2, photos\/two\.jpg: succeeded: TWO\.JPG/ })
    .waitFor({ timeout: 90_000 });
  await page.locator('.debug-toolbar').waitFor({ state: 'hidden' });

  await workbench.openFile('snake.csv', 1);
  await pressF5();
  await workbench.waitForNotification(/has no debugpy/);
  assert.match(
    await workbench.notification(/has no debugpy/).innerText(),
    /(\S+) has no debugpy, .*Run "\1 -m pip install debugpy", or .*setting s3batch\.local\.python/s,
  );
  await workbench.screenshot('out/e2e/debugRow-debugpy.png');
});

e2eTest('a row is debugged from its lens, and Python by the debugpy of its extension alone', {}, async (session) => {
  const { workbench, folder } = session;
  const { page } = workbench;
  const second = join(folder, '..', 'second');
  await writeSecondFolder(second);
  const plain = pythonWithDebugpy ?? 'python3';
  const python = bareInterpreter(join(folder, '..', 'bare'), plain);
  // All but debugpy: what Debian has of it lies beside it, which others bring with it.
  if (noDebugpy === false) await linkPackages(plain, python, /^(?!debugpy)/);
  const workspaceFile = join(folder, '..', 'second.code-workspace');
  await writeFile(workspaceFile, JSON.stringify({ folders: [{ path: second }], settings: { 's3batch.local.python': python } }));
  if (noDebugpy === false) await installDebugpyExtension(join(folder, '..', 'extensions'), plain);
  await openWorkspace(session, workspaceFile);
  const stopped = async (): Promise<void> => {
    await page.locator('.editor-instance .codicon-debug-stackframe').first().waitFor({ timeout: 60_000 });
  };

  await workbench.openFile('upper.csv', 1);
  await page.locator('.codelens-decoration a').filter({ hasText: 'Debug Handler on Row' }).first().waitFor();
  await workbench.command('Show CodeLens Commands for Current Line');
  await workbench.pick('Debug Handler on Row');
  await stopped();
  await page.keyboard.press('F5');
  await page.locator('.debug-toolbar').waitFor({ state: 'hidden' });

  if (noDebugpy !== false) return;
  await workbench.openFile('snake.s3job.json');
  await page.locator('.editor-group-container.active > .editor-container:focus-within').waitFor();
  await page.keyboard.press('F5');
  await stopped();
  await workbench.screenshot('out/e2e/debugRow-extension.png');
  await page.keyboard.press('F5');
  await workbench.command('Debug Console: Focus on Debug Console View');
  await page
    .locator('.part.panel')
    .filter({ hasText: /Row 2, photos\/two\.jpg: failed.*is Complete: 0 succeeded, 2 failed\./s })
    .waitFor({ timeout: 60_000 });
});

/** Opens a workspace of which `second` is a folder. A window that could not read it in time has no folder, and stays so until it is loaded anew. */
async function openWorkspace({ workbench, server }: Session, workspaceFile: string): Promise<void> {
  const { page } = workbench;
  await eventually(async () => {
    await page.goto(server.url({ folder: workspaceFile, extension: process.cwd() }));
    await page.locator('.explorer-folders-view').getByText('second', { exact: false }).first().waitFor({ timeout: 20_000 });
  }, 90_000);
  await workbench.statusBarItem(/./).waitFor();
}

/** Makes packages of one interpreter, by name, be there for another one. */
async function linkPackages(from: string, to: string, names: RegExp): Promise<void> {
  const [source, target] = [from, to].map((python) => {
    const where = python === from ? 'import debugpy, os; print(os.path.dirname(os.path.dirname(debugpy.__file__)))' : packagesOf;
    return spawnSync(python, ['-c', where], { encoding: 'utf8' }).stdout.trim();
  });
  if (source === undefined || target === undefined) return;
  for (const name of await readdir(source)) if (names.test(name)) await symlink(join(source, name), join(target, name));
}

const packagesOf = 'import sysconfig; print(sysconfig.get_paths()["purelib"])';

/** What the extension Python Debugger gives to other extensions, with the debugpy of an interpreter. */
async function installDebugpyExtension(extensions: string, python: string): Promise<void> {
  const { stdout } = spawnSync(python, ['-c', 'import debugpy, os; print(os.path.dirname(debugpy.__file__))'], {
    encoding: 'utf8',
  });
  const [id, version] = ['ms-python.debugpy', '2026.1.0'];
  const relativeLocation = `${id}-${version}`;
  const folder = join(extensions, relativeLocation);
  await mkdir(folder, { recursive: true });
  const manifest = {
    publisher: 'ms-python',
    name: 'debugpy',
    version,
    engines: { vscode: '^1.100.0' },
    main: './main.js',
    contributes: { debuggers: [{ type: 'debugpy', label: 'Python' }] },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const api = `{ debug: { getDebuggerPackagePath: async () => ${JSON.stringify(stdout.trim())} } }`;
  await writeFile(join(folder, 'main.js'), `exports.activate = async () => (${api});\n`);
  const location = { $mid: 1, path: folder, scheme: 'file' };
  await writeFile(
    join(extensions, 'extensions.json'),
    JSON.stringify([{ identifier: { id }, version, location, relativeLocation }]),
  );
}

/** A folder with a manifest, a job file and a function for each of a handler in JavaScript, an executable and a handler in Python. */
async function writeSecondFolder(folder: string): Promise<void> {
  const functions = { upper: 'nodejs22.x', compiled: 'provided.al2023', snake: 'python3.12' };
  // Not beside the manifests.
  const code = join(folder, 'functions');
  await mkdir(code, { recursive: true });
  let template = 'Resources:\n';
  for (const [name, runtime] of Object.entries(functions)) {
    const properties = `FunctionName: ${name}, CodeUri: ., Handler: app.handler, Runtime: ${runtime}`;
    template += `  ${name}:\n    Type: AWS::Serverless::Function\n    Properties: { ${properties} }\n`;
    await writeFile(join(folder, `${name}.csv`), 'photos,one.jpg\nphotos,two.jpg\n');
    const job = {
      ManifestFile: `${name}.csv`,
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
        Location: { ObjectArn: 'arn:aws:s3:::photos/rows.csv' },
      },
      Operation: { LambdaInvoke: { FunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}` } },
      Report: { Enabled: false },
      Priority: 1,
      RoleArn: 'arn:aws:iam::000000000000:role/local',
    };
    await writeFile(join(folder, `${name}.s3job.json`), JSON.stringify(job));
  }
  await writeFile(join(code, 'template.yaml'), template);
  await writeFile(join(code, 'app.py'), 'def handler(event, context):\n    return None\n');
  const source = `exports.handler = async ({ invocationId, tasks: [{ taskId, s3Key }] }) => ({
  invocationSchemaVersion: '1.0',
  invocationId,
  results: [{ taskId, resultCode: 'Succeeded', resultString: s3Key.toUpperCase() }],
});
`;
  await writeFile(join(code, 'app.js'), source);
}
