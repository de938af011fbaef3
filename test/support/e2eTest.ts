import { join } from 'node:path';
import { test } from 'node:test';
import { type Session, type SessionOptions, openSession } from '../../src/build/host/session.js';

/** A test that drives VS Code with a fresh copy of the sample. When it fails, what the screen showed stays in `out/screenshots`. */
export function e2eTest(name: string, options: SessionOptions, body: (session: Session) => Promise<void>): void {
  test(name, { timeout: 400_000 }, async () => {
    const session = await openSession(process.cwd(), options);
    try {
      await body(session);
    } catch (error) {
      const file = join(process.cwd(), 'out', 'screenshots', `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.png`);
      await session.workbench.screenshot(file).then(
        (path) => console.error(`Screenshot: ${path}`),
        (problem: unknown) => console.error(`No screenshot: ${String(problem)}`),
      );
      throw error;
    } finally {
      await session.close();
    }
  });
}
