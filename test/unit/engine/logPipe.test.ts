import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { LogPipe, maxBehindBytes } from '../../../src/engine/logPipe.js';

/** A reader that takes a chunk only when told to. */
function slowReader(): { output: Writable; read: () => void; seen: string[] } {
  const seen: string[] = [];
  let taken: (() => void) | undefined;
  const output = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      seen.push(chunk);
      taken = done;
    },
  });
  return {
    output,
    seen,
    read: () => {
      const done = taken;
      taken = undefined;
      done?.();
    },
  };
}

const kilobyte = 'x'.repeat(1023);

test('what a reader does not read in time is left out, and it is told how much', async () => {
  const { output, read, seen } = slowReader();
  const pipe = new LogPipe(output, (line) => `${line}\n`);
  for (let index = 0; index < 3000; index += 1) pipe.write(kilobyte);
  assert.equal(output.writableLength, maxBehindBytes);
  while (output.writableLength > 0) {
    read();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(seen.length, 1024 + 1);
  assert.match(
    seen.at(-1) ?? '',
    / warn 1976 lines of the log \(2023424 bytes\) are left out here: they were not read in time\.\n$/,
  );
  pipe.write('next');
  assert.equal(seen.at(-1), 'next\n');
});

test('a line that finds room again is written after what is said of those before it', () => {
  const { output, read, seen } = slowReader();
  const pipe = new LogPipe(output, (line) => `${line}\n`);
  pipe.write('y'.repeat(maxBehindBytes / 2));
  pipe.write('y'.repeat(maxBehindBytes / 2));
  pipe.write('lost');
  read();
  pipe.write('kept');
  read();
  read();
  assert.match(seen[2] ?? '', /warn 1 lines of the log \(5 bytes\)/);
  read();
  assert.equal(seen[3], 'kept\n');
});

test('a reader that has gone is written nothing', () => {
  const { output } = slowReader();
  const pipe = new LogPipe(output, (line) => line);
  output.destroy();
  pipe.write('a');
  assert.equal(output.writableLength, 0);
});
