import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createLock, isDead, livingHolder, newHolder, readLock, removeLock } from '../../../src/engine/sharing/heldFile.js';
import { withFileLock } from '../../../src/ui/ledger/fileLock.js';
import { temporaryFolder } from '../../support/engineHarness.js';
import { runProgram } from '../../support/program.js';

const source = (path: string): string => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);

/** Says on standard output when another was inside at the same time: the file `inside` names who is, and outlives only the dead. */
const alone = `
  import { readFileSync, rmSync, writeFileSync } from 'node:fs';
  import { newHolder } from ${source('engine/sharing/heldFile.js')};
  import { isAlive } from ${source('engine/sharing/lockFile.js')};
  const enter = () => {
    const me = JSON.stringify(newHolder());
    try { writeFileSync(inside, me, { flag: 'wx' }); return; } catch {}
    let other;
    try { other = JSON.parse(readFileSync(inside, 'utf8')); } catch {}
    if (other !== undefined && isAlive(other)) console.log('not alone: ' + other.pid);
    writeFileSync(inside, me);
  };
  const leave = () => rmSync(inside, { force: true });
  const moment = (ms) => new Promise((resolve) => setTimeout(resolve, Math.random() * ms));`;

const workers = 6;

async function runAll(program: string, args: (worker: number) => readonly string[]): Promise<string[]> {
  const ended = await Promise.all(
    Array.from({ length: workers }, (_, worker) =>
      runProgram(process.execPath, ['--input-type=module', '-e', program, ...args(worker)]),
    ),
  );
  return ended.map(({ stdout, stderr }) => {
    assert.equal(stderr, '');
    return stdout;
  });
}

test('however many processes find the lock of a dead one, one at a time has it, and those that die in it hold up nobody', async (t) => {
  const folder = await temporaryFolder(t);
  const lock = join(folder, 'work.lock');
  await writeFile(join(folder, 'count'), '0');
  const program = `${alone}
    import { withFileLock } from ${source('ui/ledger/fileLock.js')};
    const [folder, lock] = process.argv.slice(-2);
    const inside = folder + '/inside';
    for (let done = 0; done < 25; done += 1) {
      await withFileLock(lock, async () => {
        enter();
        const count = Number(readFileSync(folder + '/count', 'utf8'));
        await moment(4);
        writeFileSync(folder + '/count', String(count + 1));
        console.log('done');
        // Of a process that is killed nothing more happens: what it has written is flushed, the lock stays.
        if (done > 5 && Math.random() < 0.05) process.kill(process.pid, 'SIGKILL');
        leave();
      });
    }`;
  const said = (await runAll(program, () => [folder, lock])).join('');
  assert.doesNotMatch(said, /not alone/);
  // A line that a killed process did not get out is counted all the same.
  const count = Number(await readFile(join(folder, 'count'), 'utf8'));
  const told = said.split('done').length - 1;
  assert.ok(count >= told && count <= told + workers, `${count} times, ${told} told`);
  await withFileLock(lock, async () => undefined);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith('work.lock')),
    [],
  );
});

test('of engines that find the same dead lock at the same instant one gets the folder, many times over', async (t) => {
  const folder = await temporaryFolder(t);
  const program = `${alone}
    import { lockDirectory } from ${source('engine/directoryLock.js')};
    const [folder] = process.argv.slice(-1);
    const inside = folder + '.inside';
    for (let round = 0; round < 25; round += 1) {
      // What a killed engine leaves.
      try { writeFileSync(folder + '/engine.lock', JSON.stringify({ pid: 2 ** 30, instance: String(Math.random()) }), { flag: 'wx' }); } catch {}
      try {
        const held = await lockDirectory(folder);
        enter();
        let isLost = false;
        void held.lost.then(() => { isLost = true; });
        await moment(4);
        if (isLost) console.log('not alone: lost');
        leave();
        console.log('held');
        await held.release();
      } catch (error) {
        if (error.code !== 'DataDirectoryInUse') throw error;
      }
      await moment(4);
    }`;
  const said = (await runAll(program, () => [folder])).join('');
  assert.doesNotMatch(said, /not alone/);
  assert.ok(said.split('held').length > workers, said);
});

/** A process that takes a lock and is then stopped or killed with it. */
async function holderOf(t: TestContext, lock: string, then: string): Promise<ChildProcess> {
  const program = `
    import { createLock, newHolder } from ${source('engine/sharing/heldFile.js')};
    await createLock(process.argv.at(-1), newHolder());
    console.log('taken');
    ${then}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, lock], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('a process that died while it removed a dead lock holds up nobody', async (t) => {
  const lock = join(await temporaryFolder(t), 'work.lock');
  const killed = await holderOf(t, lock, 'setInterval(() => undefined, 1000);');
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const dead = await readLock(lock);
  assert.ok(dead !== undefined && (await isDead(lock, dead)));
  const remover = await holderOf(t, `${lock}.${dead.identity}`, 'setInterval(() => undefined, 1000);');
  // While it lives it is left to it.
  assert.equal(await removeLock(lock, dead.identity), false);
  assert.deepEqual(await readLock(lock), dead);
  remover.kill('SIGKILL');
  await once(remover, 'exit');
  assert.equal(await withFileLock(lock, async () => 'done'), 'done');
  assert.equal(await readLock(lock), undefined);
});

test('a lock that has come in place of the dead one is not removed', async (t) => {
  const lock = join(await temporaryFolder(t), 'work.lock');
  await writeFile(lock, '{"pid":');
  const dead = await readLock(lock);
  assert.ok(dead !== undefined);
  const removed = await Promise.all([removeLock(lock, dead.identity), removeLock(lock, dead.identity)]);
  assert.equal(removed.filter(Boolean).length, 1);
  const mine = newHolder();
  assert.ok(await createLock(lock, mine));
  assert.equal(await removeLock(lock, dead.identity), false);
  assert.equal((await livingHolder(lock))?.instance, mine.instance);
});

test('who stood still for too long does its work again, with what others did meanwhile', async (t) => {
  const lock = join(await temporaryFolder(t), 'work.lock');
  const seen: string[] = [];
  let value = 'old';
  await withFileLock(lock, async (held) => {
    const read = value;
    if (seen.length === 0) {
      seen.push('stands still');
      await withFileLock(
        lock,
        async () => {
          value = 'of the other';
        },
        50,
      );
    }
    await held.check();
    seen.push(read);
    value = `${read}, and mine`;
  });
  assert.deepEqual(seen, ['stands still', 'of the other']);
  assert.equal(value, 'of the other, and mine');
});
