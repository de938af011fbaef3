import { join } from 'node:path';
import type { HostVersion } from './host/versions.js';
import { openSession } from './host/session.js';
import { runSampleJob } from './host/sampleJob.js';

/** `npm start -- --smoke`: runs the sample job through the UI without a screen, and says what came of it. */
export async function runSmoke(root: string, version: HostVersion): Promise<number> {
  console.log(`Opening the sample in VS Code ${version.vscode}, without a screen...`);
  const session = await openSession(root, { version });
  const picture = join(root, 'out', 'screenshots', 'smoke.png');
  try {
    const { status, succeeded, failed } = await runSampleJob(session);
    console.log(`Sample job: ${status}, ${succeeded} succeeded, ${failed} failed`);
    return failed === 0 && succeeded === 3 ? 0 : 1;
  } catch (error) {
    console.error(error);
    return 1;
  } finally {
    console.log(`Screenshot: ${await session.workbench.screenshot(picture)}`);
    await session.close();
  }
}
