import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';

/**
 * What VS Code calls in its extension host: runs every `*.test.js` of one folder beside this file (`S3B_SUITE`) and resolves when all
 * of them pass. Finding none is a failure: a suite that runs nothing must not look green.
 */
export async function run(): Promise<void> {
  const suite = process.env['S3B_SUITE'] ?? 'extension';
  const folder = join(__dirname, suite);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.test.js')).toSorted();
  if (files.length === 0) throw new Error(`No test file in ${folder}`);

  // The console of the extension host also carries what VS Code says itself; the harness prints what bears this mark.
  const mark = process.env['S3B_MARK'] ?? '';
  const print = (...args: unknown[]): void => console.log(`${mark}${format(...args)}`);
  (Mocha.reporters.Base as unknown as { consoleLog: typeof print }).consoleLog = print;

  const grep = process.env['S3B_GREP'];
  const mocha = new Mocha({
    ui: 'tdd',
    reporter: 'spec',
    color: false,
    timeout: 30_000,
    slow: 2000,
    forbidOnly: isBuildServer,
    // As the e2e tests: what fails twice there is wrong. At a desk the first failure counts.
    retries: isBuildServer ? 1 : 0,
    ...(grep === undefined || grep === '' ? {} : { grep }),
  });
  for (const file of files) mocha.addFile(join(folder, file));

  const { passes, failures, pending } = await new Promise<Mocha.Stats>((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats ?? { ...noStats }));
    runner.on('retry', (failed: Mocha.Test, error: Error) => {
      print(`Failed at attempt 1: ${failed.fullTitle()}`, error);
    });
    // So that the harness can say what a suite that hangs was doing.
    const beginMark = process.env['S3B_BEGIN_MARK'];
    if (beginMark !== undefined) runner.on('test', (begun) => console.log(`${beginMark}${begun.fullTitle()}`));
  });
  const resultFile = process.env['S3B_RESULT_FILE'];
  if (resultFile !== undefined)
    await writeFile(resultFile, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
  if (failures > 0) throw new Error(`${failures} of ${passes + failures} tests failed`);
  if (passes === 0) throw new Error('No test ran');
}

const isBuildServer = process.env['CI'] !== undefined;
const noStats: Mocha.Stats = { suites: 0, tests: 0, passes: 0, pending: 0, failures: 1 };
