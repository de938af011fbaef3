import { runPackageBin } from './command.js';

const steps: readonly { name: string; script: string; args: readonly string[] }[] = [
  { name: 'types', script: 'typescript/bin/tsc', args: ['-p', '.'] },
  { name: 'types of core (no ambient types)', script: 'typescript/bin/tsc', args: ['-p', 'src/core'] },
];

/** Everything that a machine can say about the source without running it. Runs all steps, so that one run shows all mistakes. */
export async function runCheck(root: string): Promise<number> {
  let failed = 0;
  for (const step of steps) {
    const code = await runPackageBin(root, step.script, step.args);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${step.name}`);
    if (code !== 0) failed += 1;
  }
  return failed === 0 ? 0 : 1;
}
