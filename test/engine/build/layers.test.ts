import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';

/**
 * Feeds every ban of .oxlintrc.json a file that breaks it, in a copy of the folder layout, and expects the linter to say so. A rule
 * that is lost, misspelt or switched off by a later override fails here.
 */
interface Case {
  readonly file: string;
  readonly code: string;
  /** The rule that must speak up, and words of what it must say. */
  readonly rule: string;
  readonly says?: string;
}

const imports = (file: string, specifier: string, says: string): Case => ({
  file,
  code: `import { x } from '${specifier}';\nexport const y = x;\n`,
  rule: 'house(imports)',
  says,
});

const banned: readonly Case[] = [
  imports('src/base/a.ts', '../core/b.js', 'src/base imports nothing'),
  imports('src/base/b.ts', 'node:fs', 'src/base imports nothing'),
  imports('src/core/job/a.ts', 'node:path', 'src/core is pure'),
  imports('src/core/job/b.ts', 'vscode', 'let src/ui call it'),
  imports('src/core/job/c.ts', '../../engine/x.js', 'does not know the engine'),
  imports('src/core/job/d.ts', '@aws-sdk/client-s3', 'Only src/aws talks to AWS'),
  imports('src/core/job/e.ts', '../../aws/x.js', 'Use TargetClient'),
  imports('src/core/job/f.ts', '../../ui/x.js', 'Return data'),
  imports('src/core/job/g.ts', 'yaml', 'jsonc-parser and no other package'),
  imports('src/core/job/h.ts', '../../cli/x.js', 'does not know it'),
  imports('src/core/job/i.ts', '../../webview/x.js', 'Return data'),
  imports('src/engine/http/a.ts', 'vscode', 'Only src/ui'),
  imports('src/engine/http/b.ts', '@aws-sdk/client-s3', 'over the wire'),
  imports('src/engine/http/c.ts', '../../aws/x.js', 'never see each other'),
  imports('src/engine/http/d.ts', '../../ui/x.js', 'knows no user interface'),
  imports('src/engine/http/e.ts', 'express', 'needs a reason'),
  imports('src/engine/http/f.ts', '../../cli/x.js', 'does not know it'),
  imports('src/engine/http/g.ts', '@smithy/signature-v4', 'over the wire'),
  imports('src/aws/a.ts', '../engine/x.js', 'never see each other'),
  imports('src/aws/b.ts', '../ui/x.js', 'no user interface'),
  imports('src/aws/c.ts', 'vscode', 'Only src/ui'),
  imports('src/aws/d.ts', 'yaml', 'no other package'),
  imports('src/cli/a.ts', 'vscode', 'Only src/ui'),
  imports('src/cli/b.ts', '../ui/x.js', 'without an editor'),
  imports('src/cli/c.ts', '@aws-sdk/client-s3', 'Only src/aws'),
  imports('src/cli/d.ts', 'chalk', 'Node and our own layers'),
  imports('src/cli.ts', './ui/x.js', 'without an editor'),
  imports('src/ui/run/a.ts', '@aws-sdk/client-s3', 'Only src/aws'),
  imports('src/ui/run/b.ts', '../../engine/startEngine.js', 'src/engine/launchEngine.ts'),
  imports('src/ui/run/c.ts', '../../cli/x.js', 'Move what both need'),
  imports('src/ui/run/d.ts', 'lodash', 'our own layers'),
  imports('src/extension.ts', './engine/main.js', 'src/engine/launchEngine.ts'),
  imports('src/webview/a.ts', 'node:fs', 'in a browser'),
  imports('src/webview/b.ts', '../core/job/arn.js', 'src/core/view'),
  imports('src/webview/c.ts', '../ui/x.js', 'in a message'),
  imports('src/webview/d.ts', 'react', 'plain DOM'),
  imports('src/build/a.ts', '../core/x.js', 'src/base only'),
  ...['base', 'core', 'engine', 'aws', 'cli', 'ui', 'webview', 'build'].flatMap((layer) => [
    imports(
      `src/${layer}/fromTest.ts`,
      '../../test/support/x.js',
      layer === 'build' ? 'imports test code' : 'Nothing that ships imports test code',
    ),
  ]),
  ...['base', 'core', 'engine', 'aws', 'cli', 'ui', 'webview'].flatMap((layer) => [
    imports(`src/${layer}/fromBuild.ts`, '../build/x.js', 'no part of it'),
    imports(`src/${layer}/fromExtension.ts`, '../extension.js', 'imported by nothing'),
  ]),
  imports('test/unit/a.test.ts', 'vscode', 'Unit tests run without VS Code'),
  { file: 'src/core/ways/a.ts', code: `export * from '../../engine/x.js';\n`, rule: 'house(imports)' },
  { file: 'src/core/ways/b.ts', code: `export { x } from '../../engine/x.js';\n`, rule: 'house(imports)' },
  { file: 'src/core/ways/c.ts', code: `export const x = import('../../engine/x.js');\n`, rule: 'house(imports)' },
  { file: 'src/core/ways/d.ts', code: `export type X = import('../../engine/x.js').X;\n`, rule: 'house(imports)' },
  {
    file: 'src/core/ways/e.ts',
    code: `import type { X } from '../../engine/x.js';\nexport type Y = X;\n`,
    rule: 'house(imports)',
  },
  { file: 'src/core/ways/f.ts', code: `export const x: unknown = require('../../engine/x.js');\n`, rule: 'house(imports)' },
  { file: 'src/core/ways/g.ts', code: `import '../../engine/x.js';\n`, rule: 'house(imports)' },
  {
    file: 'src/ui/keys.ts',
    code: `import * as vscode from 'vscode';\nvoid vscode.commands.executeCommand('setContext', 'a', 1);\n`,
    rule: 'house(set-context)',
    says: 'contextKeys.ts',
  },
  {
    file: 'src/ui/toast.ts',
    code: `import * as vscode from 'vscode';\nexport async function f(): Promise<void> {\n  await vscode.window.showErrorMessage('x');\n}\n`,
    rule: 'house(no-awaited-toast)',
  },
  { file: 'src/core/defaults.ts', code: `export default 1;\n`, rule: 'import(no-default-export)' },
  { file: 'src/ui/log.ts', code: `console.log('x');\n`, rule: 'eslint(no-console)' },
  { file: 'src/core/any.ts', code: `export const f = (x: any): unknown => x;\n`, rule: 'typescript(no-explicit-any)' },
  {
    file: 'src/core/typeImport.ts',
    code: `import { X } from './x.js';\nexport type Y = X;\n`,
    rule: 'typescript(consistent-type-imports)',
  },
  { file: 'src/core/barrel.ts', code: `export * from './x.js';\n`, rule: 'oxc(no-barrel-file)' },
  {
    file: 'src/core/swallow.ts',
    code: `export function f(g: () => void): void {\n  try {\n    g();\n  } catch {}\n}\n`,
    rule: 'eslint(no-empty)',
  },
  {
    file: 'src/core/floating.ts',
    code: `export function f(g: () => Promise<void>): void {\n  g();\n}\n`,
    rule: 'typescript(no-floating-promises)',
  },
  {
    file: 'src/core/returnAwait.ts',
    code: `export async function f(g: () => Promise<void>): Promise<void> {\n  try {\n    return g();\n  } catch (error) {\n    throw new Error('x', { cause: error });\n  }\n}\n`,
    rule: 'typescript(return-await)',
  },
  {
    file: 'src/core/misused.ts',
    code: `export function f(g: (h: () => void) => void, h: () => Promise<void>): void {\n  g(h);\n}\n`,
    rule: 'typescript(no-misused-promises)',
  },
  {
    file: 'src/core/exhaustive.ts',
    code: `export function f(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n      break;\n  }\n}\n`,
    rule: 'typescript(switch-exhaustiveness-check)',
  },
];

/** What the rules must leave alone. */
const allowed: readonly Pick<Case, 'file' | 'code'>[] = [
  { file: 'src/core/allowed/x.ts', code: `export const x = 1;\n` },
  { file: 'src/engine/allowed.ts', code: `import { x } from '../core/allowed/x.js';\nexport const y = x;\n` },
  { file: 'src/engine/launchEngine.ts', code: `import { join } from 'node:path';\nexport const y = join('a', 'b');\n` },
  { file: 'src/ui/allowed.ts', code: `import { y } from '../engine/launchEngine.js';\nexport const z = y;\n` },
  { file: 'src/engine/sharing/x.ts', code: `export const x = 1;\n` },
  { file: 'src/ui/joins.ts', code: `import { x } from '../engine/sharing/x.js';\nexport const z = x;\n` },
  { file: 'src/cli/allowed.ts', code: `import { y } from '../engine/allowed.js';\nconsole.log(y);\n` },
  { file: 'src/webview/allowed.ts', code: `import { x } from '../core/view/x.js';\nexport const y = x;\n` },
  { file: 'src/core/view/x.ts', code: `export const x = 1;\n` },
  {
    file: 'src/ui/platform/contextKeys.ts',
    code: `import * as vscode from 'vscode';\nvoid vscode.commands.executeCommand('setContext', 'a', 1);\n`,
  },
];

interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly filename: string;
}

const root = process.cwd();
let copy = '';
let diagnostics: readonly Diagnostic[] = [];

before(async () => {
  copy = await mkdtemp(join(tmpdir(), 's3b-layers-'));
  for (const file of [
    '.oxlintrc.json',
    'tsconfig.json',
    'src/core/tsconfig.json',
    'src/webview/tsconfig.json',
    'src/build/houseRules.mjs',
  ]) {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await cp(join(root, file), join(copy, file));
  }
  for (const { file, code } of [...banned, ...allowed]) {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await writeFile(join(copy, file), code);
  }
  const oxlint = join(dirname(createRequire(join(root, 'package.json')).resolve('oxlint/package.json')), 'bin', 'oxlint');
  const result = spawnSync(process.execPath, [oxlint, '--format=json'], {
    cwd: copy,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(result.status, 1, result.stderr);
  diagnostics = (JSON.parse(result.stdout) as { diagnostics: Diagnostic[] }).diagnostics;
});
after(() => rm(copy, { recursive: true, force: true }));

const found = (file: string, rule: string): readonly Diagnostic[] =>
  diagnostics.filter(({ filename, code }) => filename.replaceAll('\\', '/') === file && code === rule);

for (const { file, code, rule, says } of banned) {
  test(`${rule} ${file}: ${code.split('\n')[0]}`, () => {
    const hits = found(file, rule);
    assert.equal(hits.length > 0, true, `nothing said about:\n${code}`);
    if (says !== undefined) assert.match(hits.map(({ message }) => message).join('\n'), new RegExp(says));
  });
}

for (const { file } of allowed) {
  test(`allowed: ${file}`, () => {
    assert.deepEqual([...found(file, 'house(imports)'), ...found(file, 'house(set-context)')], []);
  });
}
