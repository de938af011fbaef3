import assert from 'node:assert/strict';
import { appendFile, chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type LedgerEntry, ledgerLine } from '../../../src/core/ledger/ledger.js';
import { LedgerFile } from '../../../src/ui/ledger/ledgerFile.js';

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
});
