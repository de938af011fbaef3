import { errorMessage } from '../base/errors.js';
import { installDebianPackage } from './aptGet.js';
import { bundleAll } from './bundle.js';
import { checkSource } from './check.js';
import { readCommand } from './command.js';
import { type Counts, addCounts, failedToRun, formatCounts, noCounts } from './counts.js';
import { bundleHostTests, runExtensionSuite, runPackagedSuite } from './host/hostTests.js';
import { hostVersions, newestHost } from './host/versions.js';
import { countNodeTests, transpile } from './nodeTests.js';
import { cleanUp } from './shutdown.js';

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
  { name: 'build', run: buildOnce },
  { name: 'check', run: async (root) => ({ ...(await checkSource(root)), skipped: 0 }) },
  { name: 'unit', run: (root) => countNodeTests(root, 'unit', []) },
  { name: 'engine', run: (root) => countNodeTests(root, 'engine', []) },
  ...hostVersions.map(({ vscode }) => ({
    name: `host ${vscode}`,
    run: (root: string) => runExtensionSuite(root, vscode),
    obstacle: hostObstacle,
  })),
  {
    name: 'packaged extension',
    run: (root) => runPackagedSuite(root, newestHost.vscode),
    obstacle: hostObstacle,
  },
  { name: 'e2e', run: (root) => countNodeTests(root, 'e2e', []), obstacle: hostObstacle },
];

/** What all other layers start: the product, its tests, and those for VS Code. */
async function buildOnce(root: string): Promise<Counts> {
  await provideDebugpy();
  await bundleAll(root);
  await bundleHostTests(root);
  await transpile(root);
  return noCounts;
}

/** On a build server, what the tests of the Python debugger need. Elsewhere, and where it can't be had, they are skipped and say so. */
async function provideDebugpy(): Promise<void> {
  if (process.env['CI'] !== 'true' || process.platform === 'win32') return;
  const asked = await readCommand('/usr/bin/python3', ['-c', 'import debugpy'], { cwd: '/' }).catch(() => undefined);
  if (asked?.code !== 0) await installDebianPackage('python3-debugpy');
}

/**
 * A layer that hangs in spite of its own limits. The longest takes ten minutes on a quiet machine; the first run on a machine also
 * installs what the layer needs.
 */
const layerLimitMs = 40 * 60_000;

/** Rejects when the layer takes too long, and ends what it has started. */
async function withinLimit(layer: Promise<Counts>): Promise<Counts> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<'over'>((resolve) => {
    timer = setTimeout(() => resolve('over'), layerLimitMs);
  });
  try {
    const end = await Promise.race([layer, limit]);
    if (end !== 'over') return end;
  } finally {
    clearTimeout(timer);
  }
  // Whatever it still says, the next layer is not to die of it.
  layer.catch(() => undefined);
  await cleanUp();
  throw new Error(`cut after ${layerLimitMs / 60_000} min`);
}

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
      results.push({ name, counts: await withinLimit(run(root)), seconds: seconds() });
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
