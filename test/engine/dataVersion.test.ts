import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { migrateData } from '../../src/engine/dataVersion.js';
import { startEngine } from '../../src/engine/startEngine.js';

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 's3batch-version-'));
  t.after(() => rm(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}

test('an engine writes the version of its data, takes data without one, and refuses that of a later engine', async (t) => {
  const data = await folder(t);
  const first = await startEngine({ dataDirectory: data });
  await first.store.createBucket('kept');
  await first.close();
  assert.deepEqual(JSON.parse(await readFile(join(data, 'version.json'), 'utf8')), { layout: 1 });
  // As engines left it before there was a version.
  await rm(join(data, 'version.json'));
  const second = await startEngine({ dataDirectory: data });
  assert.equal(await second.store.hasBucket('kept'), true);
  await second.close();

  await writeFile(join(data, 'version.json'), '{"layout":99}');
  await assert.rejects(startEngine({ dataDirectory: data }), { code: 'DataTooNew' });
  await writeFile(join(data, 'version.json'), '{"lay');
  await assert.rejects(startEngine({ dataDirectory: data }), { code: 'DataVersionUnreadable' });
  assert.equal(await readFile(join(data, 'version.json'), 'utf8'), '{"lay');
  // Refused engines leave no lock behind.
  await rm(join(data, 'version.json'));
  await (await startEngine({ dataDirectory: data })).close();
});

test('migrations run in order, from where the data stands; a failed one is tried again', async (t) => {
  const data = await folder(t);
  const ran: number[] = [];
  let fails = true;
  const steps = [0, 1, 2].map((step) => async () => {
    ran.push(step);
    if (step === 1 && fails) throw new Error('no space');
    return Promise.resolve();
  });
  await assert.rejects(migrateData(data, undefined, steps), /no space/);
  fails = false;
  await migrateData(data, undefined, steps);
  await migrateData(data, undefined, steps);
  assert.deepEqual(ran, [0, 1, 1, 2]);
});
