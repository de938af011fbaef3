import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareUtf8 } from '../../../../src/engine/s3/keyOrder.js';
import type { KeySource, WalkedKey } from '../../../../src/engine/s3/keyWalk.js';
import { pageKeys } from '../../../../src/engine/s3/pageKeys.js';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', '.', '0', 'é', '\uff5e', '😀'), maxLength: 6 });

test('the order of keys is that of their UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      assert.equal(Math.sign(compareUtf8(a, b)), Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
    { numRuns: 5000 },
  );
});

/** The plainest listing there is: everything in memory. */
class ListSource implements KeySource {
  readonly #keys: readonly string[];
  #skipped: string | undefined;

  constructor(keys: Iterable<string>, prefix: string, after: string) {
    this.#keys = [...keys].toSorted(compareUtf8).filter((key) => key.startsWith(prefix) && compareUtf8(key, after) > 0);
  }

  skip(prefix: string): void {
    this.#skipped = prefix;
  }

  async *keys(): AsyncGenerator<WalkedKey> {
    for (const key of this.#keys) if (this.#skipped === undefined || !key.startsWith(this.#skipped)) yield { key, file: key };
  }
}

/** What all pages together must hold: keys and common prefixes in order. */
function expected(keys: ReadonlySet<string>, prefix: string, delimiter: string): string[] {
  const found = new Set<string>();
  for (const key of [...keys].filter((item) => item.startsWith(prefix)).toSorted(compareUtf8)) {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    found.add(at < 0 ? key : key.slice(0, at + delimiter.length));
  }
  return [...found];
}

test('pages of any size hold every key and common prefix once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        text.filter((key) => key !== ''),
        { maxLength: 25 },
      ),
      fc.oneof(fc.constant(''), text),
      fc.constantFrom('', '/', '-', '/a', 'é'),
      fc.integer({ min: 1, max: 5 }),
      async (keys, prefix, delimiter, maxKeys) => {
        const all = new Set(keys);
        const seen: string[] = [];
        let after = '';
        for (let pages = 0; ; pages += 1) {
          assert.ok(pages <= keys.length + 1, 'the listing does not end');
          const page = await pageKeys(new ListSource(all, prefix, after), { prefix, delimiter, after, maxKeys });
          assert.ok(page.keys.length + page.commonPrefixes.length <= maxKeys);
          seen.push(...[...page.keys.map(({ key }) => key), ...page.commonPrefixes].toSorted(compareUtf8));
          if (!page.isTruncated) break;
          after = page.last;
        }
        assert.deepEqual(seen, expected(all, prefix, delimiter));
      },
    ),
    { numRuns: 500 },
  );
});

test('a page that ends with the last key is not truncated, and a page of none is empty', async () => {
  const source = (): ListSource => new ListSource(['a', 'b/c', 'b/d'], '', '');
  const request = { prefix: '', delimiter: '/', after: '' };
  assert.equal((await pageKeys(source(), { ...request, maxKeys: 2 })).isTruncated, false);
  assert.equal((await pageKeys(source(), { ...request, maxKeys: 1 })).isTruncated, true);
  assert.deepEqual(await pageKeys(source(), { ...request, maxKeys: 0 }), {
    keys: [],
    commonPrefixes: [],
    isTruncated: false,
    last: '',
  });
});
