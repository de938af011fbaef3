import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { canRun, runProgram } from '../../support/program.js';
import { proofRuns } from '../../support/proofRuns.js';

// What a disk does to an engine and to the processes that it starts, by the system itself: faultyFiles reaches one thread only.

const script = fileURLToPath(new URL('../../fakes/jobEngineProcess.js', import.meta.url));
const rows = 400;

interface LastLine {
  readonly status: string;
  readonly counts: readonly number[];
  readonly reason: string;
  /** Rows of the report, and how many of them are there a second time. */
  readonly reported: number;
  readonly repeated: number;
}

/** The reason to skip what needs a program of the system, or false. Printed, so that a skipped layer is seen. */
async function without(program: string, ...args: string[]): Promise<string | false> {
  if (await canRun(program, args)) return false;
  const reason = `${program} ${args.join(' ')} does not run here`;
  console.log(`SKIPPED: ${reason}`);
  return reason;
}

const noNamespace = await without('unshare', '-m', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt');
const noStrace = await without('strace', '-o', '/dev/null', 'true');
const noLimit = await without('prlimit', '--nofile=40', 'true');

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 's3batch-disk-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The last word of the last engine that ran in a folder: its job has ended, and everything about it is consistent. */
function checkEnd(stdout: string, kind: string, what: string): string {
  const lines = stdout.split('\n').filter((line) => line.includes('"reported"'));
  assert.notEqual(lines.length, 0, `${what}: no engine came to an end: ${stdout.slice(-500)}`);
  const last = JSON.parse(lines.at(-1) ?? '') as LastLine;
  const [, succeeded = 0, failed = 0] = last.counts;
  if (last.status === 'Complete') {
    assert.equal(succeeded + failed, rows, what);
    // On the store, a change that the disk had no room for is a task that failed, like any other.
    if (kind === 'lambda') assert.equal(failed, rows / 10, what);
    else assert.ok(failed >= rows / 10, what);
  } else assert.notEqual(last.reason, '', `${what}: ${last.status} without a reason`);
  assert.equal(last.repeated, 0, `${what}: rows are reported twice`);
  if (last.status === 'Complete') assert.equal(last.reported, rows, `${what}: rows are missing from the report`);
  return last.status;
}

/** An engine, its data in the folder `d`. */
function command(folder: string, kind: string): string {
  return `'${process.execPath}' '${script}' '${folder}/d' ${rows} ${kind}`;
}

/** Runs the engine under the fault for a while at most, then without it. */
async function withFault(folder: string, kind: string, wrapper: string): Promise<{ status: string; stderr: string }> {
  const engine = command(folder, kind);
  const { stdout, stderr } = await runProgram('sh', ['-c', `${wrapper.replace('ENGINE', engine)}; ${engine}`], {
    env: process.env,
  });
  return { status: checkEnd(stdout, kind, `${wrapper}, ${kind}: ${stderr.slice(-500)}`), stderr };
}

/** Says how the jobs have ended, and holds that the fault was met at all. */
function tell(t: TestContext, statuses: readonly string[], met: number): void {
  assert.notEqual(met, 0, 'no engine has met the fault');
  const counts = new Map<string, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  t.diagnostic(`${[...counts].map(([status, count]) => `${status} ${count}`).join(', ')}; ${met} met the fault`);
}

for (const kind of ['lambda', 'store']) {
  test(`a disk that fills up at any point of a job (${kind}), and has room again later`, { skip: noNamespace }, async (t) => {
    const statuses: string[] = [];
    let met = 0;
    // From too small for anything to large enough for all.
    for (let sizeKb = 16; sizeKb <= 200; sizeKb += proofRuns(92, 4)) {
      const folder = await folderOf(t);
      const engine = command(folder, kind);
      const inside = [
        `mkdir '${folder}/d'`,
        `mount -t tmpfs -o size=${sizeKb}k tmpfs '${folder}/d'`,
        // An engine that waits for room is ended as a person would end it.
        `timeout -s KILL 4 ${engine}`,
        `mount -o remount,size=64m '${folder}/d'`,
        engine,
      ].join('; ');
      const { stdout, stderr } = await runProgram('unshare', ['-m', 'sh', '-c', inside], { env: process.env });
      if (/ENOSPC|disk .* is full/.test(stderr)) met += 1;
      statuses.push(checkEnd(stdout, kind, `${sizeKb} KB, ${kind}: ${stderr.slice(-500)}`));
    }
    tell(t, statuses, met);
    assert.ok(statuses.includes('Complete'));
  });

  test(`an fsync that fails at any point of a job (${kind})`, { skip: noStrace }, async (t) => {
    const statuses: string[] = [];
    let met = 0;
    for (let at = 1; at <= 16; at += proofRuns(8, 1)) {
      const folder = await folderOf(t);
      const inject = `strace -f -qq -o '${folder}/trace' -e trace=fsync,fdatasync -e inject=fsync,fdatasync:error=EIO:when=${at}`;
      const { status } = await withFault(folder, kind, `timeout -s KILL 20 ${inject} ENGINE`);
      if ((await readFile(join(folder, 'trace'), 'utf8')).includes('(INJECTED)')) met += 1;
      statuses.push(status);
    }
    tell(t, statuses, met);
  });

  test(`an engine with too few file descriptors for its job (${kind})`, { skip: noLimit }, async (t) => {
    const statuses: string[] = [];
    let met = 0;
    for (let limit = 20; limit <= 60; limit += proofRuns(20, 1)) {
      const { status, stderr } = await withFault(await folderOf(t), kind, `timeout -s KILL 4 prlimit --nofile=${limit} ENGINE`);
      if (/EMFILE|[Tt]oo many open files/.test(stderr)) met += 1;
      statuses.push(status);
    }
    tell(t, statuses, met);
  });
}
