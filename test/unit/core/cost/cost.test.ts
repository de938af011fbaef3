import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { defaultConfirmLimits, isConfirmedBy, typedConfirmation } from '../../../../src/core/cost/confirmation.js';
import { type CostFacts, costOfJob, type JobCost } from '../../../../src/core/cost/costOfJob.js';
import { costLines, costMarkdown, costSummary } from '../../../../src/core/cost/costText.js';
import { ReachCounter } from '../../../../src/core/cost/manifestReach.js';
import { pricesFor } from '../../../../src/core/cost/priceTable.js';
import type { JobFile } from '../../../../src/core/job/jobFile.js';
import { operations } from '../../../../src/core/operations/catalogue.js';
import { untranslated } from '../../../../src/core/view/localizer.js';
import { validRequest } from '../../../support/jobFixtures.js';

const jobOf = (name: string, parameters: Record<string, unknown> = {}): JobFile => ({
  ...validRequest,
  Operation: { [name]: parameters },
});
const cost = (job: JobFile, facts: CostFacts): JobCost => costOfJob(job, facts, untranslated);
const line = (of: JobCost, label: string): number | undefined => of.lines.find((item) => item.label.startsWith(label))?.usd;

function reachOf(text: string, chunkSize = 7): ReturnType<ReachCounter['end']> {
  const bytes = new TextEncoder().encode(text);
  const counter = new ReachCounter('m.csv');
  for (let at = 0; at < bytes.length; at += chunkSize) counter.push(bytes.slice(at, at + chunkSize));
  return counter.end();
}

describe('what a job costs', () => {
  test('a million tags: the fee, the objects, the requests', () => {
    const million = cost(jobOf('S3PutObjectTagging', { TagSet: [] }), { rows: 1_000_000 });
    assert.deepEqual([line(million, 'Job'), line(million, 'Objects'), line(million, 'PUT')], [0.25, 1, 5]);
    assert.equal(million.totalUsd, 6.25);
    assert.equal(million.isTotalAtLeast, false);
    // A trail is none of the job's doing: named, not added.
    assert.equal(line(million, 'CloudTrail'), 1);
  });

  test('Lambda from a measured duration, billed in whole milliseconds', () => {
    const job = jobOf('LambdaInvoke', { FunctionArn: 'f' });
    const unknown = cost(job, { rows: 1000 });
    assert.equal(line(unknown, 'Lambda duration'), undefined);
    assert.equal(unknown.isTotalAtLeast, true);
    const known = cost(job, { rows: 1_000_000, lambda: { durationMs: 99.2, memoryMb: 1024 } });
    assert.ok(Math.abs((line(known, 'Lambda duration') ?? 0) - 1.66667) < 1e-9);
    assert.equal(line(known, 'Lambda invocations'), 0.2);
    const arm = cost(job, { rows: 1_000_000, lambda: { durationMs: 100, memoryMb: 1024, isArm: true } });
    assert.ok((line(arm, 'Lambda duration') ?? 0) < (line(known, 'Lambda duration') ?? 0));
  });

  test('a copy pays for the class that it writes to, a restore by its tier', () => {
    const rows = 1000;
    assert.equal(line(cost(jobOf('S3PutObjectCopy', { StorageClass: 'DEEP_ARCHIVE' }), { rows }), 'COPY'), 0.05);
    assert.equal(line(cost(jobOf('S3PutObjectCopy'), { rows }), 'COPY'), 0.005);
    assert.equal(line(cost(jobOf('S3PutObjectCopy', { SSEAwsKmsKeyId: 'k' }), { rows: 10_000 }), 'Requests to KMS'), 0.06);
    assert.equal(line(cost(jobOf('S3InitiateRestoreObject', { GlacierJobTier: 'BULK' }), { rows }), 'Restore'), 0);
    assert.equal(line(cost(jobOf('S3InitiateRestoreObject', { GlacierJobTier: 'STANDARD' }), { rows }), 'Restore'), 0.03);
  });

  test('a generated list is paid for by what it goes through', () => {
    const job: JobFile = { ...jobOf('S3ReplicateObject'), ManifestGenerator: {} };
    assert.equal(line(cost(job, { rows: 10, listedObjects: 200_000_000 }), 'Generated list'), 3);
    assert.equal(cost(job, { rows: 10 }).isTotalAtLeast, true);
  });

  test("Regions and prices of one's own", () => {
    assert.deepEqual([pricesFor('ca-central-1').prices.thousandPuts, pricesFor('eu-west-1').isOfRegion], [0.0055, true]);
    const elsewhere = cost(jobOf('S3PutObjectTagging'), { rows: 10, region: 'sa-east-1', prices: { job: 1 } });
    assert.equal(line(elsewhere, 'Job'), 1);
    const text = costLines(elsewhere, untranslated).join('\n');
    assert.match(text, /No prices of sa-east-1 are stored/);
    assert.match(text, /Prices of your own: job\./);
  });

  test('a loop is cheaper for few objects; the number is where both cost the same', () => {
    const { loopCheaperUnder, prices } = cost(jobOf('S3PutObjectTagging'), { rows: 10 });
    assert.ok(loopCheaperUnder !== undefined);
    const extra = (objects: number): number => prices.prices.job + objects / 1e6 - (objects / 50 / 3600) * prices.prices.loopHour;
    assert.ok(extra(loopCheaperUnder - 1) > 0 && extra(loopCheaperUnder + 1) < 0);
    assert.equal(cost(jobOf('S3PutObjectTagging'), { prices: { loopHour: 0.1 } }).loopCheaperUnder, undefined);
  });

  test('every operation has an estimate, that grows with the rows and says that it is one', () => {
    for (const { name } of operations) {
      fc.assert(
        fc.property(fc.nat(1e9), fc.nat(1e9), (few, more) => {
          const totals = [few, few + more].map((rows) => cost(jobOf(name), { rows, lambda: { durationMs: 5 } }).totalUsd);
          assert.ok((totals[0] ?? 0) >= 0.25 && (totals[1] ?? 0) >= (totals[0] ?? 0));
        }),
        { numRuns: 30 },
      );
      const text = costMarkdown(cost(jobOf(name), { rows: 12 }), 'Cost', untranslated);
      assert.match(text, /estimate/i);
      assert.match(text, /A job that is cancelled is billed/);
      assert.match(text, /as of \d{4}-\d\d-\d\d/);
    }
  });

  test('more objects than the operation may have', () => {
    const restore = cost(jobOf('S3InitiateRestoreObject'), { rows: 4_000_000_001 });
    assert.equal(restore.exceededLimit, 4_000_000_000);
    assert.match(costLines(restore, untranslated).join('\n'), /at most: this one fails/);
  });

  test('names of buckets can not change the document', () => {
    const buckets = new Map([
      ['a|b`c\n# x', 1],
      ['d', 2],
    ]);
    const text = costMarkdown(cost(jobOf('S3PutObjectTagging'), { reach: { rows: 3, buckets } }), 'T | x', untranslated);
    assert.match(text, /^\| `a b c # x` \| 1 \|$/m);
    assert.equal(
      costSummary(cost(jobOf('S3PutObjectTagging'), { reach: { rows: 3, buckets } }), untranslated),
      '3 objects in 2 buckets, about $0.25 (estimate)',
    );
  });
});

describe('how far a manifest reaches', () => {
  test('rows by bucket, at any cut of the stream', () => {
    for (const size of [1, 3, 7, 1000]) {
      const { rows, buckets } = reachOf('a,1\nb,2\na,3\n"a",4\r\nlong-bucket,"x,y"\nlong-bucket,z', size);
      assert.equal(rows, 6);
      assert.deepEqual(
        [...buckets],
        [
          ['a', 3],
          ['b', 1],
          ['long-bucket', 2],
        ],
      );
    }
    assert.deepEqual(reachOf(''), { rows: 0, buckets: new Map() });
  });
});

describe('typed confirmation', () => {
  const job = jobOf('S3PutObjectTagging');
  const aws = { target: { kind: 'aws' as const }, isConfirmedLater: false };

  test('above the objects or the cost, on AWS, and locally when set', () => {
    const limits = { objects: 1000, cost: 5, local: false };
    assert.equal(typedConfirmation([{ cost: cost(job, { rows: 1000 }), ...aws }], limits), undefined);
    assert.equal(typedConfirmation([{ cost: cost(job, { rows: 1001 }), ...aws }], limits), '1001');
    assert.equal(typedConfirmation([{ cost: cost(job, { rows: 1000, prices: { job: 6 } }), ...aws }], limits), '1000');
    const local = { ...aws, target: { kind: 'local' as const } };
    assert.equal(typedConfirmation([{ cost: cost(job, { rows: 1001 }), ...local }], limits), undefined);
    assert.equal(typedConfirmation([{ cost: cost(job, { rows: 1001 }), ...local }], { ...limits, local: true }), '1001');
  });

  test('a number that is not known: by the operation, unless the job asks again', () => {
    assert.equal(typedConfirmation([{ cost: cost(job, {}), ...aws }], defaultConfirmLimits), 'Replace all object tags');
    assert.equal(typedConfirmation([{ cost: cost(job, {}), ...aws, isConfirmedLater: true }], defaultConfirmLimits), undefined);
  });

  test('what counts as typed', () => {
    for (const typed of ['1204000', '1,204,000', ' 1.204.000 ', '1 204 000', '1’204’000'])
      assert.ok(isConfirmedBy(typed, '1204000'), typed);
    for (const typed of ['', ' ', '120400', '12040000', 'yes']) assert.ok(!isConfirmedBy(typed, '1204000'), typed);
    assert.ok(isConfirmedBy('replace all object tags', 'Replace all object tags'));
  });
});
