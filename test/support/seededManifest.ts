import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** clean: no problem. dirty: one row in 1,000 is wrong, in ten ways. bad: every row is. */
export type ManifestKind = 'clean' | 'dirty' | 'bad' | 'versions' | 'quoted';

export const seededBucket = 'acme-data-lake-prod-euw1';

/** Path of a manifest of `rows` rows, the same for each seed; made once and kept below `folder`. */
export async function seededManifest(folder: string, kind: ManifestKind, rows: number, seed = 42): Promise<string> {
  // The recipe is part of the name: a cache of another one is of no use.
  const recipe = createHash('sha256')
    .update(makeRow.toString() + makeKey.toString())
    .digest('hex')
    .slice(0, 8);
  const path = join(folder, `${kind}-${rows}-${seed}-${recipe}.csv`);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  const file = await open(unfinished, 'w');
  try {
    const random = randomOf(seed);
    let text = '';
    for (let row = 0; row < rows; row += 1) {
      text += `${makeRow(kind, row, random)}\n`;
      if (text.length < 1024 * 1024) continue;
      await file.write(text);
      text = '';
    }
    await file.write(text);
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  return path;
}

type Random = () => number;

/** mulberry32: numbers in [0, 1). */
function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function makeRow(kind: ManifestKind, row: number, random: Random): string {
  const key = makeKey(row, random);
  if (kind === 'versions') return `${seededBucket},${key},${hex(random, 16)}${hex(random, 16)}`;
  if (kind === 'quoted') return `"${seededBucket}","${key}"`;
  if (kind === 'bad') return `${seededBucket},raw key ${key}`;
  if (kind === 'clean' || random() >= 0.001) return `${seededBucket},${key}`;
  const wrong = [
    `${seededBucket},a b/${key}`,
    `${seededBucket},\u00E4/${key}`,
    `${seededBucket},a=b/${key}`,
    `${seededBucket},a+b/${key}`,
    key,
    `${seededBucket},${key},b,c`,
    `another-bucket,${key}`,
    `${seededBucket},%zz/${key}`,
    `${seededBucket},${key}\r`,
    '',
  ];
  return wrong[Math.floor(random() * wrong.length)] ?? '';
}

function makeKey(row: number, random: Random): string {
  const kind = random();
  if (kind < 0.25) return `photos/2023/${hex(random, 2)}/IMG_${row}.jpg`;
  if (kind < 0.5) {
    const [month, day] = [1 + Math.floor(random() * 9), Math.floor(random() * 10)];
    return `warehouse/events/year%3D2023/month%3D0${month}/day%3D1${day}/part-0000${row}-${hex(random, 8)}.c000.snappy.parquet`;
  }
  if (kind < 0.7) return `uploads/${hex(random, 8)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 12)}`;
  if (kind < 0.82) return `documents/Annual%20Report%20%28${row}%29.pdf`;
  if (kind < 0.87) return `docs/%C3%A5rs-%E2%82%AC-${row}-%F0%9F%98%80.txt`;
  if (kind < 0.97) {
    const day = 1 + Math.floor(random() * 9);
    return `AWSLogs/123456789012/CloudTrail/eu-west-1/2023/01/0${day}/123456789012_CloudTrail_${hex(random, 16)}_${row}.json.gz`;
  }
  return `t/${row}`;
}

function hex(random: Random, digits: number): string {
  let text = '';
  for (let digit = 0; digit < digits; digit += 1) text += Math.floor(random() * 16).toString(16);
  return text;
}
