import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { logDirectory, taskLogName } from '../../../../src/engine/run/jobFiles.js';
import { commitRecord } from '../../../../src/engine/run/laneLog.js';
import { LaneState } from '../../../../src/engine/run/sharedState.js';
import { isDone, type LogOutcome, outcomes, scanTaskLog, summarizeLogs } from '../../../../src/engine/run/taskLog.js';

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

type Entry = readonly [row: number, outcome: LogOutcome, attempt: number, text: string];

async function writeLogs(...files: readonly (readonly Entry[])[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 's3batch-log-'));
  folders.push(directory);
  await mkdir(logDirectory(directory));
  for (const [index, entries] of files.entries()) {
    const state = LaneState.create();
    for (const [row, outcome, attempt, text] of entries) commitRecord(state, row, outcome, attempt, text);
    await writeFile(join(logDirectory(directory), taskLogName(index + 1, 0)), state.log.subarray(0, state.committed));
  }
  return directory;
}

async function read(file: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  await scanTaskLog(file, ({ row, outcome, attempt, text }) => entries.push([row, outcome, attempt, text.toString()]));
  return entries;
}

test('gives back what was written, of any length', async () => {
  const entries: Entry[] = [
    [0, outcomes.succeeded, 0, ''],
    [4_294_967_294, outcomes.failed, 3, 'a'],
    [7, outcomes.retry, 1, 'ü€😀'],
    [8, outcomes.succeeded, 0, 'x'.repeat(60_000)],
  ];
  const directory = await writeLogs(entries);
  assert.deepEqual(await read(join(logDirectory(directory), taskLogName(1, 0))), entries);
});

test('drops a record that is torn, at every byte', async () => {
  const directory = await writeLogs([
    [1, outcomes.succeeded, 0, 'first'],
    [2, outcomes.failed, 0, 'second one'],
  ]);
  const file = join(logDirectory(directory), taskLogName(1, 0));
  const whole = await readFile(file);
  const first = 24;
  for (let length = whole.length - 1; length >= first; length -= 1) {
    await truncate(file, length);
    assert.deepEqual(await read(file), [[1, outcomes.succeeded, 0, 'first']], `${length} bytes`);
  }
});

test('stops at a record that is not what was written', async () => {
  const directory = await writeLogs([
    [1, outcomes.succeeded, 0, 'first'],
    [2, outcomes.failed, 0, 'second'],
    [3, outcomes.failed, 0, 'third'],
  ]);
  const file = join(logDirectory(directory), taskLogName(1, 0));
  const bytes = await readFile(file);
  for (let at = 24; at < 48; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    await writeFile(file, changed);
    assert.deepEqual(
      (await read(file)).map(([row]) => row),
      [1],
      `byte ${at}`,
    );
  }
});

test('the first result of a row counts, and a redrive that has one is no longer pending', async () => {
  const directory = await writeLogs(
    [
      [0, outcomes.retry, 0, ''],
      [1, outcomes.retry, 0, ''],
      [1, outcomes.retry, 1, ''],
      [2, outcomes.failed, 0, ''],
    ],
    [
      [0, outcomes.succeeded, 1, ''],
      [2, outcomes.succeeded, 0, ''],
      [9, outcomes.succeeded, 0, ''],
    ],
  );
  const summary = await summarizeLogs(directory, 4);
  assert.deepEqual([summary.succeeded, summary.failed], [1, 1]);
  assert.deepEqual([...summary.pending], [[1, 1]]);
  assert.deepEqual(
    [0, 1, 2, 3].map((row) => isDone(summary.done, row)),
    [true, false, true, false],
  );
});
