import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { errorCode } from '../base/errors.js';
import { startGroup } from './command.js';
import { type Counts, noCounts } from './counts.js';
import { endLeftovers, leftoverMark } from './leftovers.js';

/** How long a test file may take. A hang must become a failure with a name, not a build that never ends. */
export interface TestLimits {
  /** For the file. */
  readonly fileMs: number;
  /** Without a test that begins or ends. */
  readonly silenceMs: number;
  /** For what it leaves behind to end by itself: processes look now and then whether their parent is still there. */
  readonly patienceMs: number;
}

export interface TestFileResult {
  readonly counts: Counts;
  /** All that it wrote. */
  readonly lines: readonly string[];
  /** What is wrong with the file apart from tests that failed; undefined when nothing is. */
  readonly problem: string | undefined;
  readonly durationMs: number;
}

const lookMs = 250;
/** Whoever holds the pipes of a file that has ended is not waited for longer. */
const drainMs = 1000;

/**
 * Runs one file of tests in a process of its own. The file is cut when it takes too long, be it a test, a hook, or a handle that stays
 * open behind the last test; whatever it started ends with it.
 */
export async function runTestFile(options: {
  readonly root: string;
  readonly file: string;
  readonly nodeArgs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly limits: TestLimits;
  /** Called with each line as it is written. */
  readonly onLine: ((line: string) => void) | undefined;
}): Promise<TestFileResult> {
  const { root, file, limits } = options;
  const startedMs = Date.now();
  const mark = randomUUID();
  const journalFile = join(root, 'out', `tests-${mark}.jsonl`);
  const { child, stop } = startGroup(
    process.execPath,
    [
      '--enable-source-maps',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${pathToFileURL(join(root, 'src', 'build', 'testJournal.mjs')).href}`,
      `--test-reporter-destination=${journalFile}`,
      ...options.nodeArgs,
      file,
    ],
    { cwd: root, env: { ...process.env, ...options.env, [leftoverMark]: mark }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      options.onLine?.(line);
    });
  }
  const closed = once(child, 'close').catch(() => undefined);
  const exited = once(child, 'exit').then(
    () => undefined,
    (error: unknown) => String(error),
  );
  try {
    const watching = new AbortController();
    const cut = await Promise.race([exited, cutReason(journalFile, limits, watching.signal)]);
    watching.abort();
    const code = child.exitCode;
    if (cut !== undefined) await stop();
    const leftovers = await endLeftovers(mark, cut === undefined ? limits.patienceMs : 0);
    await Promise.race([closed, sleep(drainMs, undefined, { ref: false })]);
    const { counts, running } = readJournal(await readJournalFile(journalFile));
    const problem =
      cut === undefined
        ? problemOf(code, counts, leftovers)
        : `${cut}, ${running ?? 'before a test had ended'}${listed(leftovers)}`;
    // A file that crashes behind its last test, or runs none, fails without failing a test.
    const failed = problem !== undefined && (cut !== undefined || counts.failed === 0) ? counts.failed + 1 : counts.failed;
    return { counts: { ...counts, failed }, lines, problem, durationMs: Date.now() - startedMs };
  } finally {
    await stop();
    // Somebody who could not be ended may hold the other ends, and would keep us from ending.
    child.stdout?.destroy();
    child.stderr?.destroy();
    await rm(journalFile, { force: true });
  }
}

/** Resolves with why the file has to be cut; with undefined soon after the signal. */
async function cutReason(journalFile: string, limits: TestLimits, signal: AbortSignal): Promise<string | undefined> {
  const startedMs = Date.now();
  let size = 0;
  let heardMs = startedMs;
  while (!signal.aborted) {
    await sleep(lookMs);
    const now = Date.now();
    const newSize = await sizeOf(journalFile);
    if (newSize !== size) heardMs = now;
    size = newSize;
    if (now - startedMs >= limits.fileMs) return `cut after ${inSeconds(limits.fileMs)}`;
    if (now - heardMs >= limits.silenceMs) return `cut because no test began or ended for ${inSeconds(limits.silenceMs)}`;
  }
  return undefined;
}

function problemOf(code: number | null, counts: Counts, leftovers: readonly string[]): string | undefined {
  if (leftovers.length > 0) return `ended${listed(leftovers)}`;
  if (counts.failed > 0) return undefined;
  if (code !== 0) return code === null ? 'was ended by a signal' : `ended with code ${code}, though no test failed`;
  return counts.passed + counts.skipped === 0 ? 'ran no test' : undefined;
}

function listed(leftovers: readonly string[]): string {
  return leftovers.length === 0 ? '' : `; processes that it left running were ended:\n  ${leftovers.join('\n  ')}`;
}

interface JournalLine {
  readonly event: 'begun' | 'ended' | 'passed' | 'failed' | 'skipped';
  readonly name: string;
  readonly nesting: number;
}

/** The counts, and where the file stood: the innermost test that has begun and not ended. */
function readJournal(text: string): { counts: Counts; running: string | undefined } {
  const counts = { ...noCounts } as { -readonly [Name in keyof Counts]: Counts[Name] };
  const open: JournalLine[] = [];
  let last: string | undefined;
  // The last line may be cut short.
  for (const line of text.split('\n').slice(0, -1)) {
    const entry = JSON.parse(line) as JournalLine;
    if (entry.event === 'begun') open.push(entry);
    else if (entry.event === 'ended') {
      const at = open.findLastIndex(({ name, nesting }) => name === entry.name && nesting === entry.nesting);
      if (at >= 0) open.splice(at, 1);
      last = entry.name;
    } else counts[entry.event] += 1;
  }
  if (open.length > 0) return { counts, running: `in: ${open.map(({ name }) => name).join(' > ')}` };
  return { counts, running: last === undefined ? undefined : `behind: ${last}` };
}

async function readJournalFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

function inSeconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
