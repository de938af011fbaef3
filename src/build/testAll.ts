import { errorMessage } from '../base/errors.js';
import { bundleAll } from './bundle.js';
import { checkSource } from './check.js';
import { type Counts, addCounts, failedToRun, formatCounts, noCounts } from './counts.js';
import { bundleHostTests, runExtensionSuite, runPackagedSuite } from './host/hostTests.js';
import { hostVersions, newestHost } from './host/versions.js';
import { countNodeTests } from './nodeTests.js';

interface Layer {
  readonly name: string;
  readonly run: (root: string) => Promise<Counts>;
  /** Why it can't run here; undefined when it can. */
  readonly obstacle?: () => string | undefined;
}

/** Where the VS Code server does not exist there is nothing to install; a missing Chromium, though, is a failure and says what to do. */
const hostObstacle = (): string | undefined =>
  process.platform === 'win32'
    ? 'the VS Code server does not run on Windows: use WSL, or npm run test:host -- --electron'
    : undefined;

const layers: readonly Layer[] = [
  { name: 'check', run: async (root) => ({ ...(await checkSource(root)), skipped: 0 }) },
  { name: 'unit', run: (root) => countNodeTests(root, 'unit', []) },
  { name: 'engine', run: (root) => countNodeTests(root, 'engine', []) },
  ...hostVersions.map(({ vscode }) => ({
    name: `host ${vscode}`,
    run: async (root: string) => {
      await bundleAll(root);
      await bundleHostTests(root);
      return runExtensionSuite(root, vscode);
    },
    obstacle: hostObstacle,
  })),
  {
    name: 'packaged extension',
    run: async (root) => {
      await bundleHostTests(root);
      return runPackagedSuite(root, newestHost.vscode);
    },
    obstacle: hostObstacle,
  },
  { name: 'e2e', run: (root) => countNodeTests(root, 'e2e', []), obstacle: hostObstacle },
];

/**
 * `npm test`: every layer, one after the other, with a summary. All of them run whatever the others gave, so that one run shows all
 * mistakes. The last line is the sum, alone: `N passed, N failed`.
 */
export async function testAll(root: string): Promise<number> {
  const results: { name: string; counts: Counts; seconds: number; reason?: string }[] = [];
  for (const { name, run, obstacle } of layers) {
    console.log(`\n== ${name} ==`);
    const reason = obstacle?.();
    if (reason !== undefined) {
      console.log(`Skipped: ${reason}`);
      results.push({ name, counts: { ...noCounts, skipped: 1 }, seconds: 0, reason: `skipped: ${reason}` });
      continue;
    }
    const startedAt = performance.now();
    const seconds = (): number => Math.round((performance.now() - startedAt) / 1000);
    try {
      results.push({ name, counts: await run(root), seconds: seconds() });
    } catch (error) {
      console.error(error);
      results.push({ name, counts: failedToRun, seconds: seconds(), reason: errorMessage(error) });
    }
  }
  console.log('\n== summary ==');
  for (const { name, counts, seconds, reason } of results) {
    console.log(`${name.padEnd(20)} ${formatCounts(counts)} (${seconds} s)${reason === undefined ? '' : ` ${reason}`}`);
  }
  const sum = results.reduce((total, { counts }) => addCounts(total, counts), noCounts);
  console.log(formatCounts(sum));
  return sum.failed === 0 ? 0 : 1;
}
