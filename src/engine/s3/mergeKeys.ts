import { compareUtf8 } from './keyOrder.js';
import type { KeySource, WalkedKey } from './keyWalk.js';

/** The keys of two sources as one, in order; a key of both comes once, as the first has it. */
export function mergeKeys(first: KeySource, second: KeySource): KeySource {
  let skipped: string | undefined;
  return {
    skip: (prefix) => {
      skipped = prefix;
      first.skip(prefix);
      second.skip(prefix);
    },
    keys: async function* (): AsyncGenerator<WalkedKey> {
      const a = first.keys()[Symbol.asyncIterator]();
      const b = second.keys()[Symbol.asyncIterator]();
      let [left, right] = [await a.next(), await b.next()];
      while (left.done !== true || right.done !== true) {
        const order = left.done === true ? 1 : right.done === true ? -1 : compareUtf8(left.value.key, right.value.key);
        const next = order <= 0 ? left : right;
        // One of the two was read ahead before the prefix was left out.
        if (next.done !== true && (skipped === undefined || !next.value.key.startsWith(skipped))) yield next.value;
        if (order <= 0) left = await a.next();
        if (order >= 0) right = await b.next();
      }
    },
  };
}
