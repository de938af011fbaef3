import { join } from 'node:path';
import { bundleAll } from './bundle.js';
import { openReport, runJobFile } from './host/sampleJob.js';
import { type Session, openSession } from './host/session.js';

/** The pictures of the README, each a scene of the product as it is. They build upon each other, in this order. */
const scenes: readonly { readonly name: string; readonly show: (session: Session) => Promise<void> }[] = [
  {
    name: 'lint',
    async show({ workbench }) {
      await workbench.openFile('manifest-broken.csv');
      const problems = await workbench.problems();
      await problems.filter({ hasText: 'header-row' }).first().waitFor();
      await workbench.openFile('manifest-broken.csv', 4);
    },
  },
  {
    name: 'palette',
    async show({ workbench }) {
      await workbench.page.keyboard.press('Control+J');
      await workbench.page.keyboard.press('F1');
      await workbench.page.keyboard.type('S3 Batch: ');
      await workbench.quickRows().filter({ hasText: 'S3 Batch' }).nth(8).waitFor();
    },
  },
  {
    name: 'jobs',
    async show({ workbench }) {
      await workbench.page.keyboard.press('Escape');
      await runJobFile({ workbench }, 'rename-slip.s3job.json', /with a slip/);
      await runJobFile({ workbench }, 'rename.s3job.json', /A becomes B/);
      for (const job of [/with a slip/, /A becomes B/]) {
        await workbench.treeRow(job).click();
        await workbench.page.keyboard.press('ArrowRight');
        await workbench.treeRow(/Invoke AWS Lambda/).waitFor();
      }
      await workbench.clearNotifications();
    },
  },
  {
    name: 'report',
    async show({ workbench }) {
      await openReport({ workbench }, /with a slip/);
      await workbench.page.keyboard.press('Control+1');
    },
  },
  {
    name: 'wizard',
    async show({ workbench }) {
      await workbench.openFile('manifest.csv');
      await workbench.command('S3 Batch: Create Job…');
      await workbench.pick('manifest.csv');
      await workbench.quickTitle().filter({ hasText: 'Upload the manifest to' }).waitFor();
      await workbench.enter();
      await workbench.quickTitle().filter({ hasText: ': Operation (' }).waitFor();
      await workbench.enter();
      await workbench.quickTitle().filter({ hasText: ': FunctionArn' }).waitFor();
      await workbench.quickRows().filter({ hasText: 'rename-reports' }).first().waitFor();
    },
  },
];

const themes = { '': 'Default Dark Modern', '-light': 'Default Light Modern' };

/** `npm run screenshots`: makes media/*.png anew, dark and light. */
export async function takeScreenshots(root: string): Promise<number> {
  await bundleAll(root);
  for (const [suffix, theme] of Object.entries(themes)) {
    const session = await openSession(root, {
      viewport: { width: 1200, height: 750 },
      settings: {
        'workbench.colorTheme': theme,
        'window.title': 'S3 Batch Operations',
        'editor.minimap.enabled': false,
        'editor.cursorBlinking': 'solid',
      },
    });
    try {
      await session.workbench.widenSideBar(90);
      for (const { name, show } of scenes) {
        await show(session);
        // Where it points at nothing that would show a hint of itself.
        await session.workbench.page.mouse.move(2, 2);
        await session.workbench.settle();
        console.log(await session.workbench.screenshot(join(root, 'media', `${name}${suffix}.png`), { hasTitleBar: false }));
      }
    } catch (error) {
      console.error(`See ${await session.workbench.screenshot(join(root, 'out', 'screenshots', 'failed-scene.png'))}`);
      throw error;
    } finally {
      await session.close();
    }
  }
  return 0;
}
