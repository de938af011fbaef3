import { join } from 'node:path';
import { errorMessage } from '../../base/errors.js';
import { type Counts, failedToRun, readCounts } from '../counts.js';
import { makeTemporaryFolder } from '../temporaryFolder.js';
import { copySamples } from './copySamples.js';

/** Runs the suite in a desktop VS Code, downloaded from the vendor's site into `.vscode-test/`. Needs a display. */
export async function runInElectron(root: string, vscode: string, grep?: string): Promise<Counts> {
  const { runTests } = await import('@vscode/test-electron');
  const temporary = await makeTemporaryFolder();
  const home = temporary.path;
  const resultFile = join(home, 'result.json');
  try {
    await runTests({
      version: vscode,
      cachePath: join(root, '.vscode-test'),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(root, 'out', 'host', 'index.js'),
      extensionTestsEnv: { S3B_SUITE: 'extension', S3B_GREP: grep ?? '', S3B_RESULT_FILE: resultFile },
      launchArgs: [
        await copySamples(root, home),
        '--disable-extensions',
        '--disable-workspace-trust',
        '--skip-welcome',
        `--user-data-dir=${join(home, 'data')}`,
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    });
    return await readCounts(resultFile);
  } catch (error) {
    console.error(`VS Code ${vscode} on the desktop: ${errorMessage(error)}`);
    return failedToRun;
  } finally {
    await temporary.remove();
  }
}
