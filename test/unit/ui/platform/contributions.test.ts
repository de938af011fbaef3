import assert from 'node:assert/strict';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allRules } from '../../../../src/core/manifest/rules/allRules.js';
import { Command, hasTypeOfEveryCommand } from '../../../../src/ui/platform/commandTypes.js';
import { contextKeyIds } from '../../../../src/ui/platform/contextKeyTypes.js';
import { jobAbilities } from '../../../../src/ui/platform/jobContextValue.js';
import { settingIds, settingTable } from '../../../../src/ui/platform/settingTable.js';

// What package.json promises and what the code does, held equal both ways.

interface MenuItem {
  command?: string;
  submenu?: string;
  when?: string;
}
interface Contributes {
  commands: { command: string; title: string; category: string; enablement?: string }[];
  menus: Record<string, MenuItem[]>;
  submenus: { id: string; label: string }[];
  views: Record<string, { id: string; icon: string }[]>;
  viewsContainers: { activitybar: { id: string; icon: string }[] };
  viewsWelcome: { view: string; contents: string; when: string }[];
  configuration: {
    properties: Record<string, { default: unknown; enum?: unknown[]; scope: string; minimum?: number; maximum?: number }>;
  }[];
  snippets?: { path: string }[];
}
interface Package {
  contributes: Contributes;
  activationEvents: string[];
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  l10n: string;
}

const root = process.cwd();
const packageText = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(packageText) as Package;
const { contributes } = manifest;
const nls = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;

function sorted(items: Iterable<string>): string[] {
  return [...new Set(items)].toSorted();
}

function whenClauses(): string[] {
  const clauses = [
    ...Object.values(contributes.menus).flatMap((items) => items.map((item) => item.when)),
    ...contributes.viewsWelcome.map((welcome) => welcome.when),
    ...contributes.commands.map((command) => command.enablement),
  ];
  return clauses.filter((clause) => clause !== undefined);
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

test('every command is contributed, and every contributed command exists', () => {
  assert.equal(hasTypeOfEveryCommand, true);
  assert.deepEqual(sorted(contributes.commands.map((item) => item.command)), sorted(Object.values(Command)));
});

test('every command is registered exactly once', () => {
  const source = sourceFiles(join(root, 'src', 'ui')).map((file) => readFileSync(file, 'utf8'));
  const registered = source.flatMap((text) => [...text.matchAll(/\bregister\(\s*Command\.(\w+)/g)].map((match) => match[1]));
  assert.deepEqual(registered.length, new Set(registered).size, `registered twice: ${sorted(registered.map(String)).join(', ')}`);
  assert.deepEqual(sorted(registered.map(String)), sorted(Object.keys(Command)));
});

test('commands are in the category S3 Batch and menus name only known commands', () => {
  const known = new Set<string>(Object.values(Command));
  const submenus = new Set(contributes.submenus.map(({ id }) => id));
  for (const id of submenus) assert.ok(contributes.menus[id] !== undefined, `the submenu ${id} has no items`);
  for (const item of contributes.commands) assert.equal(item.category, 'S3 Batch', item.command);
  for (const [menu, items] of Object.entries(contributes.menus)) {
    for (const { command, submenu } of items) {
      const isKnown = submenu === undefined ? command !== undefined && known.has(command) : submenus.has(submenu);
      assert.ok(isKnown, `${menu}: ${command ?? submenu}`);
    }
  }
});

test('every setting is contributed with the default of the table, and every contributed setting is in the table', () => {
  const properties = Object.assign(
    {},
    ...contributes.configuration.map((section) => section.properties),
  ) as Contributes['configuration'][0]['properties'];
  assert.deepEqual(sorted(Object.keys(properties)), sorted(settingIds));
  for (const id of settingIds) {
    const property = properties[id];
    assert.ok(property !== undefined);
    const setting = settingTable[id];
    assert.deepEqual(property.default, setting.default, id);
    assert.deepEqual(setting.parse(property.default), property.default, `${id}: its default is acceptable`);
    for (const value of property.enum ?? []) assert.equal(setting.parse(value), value, `${id}: ${String(value)}`);
    if (property.enum !== undefined) assert.equal(setting.parse('no such choice'), undefined, id);
    if (property.minimum !== undefined) {
      assert.equal(setting.parse(property.minimum), property.minimum, id);
      assert.equal(setting.parse(property.minimum - 1), undefined, id);
    }
    if (property.maximum !== undefined) {
      assert.equal(setting.parse(property.maximum), property.maximum, id);
      assert.equal(setting.parse(property.maximum + 1), undefined, id);
    }
    assert.ok(['resource', 'window', 'machine-overridable'].includes(property.scope), `${id}: scope ${property.scope}`);
  }
});

test('settings that name paths or commands are restricted in untrusted workspaces', () => {
  const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
  const paths = settingIds.filter((id) => /Directory$|\.python$|\.templates$|\.functions$|\.targets$/.test(id));
  assert.deepEqual(sorted(restricted), sorted(paths));
});

test('when clauses use our context keys and no other of ours; every key is used', () => {
  const used = whenClauses().flatMap((clause) => [...clause.matchAll(/\bs3batch\.\w+/g)].map((match) => match[0]));
  const views = new Set(Object.values(contributes.views).flatMap((items) => items.map((item) => item.id)));
  assert.deepEqual(sorted(used.filter((name) => !views.has(name))), sorted(contextKeyIds));
});

test('menus of tree items look for the abilities of a job, all of them', () => {
  const words = whenClauses().flatMap((clause) =>
    [...clause.matchAll(/viewItem =~ \/\\b(\w+)\\b\//g)].map((match) => match[1] ?? ''),
  );
  assert.deepEqual(sorted(words), sorted(jobAbilities));
});

test('views, their containers and their icons exist', () => {
  const containers = contributes.viewsContainers.activitybar;
  assert.deepEqual(
    containers.map((item) => item.id),
    Object.keys(contributes.views),
  );
  const views = Object.values(contributes.views).flat();
  for (const item of [...containers, ...views]) assert.ok(existsSync(join(root, item.icon)), item.icon);
  for (const welcome of contributes.viewsWelcome) assert.ok(views.some((view) => view.id === welcome.view));
  for (const welcome of contributes.viewsWelcome) {
    const text = nls[welcome.contents.replaceAll('%', '')] ?? '';
    for (const [, command] of text.matchAll(/\(command:(s3batch\.[\w.]+)\)/g)) {
      assert.ok(Object.values<string>(Command).includes(command ?? ''), command);
    }
  }
});

test('snippet files exist', () => {
  for (const snippet of contributes.snippets ?? []) assert.ok(existsSync(join(root, snippet.path)), snippet.path);
});

test('package.nls.json holds every key that package.json uses, and no other', () => {
  const used = [...packageText.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? '');
  assert.deepEqual(sorted(used), sorted(Object.keys(nls)));
  for (const [key, text] of Object.entries(nls)) assert.notEqual(text.trim(), '', key);
});

test('activation: views and commands activate by themselves, and nothing starts with VS Code', () => {
  const allowed = /^(onLanguage:|onWebviewPanel:s3batch\.|onDebugResolve:s3batch$|onDebugInitialConfigurations$)/;
  for (const event of manifest.activationEvents) assert.match(event, allowed, event);
});

/** Strings given to l10n.t in src/ui, src/extension.ts and, where the localizer is an argument, in src/core. A string that is not a literal can't be translated. */
function localizedStrings(): string[] {
  const files = [
    ...['ui', 'core'].flatMap((folder) => sourceFiles(join(root, 'src', folder))),
    join(root, 'src', 'extension.ts'),
  ];
  return files.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/\bl10n\.t\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|)/g)].map((match) => {
      const literal = match[1] ?? '';
      assert.notEqual(literal, '', `${file}: l10n.t needs a string literal, near "${text.slice(match.index, match.index + 60)}"`);
      return literal.slice(1, -1).replaceAll(/\\(.)/g, '$1');
    });
  });
}

test('l10n/bundle.l10n.json holds every localized string, and no other', async () => {
  const file = join(root, manifest.l10n, 'bundle.l10n.json');
  const expected = Object.fromEntries(sorted(localizedStrings()).map((text) => [text, text]));
  if (process.env['UPDATE_L10N'] !== undefined) {
    const { writeFile } = await import('node:fs/promises');
    await writeFile(file, `${JSON.stringify(expected, null, 2)}\n`);
  }
  const bundle = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  assert.deepEqual(bundle, expected, 'run: UPDATE_L10N=1 npm run test:unit -- contributions');
});

test('the setting of severities knows every rule and the severity that it has by itself', () => {
  const properties = Object.assign({}, ...contributes.configuration.map((section) => section.properties)) as Record<
    string,
    { properties?: Record<string, { default: string }> }
  >;
  const listed = properties['s3batch.manifest.rules']?.properties ?? {};
  const severities = Object.entries(listed).map(([rule, schema]) => [rule, schema.default]);
  assert.deepEqual(Object.fromEntries(severities), Object.fromEntries(allRules.map((rule) => [rule.id, rule.severity])));
});
