import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { commands } from '../../src/cli/commands.js';
import { allRules } from '../../src/core/manifest/rules/allRules.js';
import { runInProcess } from '../support/cliInProcess.js';
import { repositoryRoot } from '../support/sampleEngine.js';

interface Setting {
  readonly default: unknown;
}
interface Package {
  readonly scripts: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly title: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
  };
}

const text = async (path: string): Promise<string> => await readFile(join(repositoryRoot, path), 'utf8');
const readme = await text('README.md');
const manifest = JSON.parse(await text('package.json')) as Package;
const words = JSON.parse(await text('package.nls.json')) as Record<string, string>;
const shown = JSON.parse(await text('l10n/bundle.l10n.json')) as Record<string, unknown>;

/** Cells of the tables, without the lines that only draw them. */
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\|[ |-]+$/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
const codeIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

test('the README lists every setting, with its default', () => {
  const settings = new Map(manifest.contributes.configuration.flatMap(({ properties }) => Object.entries(properties)));
  const listed = new Map(rows.flatMap(([name = '', value = '']) => codeIn(name).map((code) => [code, value] as const)));
  const named = [...listed.keys()].filter((name) => name.startsWith('s3batch.'));
  assert.deepEqual(named.toSorted(), [...settings.keys()].toSorted());
  for (const [name, setting] of settings) {
    const said = codeIn(listed.get(name) ?? '');
    const value = setting.default;
    // What stands for an empty default is said in words.
    if (value === '' || (Array.isArray(value) && value.length === 0)) continue;
    const isAmounts = name === 's3batch.jobs.confirmAbove';
    const { objects, cost } = (isAmounts ? value : {}) as { objects?: number; cost?: number };
    const expected = isAmounts
      ? [objects?.toLocaleString('en'), String(cost)]
      : Array.isArray(value)
        ? value.map(String)
        : [typeof value === 'string' ? value : JSON.stringify(value)];
    assert.deepEqual(said, expected, name);
  }
});

test('the README lists every command of s3batch, with options that it has', async () => {
  const found = new Set<string>();
  for (const [line = '', what = ''] of rows.filter(([cell]) => cell?.startsWith('`s3batch ') === true)) {
    const [first = '', ...more] = codeIn(line);
    const [, name = '', second = ''] = first.split(' ');
    const subcommands = name === 'manifest' ? [second, ...more] : [undefined];
    found.add(name);
    for (const subcommand of subcommands) {
      const args = subcommand === undefined ? [name] : [name, subcommand];
      const help = await runInProcess([...args, '--help'], repositoryRoot);
      assert.equal(help.code, 0, args.join(' '));
      for (const [option] of `${line} ${what}`.matchAll(/--[a-z][a-z-]*/g)) {
        assert.ok(new RegExp(`${option}(?![a-z-])`).test(help.stdout), `${args.join(' ')} has no ${option}`);
      }
    }
    for (const subcommand of subcommands) if (subcommand !== undefined) found.add(`manifest ${subcommand}`);
  }
  for (const { name } of commands) assert.ok(found.has(name), name);
  const all = (await runInProcess(['manifest', '--help'], repositoryRoot)).stdout.matchAll(/^ {2}([a-z-]+) /gm);
  for (const [, name] of all) assert.ok(found.has(`manifest ${name}`), `manifest ${name}`);
});

test('what the README calls a command in the editor is one', () => {
  const titles = new Set(manifest.contributes.commands.map(({ title }) => words[title.replaceAll('%', '')] ?? title));
  for (const [, bold = ''] of readme.replaceAll('\n', ' ').matchAll(/\*\*([^*]+)\*\*/g)) {
    // A sentence is a heading or the promise.
    if (bold.endsWith('.') || bold === 'S3 Batch > Jobs') continue;
    const name = bold.replace(/^S3 Batch: /, '');
    assert.ok(titles.has(name) || Object.hasOwn(shown, name), name);
  }
});

test('numbers, scripts, links and pictures of the README', async () => {
  assert.match(readme, new RegExp(`All ${allRules.length} rules`));
  for (const [, script = ''] of readme.matchAll(/npm run ([a-z:0-9-]+)/g)) {
    if (script !== '') assert.ok(Object.hasOwn(manifest.scripts, script), script);
  }
  for (const [, path = ''] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) await access(join(repositoryRoot, path));
});
