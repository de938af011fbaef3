import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RememberedFiles, type Store } from '../../../../src/ui/lint/rememberedFiles.js';

function memory(): Store {
  const values = new Map<string, unknown>();
  return {
    get: (key) => values.get(key),
    update: (key, value) => {
      values.set(key, structuredClone(value));
      return Promise.resolve();
    },
  };
}

test('what was said is still known after a restart, both ways', async () => {
  const store = memory();
  const files = new RememberedFiles(store);
  await files.set('file:///w/keys.csv', true);
  await files.set('file:///w/manifest.csv', false);
  const later = new RememberedFiles(store);
  assert.equal(later.get('file:///w/keys.csv'), true);
  assert.equal(later.get('file:///w/manifest.csv'), false);
  assert.equal(later.get('file:///w/other.csv'), undefined);
});

test('it follows renames of the file and of its folder', async () => {
  const store = memory();
  const files = new RememberedFiles(store);
  await files.set('file:///w/a/keys.csv', true);
  await files.rename('file:///w/a/keys.csv', 'file:///w/a/list.csv');
  await files.rename('file:///w/a', 'file:///w/b');
  await files.rename('file:///w/b/li', 'file:///w/no');
  assert.equal(new RememberedFiles(store).get('file:///w/b/list.csv'), true);
  assert.equal(files.get('file:///w/a/keys.csv'), undefined);
});

test('a store that holds something else is as good as an empty one', () => {
  const store = memory();
  void store.update('manifest.remembered', { broken: true });
  assert.equal(new RememberedFiles(store).get('x'), undefined);
});
