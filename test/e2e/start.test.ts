import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { launchChromium } from '../../src/build/host/chromium.js';
import { Workbench } from '../../src/build/host/workbench.js';
import { eventually } from '../support/eventually.js';

const root = process.cwd();
const limitMs = 120_000;

interface Started {
  readonly process: ChildProcess;
  output(): string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** `npm start` in a process group of its own, as a shell would start it. */
function npmStart(args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn('npm', ['start', '--', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  return { process: child, output: () => output, ended: new Promise((resolve) => child.on('close', resolve)) };
}

/** Ids of the processes whose command line, environment or working folder names the text. */
async function processesNaming(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))) {
    const about = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    if (about.some((part) => part.includes(text))) found.push(`${pid} ${about[0]?.replaceAll('\0', ' ').slice(0, 200)}`);
  }
  return found;
}

const sampleState = (): string => execFileSync('git', ['status', '--porcelain', 'samples'], { cwd: root, encoding: 'utf8' });
const homeIn = (output: string): string => /\S*[\\/]s3b-\w+/.exec(output)?.[0] ?? assert.fail(`no folder named in:\n${output}`);

const needsProc = process.platform === 'linux' ? {} : { skip: 'looks at /proc' };

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(
    `npm start shows the sample in the browser and leaves nothing behind after ${signal}`,
    { timeout: 2 * limitMs, ...needsProc },
    async () => {
      const before = sampleState();
      const started = npmStart(['--browser']);
      try {
        await eventually(async () => assert.match(started.output(), /Press Ctrl\+C to stop/), limitMs);
        const url = /http:\/\/127\.0\.0\.1\S+/.exec(started.output())?.[0] ?? '';
        const home = homeIn(started.output());
        const browser = await launchChromium();
        try {
          const workbench = await Workbench.open(browser, url);
          await workbench.openFile('manifest.csv');
          assert.match(await workbench.page.title(), /Extension Development Host/);
        } finally {
          await browser.close();
        }
        assert.ok((await processesNaming(home)).length > 0, 'the search finds the server while it runs');

        // A terminal sends SIGINT to the whole group; a build server sends SIGTERM to npm alone.
        process.kill(signal === 'SIGINT' ? -started.process.pid! : started.process.pid!, signal);
        await started.ended;
        assert.match(started.output(), /Stopping\.\.\.\s*$/);
        assert.deepEqual(await processesNaming(home), []);
        await assert.rejects(readdir(home), { code: 'ENOENT' });
        assert.equal(sampleState(), before);
      } catch (error) {
        console.error(started.output());
        throw error;
      } finally {
        killGroup(started.process);
      }
    },
  );
}

test(
  'npm start takes the desktop VS Code where there is one, with data of its own, and ends it',
  { timeout: limitMs, ...needsProc },
  async () => {
    const bin = await mkdtemp(join(tmpdir(), 's3b-code-'));
    try {
      // As the real one does: hands over to a process of another session, whose id it writes down, and waits.
      const script = `#!/usr/bin/env bash
for arg in "$@"; do case "$arg" in --user-data-dir=*) data="\${arg#*=}";; esac; done
mkdir -p "$data"
printf '%s\\n' "$@" > ${bin}/arguments
setsid sleep 1000 &
echo $! > "$data/code.lock.new" && mv "$data/code.lock.new" "$data/code.lock"
echo $! > ${bin}/pid
wait $!
`;
      await mkdir(bin, { recursive: true });
      await writeFile(join(bin, 'code'), script);
      await chmod(join(bin, 'code'), 0o755);
      const started = npmStart([], { PATH: `${bin}${delimiter}${process.env['PATH']}`, DISPLAY: ':99' });
      try {
        await eventually(async () => assert.match(await readFile(join(bin, 'pid'), 'utf8'), /\d/), limitMs);
        const passed = await readFile(join(bin, 'arguments'), 'utf8');
        const home = homeIn(started.output());
        assert.match(passed, new RegExp(`^--extensionDevelopmentPath=${root}$`, 'm'));
        assert.match(passed, new RegExp(`^${home}/samples$`, 'm'));
        process.kill(started.process.pid!, 'SIGTERM');
        await started.ended;
        assert.match(started.output(), /Stopping\.\.\.\s*$/);
        assert.deepEqual(await processesNaming(home), []);
        const pid = Number(await readFile(join(bin, 'pid'), 'utf8'));
        await eventually(async () => assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }));
        await assert.rejects(readdir(home), { code: 'ENOENT' });
      } catch (error) {
        console.error(started.output());
        throw error;
      } finally {
        killGroup(started.process);
      }
    } finally {
      await rm(bin, { recursive: true, force: true });
    }
  },
);

test(
  'npm start -- --smoke runs the sample job without a screen and prints its counts and a picture',
  { timeout: 3 * limitMs },
  async () => {
    const before = sampleState();
    const started = npmStart(['--smoke']);
    try {
      assert.equal(await started.ended, 0, started.output());
      assert.match(started.output(), /^Sample job: Complete, 3 succeeded, 0 failed$/m);
      const picture = /^Screenshot: (.+)$/m.exec(started.output())?.[1] ?? '';
      assert.deepEqual((await readFile(picture)).subarray(1, 4).toString(), 'PNG');
      assert.equal(sampleState(), before);
    } finally {
      killGroup(started.process);
    }
  },
);

/** What a failed test would leave. */
function killGroup(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error;
  }
}
