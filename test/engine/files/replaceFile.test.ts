import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { errorCode } from '../../../src/base/errors.js';
import { createFile, replaceFile } from '../../../src/files/replaceFile.js';

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-replace-'));
});

after(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('createFile', () => {
  test('writes a new file and nothing else', async () => {
    const path = join(folder, 'new.csv');
    await createFile(path, async (write) => {
      await write('a,');
      await write(Buffer.from('b\n'));
      assert.deepEqual((await readdir(folder)).includes('new.csv'), false);
    });
    assert.equal(await readFile(path, 'utf8'), 'a,b\n');
    assert.deepEqual(await readdir(folder), ['new.csv']);
    await rm(path);
  });

  test('leaves what is there, also what comes meanwhile', async () => {
    const path = join(folder, 'mine.csv');
    const late = createFile(path, async (write) => {
      await write('theirs');
      await writeFile(path, 'mine');
    });
    await assert.rejects(late, (error) => errorCode(error) === 'FileExists');
    await assert.rejects(
      createFile(path, () => Promise.resolve()),
      (error) => errorCode(error) === 'FileExists',
    );
    assert.equal(await readFile(path, 'utf8'), 'mine');
    assert.deepEqual(await readdir(folder), ['mine.csv']);
  });
});

test('replaceFile keeps the old content when the new can not be made', async () => {
  const path = join(folder, 'old.csv');
  await writeFile(path, 'old');
  const failing = replaceFile(path, async (write) => {
    await write('new');
    throw new Error('no more');
  });
  await assert.rejects(failing, /no more/);
  assert.equal(await readFile(path, 'utf8'), 'old');
});
