import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createRunDisplay } from '../../../src/cli/runDisplay.js';
import type { JobDescriptor } from '../../../src/core/job/jobTypes.js';

const job = {
  Status: 'Active',
  ProgressSummary: { TotalNumberOfTasks: 1_204_000, NumberOfTasksSucceeded: 602_000, NumberOfTasksFailed: 1000 },
} as JobDescriptor;

/** What the bar of a terminal of so many columns shows. */
function lineAt(columns: number | undefined): string {
  const stdout = Object.assign(new PassThrough(), columns === undefined ? {} : { columns });
  const io = { stdin: new PassThrough(), stdout, stderr: new PassThrough(), env: {}, cwd: '/', isTerminal: true };
  createRunDisplay('text', { ...io, tool: { version: '0', informationUri: '' } }).progress(job);
  return String(stdout.read()).replace('\r\u001B[2K', '');
}

const numbers = '50%  603,000 of 1,204,000, 1,000 failed';

test('the numbers stay when the terminal is narrow, and the bar gives way to them', () => {
  assert.equal(lineAt(200), `Active     ${'█'.repeat(14)}${'░'.repeat(14)} ${numbers}`);
  assert.equal(lineAt(60), `Active     ████░░░░ ${numbers}`);
  assert.equal(lineAt(50), `Active ${numbers}`);
  assert.equal(lineAt(30), `Active ${numbers}`.slice(0, 29));
});

test('a terminal that does not say its width has the usual one', () => {
  for (const columns of [undefined, 0]) assert.equal(lineAt(columns), lineAt(80));
});
