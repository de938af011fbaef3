import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isNews, type LedgerEntry, ledgerEntry, ledgerLine, readLedger } from '../../../../src/core/ledger/ledger.js';
import { ledgerCsv } from '../../../../src/core/ledger/ledgerCsv.js';

const entry = (jobId: string, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  targetId: 'local',
  targetLabel: 'Local',
  region: 'us-east-1',
  jobId,
  seenAt: '2026-11-22T00:00:00.000Z',
  job: { JobId: jobId, Status: 'Active' },
  ...more,
});

describe('readLedger', () => {
  it('reads whatever was written before a crash cut it off, at every byte', () => {
    const text = ['a', 'b', 'c'].map((id) => ledgerLine(entry(id))).join('');
    for (let length = 0; length <= text.length; length += 1) {
      const cut = text.slice(0, length);
      const { entries, unreadable } = readLedger(cut);
      const whole = cut.split('\n').length - 1;
      assert.ok(entries.size >= whole && entries.size <= whole + 1 && unreadable <= 1, `${length}`);
    }
  });

  it('keeps what a later look did not see', () => {
    const descriptor = { JobId: 'a', Status: 'Active', Priority: 1, RoleArn: 'r' } as const;
    const later = entry('a', { job: { JobId: 'a', Status: 'Complete' } });
    const { entries } = readLedger(ledgerLine(entry('a', { descriptor })) + ledgerLine(later));
    assert.equal(entries.get('local/a')?.descriptor?.RoleArn, 'r');
    assert.equal(entries.get('local/a')?.job.Status, 'Complete');
    assert.equal(isNews(entries.get('local/a'), later), false);
    assert.equal(isNews(entry('a'), later), true);
    assert.equal(
      isNews(entry('a'), entry('a', { job: { JobId: 'a', Status: 'Active', ProgressSummary: { NumberOfTasksSucceeded: 5 } } })),
      false,
    );
  });
});

describe('ledgerEntry', () => {
  it('says what a job goes on from, in the file and in a spreadsheet', () => {
    const target = { id: 'local', label: 'Local', region: 'us-east-1', kind: 'local', accountId: '000000000000' } as const;
    const id = '11111111-2222-3333-4444-555555555555';
    const lineageOf = (Description: string): string | undefined =>
      ledgerEntry(target, { JobId: 'a', Status: 'Active', Description }, 0).lineage;
    assert.equal(lineageOf(`Tags (Retries ${id}, attempt 2)`), `Retries ${id}, attempt 2`);
    assert.equal(lineageOf('Retries everything'), undefined);
    const noted = ledgerEntry(target, { JobId: 'a', Status: 'Active', Description: `Resumes ${id}, attempt 3` }, 0);
    const { entries } = readLedger(ledgerLine(noted) + ledgerLine({ ...noted, costEstimate: 12.5 }));
    assert.equal(isNews(noted, { ...noted, costEstimate: 12.5 }), true);
    assert.match(ledgerCsv(entries.values()), new RegExp(`,"Resumes ${id}, attempt 3",12\\.5,`));
  });
});

describe('ledgerCsv', () => {
  it('never gives a spreadsheet a formula', () => {
    for (const start of ['=', '+', '-', '@', '\t', '\r', '\n', '\u0000', '＝']) {
      const text = `${start}cmd|'/c calc'!A1`;
      const [, row = ''] = ledgerCsv([entry('a', { job: { JobId: 'a', Status: 'Active', Description: text } })]).split(
        /^(?=Local)/m,
      );
      assert.ok(row.startsWith(`Local,us-east-1,a,"'${start}`), JSON.stringify(row));
    }
  });

  it('can be read back cell by cell, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const csv = ledgerCsv([entry('a', { job: { JobId: 'a', Status: 'Active', Description: `x${text}` } })]);
        const body = csv.slice(csv.indexOf('\r\n') + 2);
        const [, , , field = ''] = body.match(/("(?:[^"]|"")*"|[^,]*)(?:,|\r\n$)/g) ?? [];
        const value = field.replace(/(,|\r\n)$/, '');
        assert.equal(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value, `x${text}`);
      }),
    );
  });
});
