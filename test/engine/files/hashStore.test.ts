import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { partitionCount } from '../../../src/files/hashBlocks.js';
import { HashStore } from '../../../src/files/hashStore.js';
import { JsKernel } from '../../../src/files/jsKernel.js';
import { RepeatFinder } from '../../../src/files/repeatFinder.js';
import type { ScanKernel } from '../../../src/files/scanKernel.js';
import { compileKernel, WasmKernel } from '../../../src/files/wasmKernel.js';

const encoder = new TextEncoder();
const module = compileKernel();
const gigabyte = 2 ** 30;

function newKernel(name: 'wasm' | 'js', fileBytes: number): ScanKernel {
  const size = { inputBytes: 64, hashBytes: 0, fileBytes };
  if (name === 'js') return new JsKernel(size);
  assert.ok(module !== undefined);
  const kernel = new WasmKernel(module, size);
  kernel.configure({ columns: 2, isCrlf: false, isQuoted: false, rules: 0, escaped: 0 });
  return kernel;
}

function keep(kernel: ScanKernel, key: number): void {
  kernel.keep(0, { bucket: encoder.encode('abc'), key: encoder.encode(`key-${key}`), version: new Uint8Array(0) });
}

/** All groups, in the order of their first offsets. */
function repeats(store: HashStore, stale: readonly { from: number; to: number }[], isWasm: boolean): number[][] {
  const finder = new RepeatFinder([store.parts()], stale, isWasm ? module : undefined);
  const groups: number[][] = [];
  for (let partition = 0; partition < partitionCount; partition += 1) {
    for (const group of finder.find(partition)) groups.push([...group]);
  }
  return groups.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

test('rows of the same object are found by their hashes, in files below and above 4 GB, by both kernels', () => {
  const anyRows = fc.array(fc.record({ key: fc.nat({ max: 60 }), gap: fc.integer({ min: 5, max: 40 }) }), { maxLength: 80 });
  fc.assert(
    fc.property(
      anyRows,
      fc.constantFrom('wasm', 'js'),
      fc.constantFrom(0, 3, 5, 2000),
      fc.boolean(),
      (rows, name, gigabytes, isStale) => {
        const kernel = newKernel(name, (gigabytes + 1) * gigabyte);
        assert.ok(kernel.store !== undefined);
        const byKey = new Map<number, number[]>();
        let offset = gigabytes * gigabyte;
        const middle = Math.floor(rows.length / 2);
        const stale = isStale ? [{ from: offset, to: offset + 40 * middle }] : [];
        for (const [index, { key, gap }] of rows.entries()) {
          if (index === middle && isStale) offset = (stale[0]?.to ?? 0) + 1;
          // What was scanned a second time counts, wherever it is.
          const isRescan = isStale && index % 3 === 0;
          kernel.begin(offset, isRescan);
          keep(kernel, key);
          const counts = !isStale || isRescan || index >= middle;
          if (counts) byKey.set(key, [...(byKey.get(key) ?? []), offset]);
          offset += gap;
        }
        const expected = [...byKey.values()].filter((group) => group.length > 1).toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
        assert.deepEqual(repeats(new HashStore(kernel.store, ''), stale, name === 'wasm'), expected);
      },
    ),
    { numRuns: 300 },
  );
});

for (const name of ['wasm', 'js'] as const) {
  test(`what was written to the temporary file is found like the rest (${name})`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 's3batch-test-'));
    const kernel = newKernel(name, 5 * gigabyte);
    assert.ok(kernel.store !== undefined);
    const store = new HashStore(kernel.store, join(folder, 'made-when-needed'));
    try {
      let spills = 0;
      for (let row = 0; row < 400_000; row += 1) {
        if (!kernel.store.hasRoom()) {
          store.spill();
          spills += 1;
        }
        kernel.begin(row * 20, false);
        // Two rows are repeated, a long way from the first ones.
        keep(kernel, row === 399_998 ? 7 : row === 399_999 ? 200_000 : row);
      }
      assert.ok(spills > 1);
      assert.deepEqual(repeats(store, [], name === 'wasm'), [
        [7 * 20, 399_998 * 20],
        [200_000 * 20, 399_999 * 20],
      ]);
    } finally {
      store.close();
      await rm(folder, { recursive: true });
    }
  });
}
