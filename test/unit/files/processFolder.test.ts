import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { processFolder, removeAbandonedFolders } from '../../../src/files/processFolder.js';

test('folders of processes that are gone are removed, those of others and all else stay', async () => {
  const parent = await mkdtemp(join(tmpdir(), 's3batch-folders-'));
  try {
    const gone = spawnSync(process.execPath, ['--version']).pid;
    const own = processFolder(parent);
    const abandoned = own.replace(`${process.pid}-`, `${gone}-`);
    for (const folder of [own, abandoned, join(parent, 'mine')]) {
      await mkdir(folder);
      await writeFile(join(folder, 'f.csv'), 'x');
    }
    await removeAbandonedFolders(parent);
    assert.deepEqual((await readdir(parent)).toSorted(), [basename(own), 'mine'].toSorted());
    await removeAbandonedFolders(join(parent, 'none'));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
});
