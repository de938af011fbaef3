import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';

/**
 * What pre-commit does with `language: node`: it clones the repository, runs `npm install` and `npm pack` in it, takes all that `npm pack`
 * prints for the name of the package, installs that package and runs the hook's entry.
 */
const npm = async (args: readonly string[], cwd: string): Promise<string> =>
  (await promisify(execFile)('npm', args, { cwd })).stdout;

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly language: string;
  readonly files: string;
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies?: object;
}

let folder: string;
let manifest: Package;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-hook-'));
  manifest = JSON.parse(await readFile('package.json', 'utf8')) as Package;
  await mkdir(join(folder, 'dist'));
  for (const file of ['.npmrc', '.npmignore', 'README.md', 'LICENSE']) await copyFile(file, join(folder, file));
  // The build that the package has, but one that is over at once.
  const prepack = `node -e "console.log('built'), console.error('built')"`;
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, scripts: { ...manifest.scripts, prepack } }));
  for (const name of ['dist/cli.js', 'dist/cli.js.map', 'secret.txt']) await writeFile(join(folder, name), '');
});

after(() => rm(folder, { recursive: true, force: true }));

describe('the pre-commit hook', () => {
  test('npm pack builds, and prints the name of the package and nothing else', async () => {
    assert.ok(manifest.scripts['prepack'] !== undefined);
    assert.equal(await npm(['pack'], folder), `${manifest.name}-${manifest.version}.tgz\n`);
  });

  test('the package holds the command and needs no other', async () => {
    const [pack] = JSON.parse(await npm(['pack', '--json', '--ignore-scripts'], folder)) as { files: { path: string }[] }[];
    const paths = pack?.files.map((file) => file.path).toSorted();
    assert.deepEqual(paths, ['LICENSE', 'README.md', 'dist/cli.js', 'package.json']);
    assert.equal(manifest.dependencies, undefined);
  });

  test('its entry is the command, and its files are named like manifests', async () => {
    const [hook] = parse(await readFile('.pre-commit-hooks.yaml', 'utf8')) as Hook[];
    assert.ok(hook !== undefined);
    const [command, subcommand] = hook.entry.split(' ');
    assert.deepEqual([manifest.bin[command ?? ''], subcommand, hook.language], ['./dist/cli.js', 'lint', 'node']);
    const files = new RegExp(hook.files);
    const isChecked = (path: string): boolean => files.test(path);
    for (const path of ['manifest.csv', 'jobs/manifest-2.csv', 'a/x.manifest.csv', 'x-manifest.csv.gz'])
      assert.ok(isChecked(path), path);
    for (const path of ['data.csv', 'manifest.json', 'manifest/data.csv', 'manifest.csv.bak']) assert.ok(!isChecked(path), path);
  });
});
