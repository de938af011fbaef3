import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { errorCode, isCancelled } from '../../../../src/base/errors.js';
import type { MakingContext } from '../../../../src/files/making/makingContext.js';
import { type SetResult, writeDifference, writeUnion } from '../../../../src/files/making/manifestSets.js';
import { RereadableInput } from '../../../../src/files/making/rereadableInput.js';
import { writeSample } from '../../../../src/files/making/sampleManifest.js';

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3batch-making-'));
});

after(async () => {
  await rm(folder, { recursive: true, force: true });
});

const file = (name: string, content: string): Promise<void> => writeFile(join(folder, name), content);

function context(stdin = '', signal?: AbortSignal): MakingContext {
  return { cwd: folder, stdin: Readable.from(stdin === '' ? [] : pieces(stdin)), signal };
}

function pieces(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, index) => bytes.subarray(index * 1000, index * 1000 + 1000));
}

type Operation = (write: (piece: string | Uint8Array) => Promise<boolean>) => Promise<SetResult>;

async function run(operation: Operation): Promise<SetResult & { text: string }> {
  const written: Buffer[] = [];
  const result = await operation(async (piece) => {
    written.push(Buffer.from(piece));
    return true;
  });
  return { ...result, text: Buffer.concat(written).toString('utf8') };
}

/** 20,000 rows of 12,000 objects, in no order. */
function rows(seed: number): string[] {
  let state = seed;
  return Array.from({ length: 20_000 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return `bucket,key%20${state % 12_000}\n`;
  });
}

/** Leaves room for a few thousand objects only. */
const limitBytes = 64 * 1024;

describe('set operations that do not fit into memory', () => {
  const a = rows(1);
  const b = rows(2).slice(0, 12_000);

  before(async () => {
    await file('a.csv', a.join(''));
    await file('b.csv', b.join(''));
  });

  test('dedupe and union give what they give in one pass', async () => {
    const expected = [...new Set([...a, ...b])].join('');
    const whole = await run((write) => writeUnion(['a.csv', 'b.csv'], {}, write, context()));
    const shared = await run((write) => writeUnion(['a.csv', 'b.csv'], { limitBytes }, write, context()));
    assert.equal(whole.passes, 1);
    assert.ok(shared.passes > 3, `${shared.passes} passes`);
    assert.equal(whole.text, expected);
    assert.equal(shared.text, expected);
    assert.deepEqual(
      shared.read.map((manifest) => manifest.rows),
      [20_000, 12_000],
    );
  });

  test('minus gives what it gives in one pass', async () => {
    const taken = new Set(b);
    const expected = a.filter((row) => !taken.has(row)).join('');
    const whole = await run((write) => writeDifference('a.csv', ['b.csv'], {}, write, context()));
    const shared = await run((write) => writeDifference('a.csv', ['b.csv'], { limitBytes }, write, context()));
    assert.ok(shared.passes > whole.passes + 2, `${shared.passes} passes`);
    assert.equal(whole.text, expected);
    assert.equal(shared.text, expected);
  });

  test('stdin is kept for the next pass and removed afterwards', async () => {
    const temporary = join(folder, 'temporary');
    await mkdir(temporary);
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = temporary;
    try {
      const expected = [...new Set(a)].join('');
      const { text, passes } = await run((write) =>
        writeUnion(
          ['-'],
          { limitBytes },
          async (piece) => {
            assert.equal((await readdir(temporary)).length, 1);
            return write(piece);
          },
          context(a.join('')),
        ),
      );
      assert.ok(passes > 2);
      assert.equal(text, expected);
      assert.deepEqual(await readdir(temporary), []);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });

  test('one manifest twice', async () => {
    const { text, read } = await run((write) => writeUnion(['b.csv', 'b.csv'], { limitBytes }, write, context()));
    assert.equal(text, [...new Set(b)].join(''));
    assert.equal(read.length, 2);
  });
});

describe('manifests that do not stay', () => {
  test('one that is written to while it is read', async () => {
    await file('growing.csv', rows(3).join(''));
    const operation = run((write) =>
      writeUnion(
        ['growing.csv'],
        {},
        async (piece) => {
          await appendFile(join(folder, 'growing.csv'), 'bucket,more\n');
          return write(piece);
        },
        context(),
      ),
    );
    await assert.rejects(operation, (error) => errorCode(error) === 'FileChanged');
  });

  test('one that is another one at the second reading, or gone', async () => {
    for (const change of [() => file('sampled.csv', 'bucket,other\n'), () => unlink(join(folder, 'sampled.csv'))]) {
      await file('sampled.csv', rows(4).join(''));
      const input = new RereadableInput(context());
      const all = async (): Promise<number> => {
        let bytes = 0;
        for await (const chunk of input.chunks('sampled.csv')) bytes += chunk.length;
        return bytes;
      };
      assert.ok((await all()) > 0);
      await change();
      await assert.rejects(all, (error) => errorCode(error) === 'FileChanged');
    }
  });

  test('one that never was', async () => {
    const sample = writeSample('nothing.csv', { size: 1, seed: 1 }, async () => true, context());
    await assert.rejects(sample, /Can't read nothing\.csv: there is no such file/);
  });

  test('a cancelled operation', async () => {
    await file('big.csv', rows(5).join('').repeat(4));
    const controller = new AbortController();
    const operation = run((write) =>
      writeUnion(['big.csv'], {}, write, { ...context('', controller.signal), onProgress: () => controller.abort() }),
    );
    await assert.rejects(operation, isCancelled);
  });
});
