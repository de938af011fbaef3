import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { EngineConnection } from '../../../src/core/job/target.js';
import { parseEngineMessage } from '../../../src/engine/sharing/messages.js';
import { openRunning } from '../../../src/engine/sharing/openEngine.js';
import { canReach, temporaryFolder } from '../../support/engineHarness.js';
import { eventually } from '../../support/eventually.js';

const engineScript = fileURLToPath(new URL('../../../src/engine/main.js', import.meta.url));
const lineCount = 40;
const lineBytes = 100_000;

interface Frozen {
  readonly child: ChildProcess;
  readonly connection: EngineConnection;
  readonly dataDirectory: string;
  readonly messages: Readable;
  /** Makes a function print 4 MB, which the engine logs. */
  talk(): Promise<void>;
}

/** An engine whose starter reads its first line and nothing more, as a window that a debugger has stopped. */
async function frozenStarter(t: TestContext): Promise<Frozen> {
  const folder = await temporaryFolder(t);
  const dataDirectory = join(folder, 'data');
  const source = `exports.handler = async () => { for (let n = 0; n < ${lineCount}; n += 1) console.log('line ' + n + ' ' + 'x'.repeat(${lineBytes})); };`;
  await writeFile(join(folder, 'app.js'), source);
  const talker = JSON.stringify({ name: 'talker', folder, handler: 'app.handler', runtime: 'nodejs22.x' });
  const child = spawn(
    process.execPath,
    [engineScript, '--data', dataDirectory, '--shared', '--messages-fd', '3', '--function', talker],
    { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] },
  );
  const [, stdout, , messages] = child.stdio as unknown as [unknown, Readable, Readable, Readable];
  t.after(() => child.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: stdout }), 'line')) as [string];
  const connection = JSON.parse(line) as EngineConnection;
  const { endpoint, region, accessKeyId, secretAccessKey } = connection;
  const client = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
  t.after(() => client.destroy());
  return {
    child,
    connection,
    dataDirectory,
    messages,
    talk: async () => {
      const answer = await client.send(new InvokeCommand({ FunctionName: 'talker' }));
      assert.equal(answer.FunctionError, undefined);
    },
  };
}

/** Lines of the talker that came, and those that the log says it has left out. */
class Heard {
  readonly lines: string[] = [];
  readonly add = (line: string): void => {
    this.lines.push(line);
  };

  get came(): number {
    return this.lines.filter((line) => line.includes(' talker: line ')).length;
  }

  get leftOut(): number {
    return this.lines.reduce((sum, line) => sum + Number(/ (\d+) lines of the log/.exec(line)?.[1] ?? 0), 0);
  }
}

test('a window that does not read holds up nobody, and is told what it missed', async (t) => {
  const { connection, dataDirectory, messages, talk } = await frozenStarter(t);
  const other = new Heard();
  const handle = await openRunning({ dataDirectory, onLog: other.add });
  assert.ok(handle !== undefined);
  await talk();
  assert.ok(await canReach(connection));
  await eventually(async () => assert.equal(other.came + other.leftOut, lineCount));
  assert.ok(other.came > 0);

  const frozen = new Heard();
  createInterface({ input: messages }).on('line', (line) => {
    const message = parseEngineMessage(line);
    if (message?.kind === 'log') frozen.add(message.line);
  });
  await eventually(async () => assert.equal(frozen.came + frozen.leftOut, lineCount));
  assert.ok(frozen.leftOut >= lineCount / 2, `only ${frozen.leftOut} lines were left out`);
  assert.ok(![...frozen.lines, ...other.lines].some((line) => line.includes(connection.secretAccessKey)));
  await handle.end('stopped');
});

test('an engine whose log nobody reads ends all the same', async (t) => {
  const { child, dataDirectory, talk } = await frozenStarter(t);
  await talk();
  const exited = once(child, 'exit');
  const handle = await openRunning({ dataDirectory, onLog: () => undefined });
  await handle?.end('stopped');
  assert.deepEqual(await exited, [0, null]);
});
