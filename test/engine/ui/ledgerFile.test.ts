import assert from 'node:assert/strict';
import { appendFile, chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type LedgerEntry, ledgerLine, readLedger } from '../../../src/core/ledger/ledger.js';
import { LedgerFile } from '../../../src/ui/ledger/ledgerFile.js';
import { injectFault } from '../../fakes/faultyFiles.js';
import { runProgram } from '../../support/program.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 's3batch-ledger-'))));
afterEach(async () => await rm(folder, { recursive: true, force: true }));

const entry = (jobId: string, status: LedgerEntry['job']['Status'] = 'Active'): LedgerEntry => ({
  targetId: 'local',
  targetLabel: 'Local',
  region: 'us-east-1',
  jobId,
  seenAt: '2026-11-22T00:00:00.000Z',
  job: { JobId: jobId, Status: status },
});
const file = (): string => join(folder, 'jobs.jsonl');

describe('LedgerFile', () => {
  it('keeps jobs for the next window, writes only news, and is deleted at any time', async () => {
    const ledger = new LedgerFile(folder);
    await ledger.note([entry('a'), entry('b')]);
    await ledger.note([entry('a')]);
    await ledger.note([entry('a', 'Complete')]);
    assert.equal((await readFile(file(), 'utf8')).trim().split('\n').length, 3);
    const next = new LedgerFile(folder);
    assert.deepEqual((await next.entries()).map(({ jobId, job }) => `${jobId} ${job.Status}`).toSorted(), [
      'a Complete',
      'b Active',
    ]);
    await next.deleteAll();
    assert.deepEqual(await next.entries(), []);
    await next.note([entry('c')]);
    assert.equal((await next.entries()).length, 1);
  });

  it('goes on after a line that a crash cut off', async () => {
    await writeFile(file(), ledgerLine(entry('a')) + ledgerLine(entry('b')).slice(0, 30));
    const ledger = new LedgerFile(folder);
    await ledger.note([entry('b'), entry('c')]);
    assert.equal((await new LedgerFile(folder).entries()).length, 3);
  });

  it('is written anew when most of it is outdated, and leaves nothing behind', async () => {
    await appendFile(
      file(),
      Array.from({ length: 2000 }, (_, n) => ledgerLine(entry('a', n % 2 === 0 ? 'Active' : 'Paused'))).join(''),
    );
    const ledger = new LedgerFile(folder);
    await ledger.note([entry('b')]);
    assert.equal((await readFile(file(), 'utf8')).trim().split('\n').length, 2);
    assert.deepEqual(await readdir(folder), ['jobs.jsonl']);
  });

  it('takes the lines of several windows', async () => {
    const windows = [new LedgerFile(folder), new LedgerFile(folder), new LedgerFile(folder)];
    await Promise.all(
      windows.flatMap((ledger, index) => Array.from({ length: 20 }, (_, n) => ledger.note([entry(`${index}-${n}`)]))),
    );
    assert.equal((await windows[0]!.entries()).length, 60);
  });

  it(
    'tries again what could not be written',
    { skip: process.getuid?.() === 0 ? 'root may write anywhere' : false },
    async () => {
      const ledger = new LedgerFile(folder);
      await chmod(folder, 0o500);
      await assert.rejects(ledger.note([entry('a')]));
      await chmod(folder, 0o700);
      await ledger.note([entry('a')]);
      assert.equal((await ledger.entries()).length, 1);
    },
  );

  it('loses nothing but what could not be written when the disk is full, also in the middle of a line', async () => {
    const ledger = new LedgerFile(folder);
    await ledger.note([entry('a')]);
    const fault = await injectFault({ kind: 'write', code: 'ENOSPC', at: 0, times: 1, path: 'jobs.jsonl' });
    try {
      await assert.rejects(ledger.note([entry('b')]), { code: 'ENOSPC' });
      assert.equal(fault.hits, 1);
    } finally {
      fault.remove();
    }
    // What a disk takes before it is full.
    await appendFile(file(), ledgerLine(entry('b')).slice(0, 25));
    await ledger.note([entry('b'), entry('c')]);
    assert.deepEqual((await ledger.entries()).map(({ jobId }) => jobId).toSorted(), ['a', 'b', 'c']);
    assert.deepEqual(await readdir(folder), ['jobs.jsonl'], 'no lock and no half file stay behind');
  });

  it('stays as it was when it can not be written anew', async () => {
    const ledger = new LedgerFile(folder);
    await ledger.note([entry('a'), entry('b')]);
    for (const kind of ['sync', 'rename'] as const) {
      const fault = await injectFault({ kind, code: 'ENOSPC', at: 0, times: 1, path: 'jobs.jsonl' });
      try {
        await assert.rejects(ledger.deleteJob({ targetId: 'local', jobId: 'a' }), { code: 'ENOSPC' });
        assert.equal(fault.hits, 1);
      } finally {
        fault.remove();
      }
    }
    assert.equal((await ledger.entries()).length, 2);
    assert.deepEqual(await readdir(folder), ['jobs.jsonl']);
  });

  it('deletes one job for good: nothing of it stays in the file, and no window writes it down again', async () => {
    const [one, other] = [new LedgerFile(folder), new LedgerFile(folder)];
    await one.note([entry('secret'), entry('b')]);
    await other.note([entry('secret'), entry('b')]);
    await one.deleteJob({ targetId: 'local', jobId: 'secret' });
    assert.doesNotMatch(await readFile(file(), 'utf8'), /seenAt.*secret|secret.*seenAt/);
    for (const ledger of [one, other, new LedgerFile(folder)]) await ledger.note([entry('secret', 'Complete'), entry('c')]);
    assert.doesNotMatch(await readFile(file(), 'utf8'), /seenAt.*secret|secret.*seenAt/);
    assert.deepEqual((await new LedgerFile(folder).entries()).map(({ jobId }) => jobId).toSorted(), ['b', 'c']);
    await one.deleteAll();
    await one.note([entry('secret')]);
    assert.equal((await one.entries()).length, 1, 'with everything goes what was deleted');
  });

  it('does not grow without end while a window stays open', async () => {
    const ledger = new LedgerFile(folder);
    let most = 0;
    for (let round = 0; round < 1200; round += 1) {
      await ledger.note([entry('a', round % 2 === 0 ? 'Active' : 'Paused')]);
      if (round % 100 === 0) most = Math.max(most, (await stat(file())).size);
    }
    assert.ok(most < 1100 * ledgerLine(entry('a', 'Active')).length, `${most} bytes`);
    assert.ok((await readFile(file(), 'utf8')).split('\n').length < 300);
  });

  it('takes what processes write at the same time, while another one writes it anew', async () => {
    const lines = 60;
    const program = `
      import { LedgerFile } from ${JSON.stringify(new URL('../../../src/ui/ledger/ledgerFile.js', import.meta.url).href)};
      const [folder, name] = process.argv.slice(-2);
      const ledger = new LedgerFile(folder);
      const entry = (jobId) => ({ targetId: 't', targetLabel: 'T', region: 'r', jobId, seenAt: '', job: { JobId: jobId, Status: 'Active' }, pad: 'x'.repeat(20000) });
      for (let n = 0; n < ${lines}; n += 1) {
        await ledger.note([entry(name + n)]);
        if (name === 'a' && n % 5 === 0) await ledger.deleteJob({ targetId: 't', jobId: 'gone' + n });
      }`;
    const names = ['a', 'b', 'c'];
    const ended = await Promise.all(
      names.map((name) => runProgram(process.execPath, ['--input-type=module', '-e', program, folder, name])),
    );
    for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
    const read = readLedger(await readFile(file(), 'utf8'));
    assert.equal(read.unreadable, 0);
    assert.equal(read.entries.size, names.length * lines);
  });

  it('does not wait for a window that died while it wrote', async () => {
    // Later than now, when the clock was set back since.
    for (const [jobId, afterMs] of [
      ['a', -60_000],
      ['b', 60_000],
    ] as const) {
      await writeFile(`${file()}.lock`, '');
      const time = new Date(Date.now() + afterMs);
      await utimes(`${file()}.lock`, time, time);
      await new LedgerFile(folder).note([entry(jobId)]);
      assert.deepEqual(await readdir(folder), ['jobs.jsonl']);
    }
  });
});
