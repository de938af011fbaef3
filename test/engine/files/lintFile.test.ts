import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { lintManifest } from '../../../src/core/manifest/lintManifest.js';
import type { LintOptions } from '../../../src/core/manifest/lintOptions.js';
import { lintFile, type LintRun } from '../../../src/files/lintFile.js';
import { anyManifest } from '../../support/manifestText.js';
import { anyLargerManifest } from '../../support/largerManifest.js';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-test-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

let files = 0;

/** Chunks of a few rows, so that all borders are met; no worker, whose start would take longer than the rest. */
const tiny: LintRun = { chunkBytes: 64, smallBytes: 0, workerCount: 0 };

async function expectSame(bytes: Uint8Array, lint: LintOptions, run: LintRun): Promise<void> {
  files += 1;
  const path = join(folder, `manifest-${files}.csv`);
  await writeFile(path, bytes);
  assert.deepEqual(await lintFile(path, lint, run), lintManifest(bytes, lint));
  await rm(path);
}

const anyOptions: fc.Arbitrary<LintOptions> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.record({
    maxProblems: fc.constantFrom(0, 1, 3, 1000),
    isOneBucketOnly: fc.boolean(),
    fields: fc.constantFrom(undefined, ['Bucket', 'Key'] as const, ['Bucket', 'Key', 'VersionId'] as const),
    severities: fc.constantFrom(
      undefined,
      { 'duplicate-row': 'off' } as const,
      { 'unencoded-key': 'information', 'plus-in-key': 'off', 'mixed-buckets': 'off' } as const,
      { 'duplicate-row': 'error', 'blank-line': 'off' } as const,
    ),
  }),
);
const anyRun = fc.record({
  kernel: fc.constantFrom('wasm' as const, 'js' as const),
  chunkBytes: fc.constantFrom(16, 64, 300, 5000),
});

for (const [name, manifest, numRuns] of [
  ['any manifest', anyManifest, 600],
  ['a mostly clean manifest with mistakes', anyLargerManifest, 600],
] as const) {
  test(`the result for ${name} is that of lintManifest`, async () => {
    await fc.assert(
      fc.asyncProperty(manifest, anyOptions, anyRun, async (text, lint, run) => {
        await expectSame(Buffer.from(text, 'utf8'), lint, { ...tiny, ...run });
      }),
      { numRuns },
    );
  });
}

test('the result for mutated bytes is that of lintManifest', async () => {
  const mutations = fc.array(
    fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x22, 0x2c, 0x25, 0x00, 0xc3, 0xff), fc.nat(255))),
    {
      maxLength: 30,
    },
  );
  await fc.assert(
    fc.asyncProperty(anyLargerManifest, mutations, anyOptions, anyRun, async (text, changes, lint, run) => {
      const bytes = Buffer.from(text, 'utf8');
      for (const [place, byte] of changes) if (bytes.length > 0) bytes[place % bytes.length] = byte;
      await expectSame(bytes, lint, { ...tiny, ...run });
    }),
    { numRuns: 600 },
  );
});
