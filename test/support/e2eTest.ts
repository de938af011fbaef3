import { join } from 'node:path';
import { test } from 'node:test';
import { type Session, type SessionOptions, openSession } from '../../src/build/host/session.js';

/** A build server is slower than any person's machine now and then; what fails twice there is wrong. At a desk the first failure counts. */
const attempts = process.env['CI'] === undefined ? 1 : 2;

/** A test that drives VS Code with a fresh copy of the sample. When it fails, what the screen showed stays in `out/screenshots`. */
export function e2eTest(name: string, options: SessionOptions, body: (session: Session) => Promise<void>): void {
  test(name, { timeout: 400_000 }, async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await runOnce(name, options, body);
        if (attempt > 1) console.error(`Passed at attempt ${attempt}: ${name}`);
        return;
      } catch (error) {
        if (attempt === attempts) throw error;
        console.error(`Failed at attempt ${attempt}: ${name}`, error);
      }
    }
  });
}

async function runOnce(name: string, options: SessionOptions, body: (session: Session) => Promise<void>): Promise<void> {
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
}
