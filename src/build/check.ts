import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleAll } from './bundle.js';
import { checkBundles, inKilobytes } from './bundleChecks.js';
import { runPackageBin } from './command.js';

interface Step {
  readonly name: string;
  /** Resolves with the exit code. */
  readonly run: (root: string) => Promise<number>;
  /** A file without which there is nothing to check. */
  readonly needs?: string;
}

const bin = (name: string, script: string, args: readonly string[], needs?: string): Step => ({
  name,
  run: (root) => runPackageBin(root, script, args),
  ...(needs === undefined ? {} : { needs }),
});

const steps: readonly Step[] = [
  bin('types', 'typescript/bin/tsc', ['-p', '.']),
  bin('types of core (no ambient types)', 'typescript/bin/tsc', ['-p', 'src/core']),
  bin('types of the page (DOM, no Node)', 'typescript/bin/tsc', ['-p', 'src/webview'], 'src/webview/main.ts'),
  bin('lint', 'oxlint/bin/oxlint', ['--quiet', '--format=unix']),
  bin('format', 'prettier/bin/prettier.cjs', ['--check', '--cache', '--cache-location=out/prettier', '--log-level=warn', '.']),
  bin('unused files, exports and packages', 'knip/bin/knip.js', [
    '--no-progress',
    '--no-config-hints',
    '--cache',
    '--cache-location=out/knip',
  ]),
  { name: 'bundles', run: runBundleChecks },
];

/** Everything that a machine can say about the source without running it. Runs all steps, so that one run shows all mistakes. */
export async function runCheck(root: string): Promise<number> {
  return (await checkSource(root)).failed === 0 ? 0 : 1;
}

/** Counts of the steps, for the summary of `npm test`. */
export async function checkSource(root: string): Promise<{ passed: number; failed: number }> {
  let passed = 0;
  let failed = 0;
  for (const { name, run, needs } of steps) {
    if (needs !== undefined && !existsSync(join(root, needs))) continue;
    const code = await run(root);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}`);
    if (code === 0) passed += 1;
    else failed += 1;
  }
  return { passed, failed };
}

async function runBundleChecks(root: string): Promise<number> {
  const bundles = await bundleAll(root);
  const problems = checkBundles(bundles);
  for (const problem of problems) console.error(problem);
  const extension = bundles.find(({ file }) => file === 'dist/extension.js');
  if (extension !== undefined) console.log(`       dist/extension.js is ${inKilobytes(extension.sizeBytes)}`);
  return problems.length === 0 ? 0 : 1;
}
