import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type WalkEntry, type WalkOptions, walkFolders } from '../../../../src/ui/platform/walkFolders.js';

const tree: Record<string, WalkEntry[]> = {
  '': [
    { name: 'a', kind: 'folder' },
    { name: 'node_modules', kind: 'folder' },
    { name: 'template.yaml', kind: 'file' },
    { name: 'link', kind: 'other' },
  ],
  a: [
    { name: 'template.yaml', kind: 'file' },
    { name: 'other.txt', kind: 'file' },
    { name: 'deep', kind: 'folder' },
  ],
  'a/deep': [{ name: 'template.yaml', kind: 'file' }],
  node_modules: [{ name: 'template.yaml', kind: 'file' }],
};

function options(changes: Partial<WalkOptions> = {}): WalkOptions {
  return {
    list: (path) => Promise.resolve(tree[path] ?? []),
    isWanted: (path) => path.split('/').at(-1) === 'template.yaml',
    skippedFolders: new Set(['node_modules']),
    maxDepth: 8,
    maxFolders: 100,
    ...changes,
  };
}

test('wanted files, nearest first, without skipped folders and links', async () => {
  assert.deepEqual(await walkFolders(options()), ['template.yaml', 'a/template.yaml', 'a/deep/template.yaml']);
});

test('it ends at its limits', async () => {
  assert.deepEqual(await walkFolders(options({ maxDepth: 1 })), ['template.yaml', 'a/template.yaml']);
  assert.deepEqual(await walkFolders(options({ maxFolders: 1 })), ['template.yaml']);
});
