import { errorMessage } from '../base/errors.js';
import { runBenchmarks } from './bench.js';
import { bundleAll, watchBundles } from './bundle.js';
import { runCheck } from './check.js';
import { bundleHostTests, runHostTests } from './host/hostTests.js';
import { packageExtension } from './packageExtension.js';
import { runNodeTests } from './nodeTests.js';
import { takeScreenshots } from './screenshots.js';
import { start } from './start.js';
import { testAll } from './testAll.js';

type Task = (root: string, args: readonly string[]) => Promise<number>;

const tasks: Readonly<Record<string, Task>> = {
  start,
  screenshots: (root) => takeScreenshots(root),
  bench: runBenchmarks,
  test: (root) => testAll(root),
  build: async (root, args) => {
    await bundleAll(root);
    if (args.includes('--host-tests')) await bundleHostTests(root);
    return 0;
  },
  watch: (root) => watchBundles(root),
  check: (root) => runCheck(root),
  package: async (root) => {
    console.log(await packageExtension(root));
    return 0;
  },
  'test:host': runHostTests,
  'test:unit': (root, args) => runNodeTests(root, 'unit', args),
  'test:e2e': (root, args) => runNodeTests(root, 'e2e', args),
  'test:engine': (root, args) => runNodeTests(root, 'engine', args),
};

/** Runs one task of package.json's scripts; the number is the exit code. */
export async function main(argv: readonly string[], root: string): Promise<number> {
  const [name = '', ...args] = argv;
  const task = tasks[name];
  if (task === undefined) {
    console.error(`Unknown task: ${name}. Known: ${Object.keys(tasks).join(', ')}.`);
    return 2;
  }
  try {
    return await task(root, args);
  } catch (error) {
    // The messages of the build say what to do; where they come from interests only who works on it.
    console.error(process.env['S3B_VERBOSE'] === undefined ? errorMessage(error) : error);
    return 1;
  }
}
