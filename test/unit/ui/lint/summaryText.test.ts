import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesSummary, summaryText } from '../../../../src/ui/lint/summaryText.js';

const l10n = {
  t: (text: string, ...args: unknown[]) => text.replaceAll(/\{(\d+)\}/g, (_, index) => String(args[Number(index)])),
};

test('counts of nothing are left out, and one is not many', () => {
  assert.equal(
    summaryText({ rows: 12_430, bucketCount: 1, errors: 3, warnings: 1, information: 0 }, l10n),
    '12,430 rows · 1 bucket · 3 errors · 1 warning',
  );
  assert.equal(
    summaryText({ rows: 1, bucketCount: 2, errors: 0, warnings: 0, information: 0 }, l10n),
    '1 row · 2 buckets · no problems',
  );
  assert.equal(summaryText({ rows: 0, bucketCount: 0, errors: 1, warnings: 0, information: 0 }, l10n), '0 rows · 1 error');
});

test('several files are summed up', () => {
  const clean = { rows: 1000, bucketCount: 1, errors: 0, warnings: 0, information: 0 };
  const bad = { ...clean, rows: 500, errors: 2, warnings: 1 };
  assert.equal(
    filesSummary([clean, bad, bad], 1, l10n),
    '3 manifests · 2,000 rows · 4 errors · 2 warnings · in 2 files · 1 could not be read',
  );
  assert.equal(filesSummary([clean], 0, l10n), '1 manifest · 1,000 rows · no problems');
});
