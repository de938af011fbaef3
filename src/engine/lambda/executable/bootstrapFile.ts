import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BatchError, errorCode } from '../../../base/errors.js';
import type { FunctionDefinition } from '../../contracts.js';

/** A built function may lie in a folder of `sam build` beside a template so far above its sources. */
const maxParents = 4;
const elfMachines: Readonly<Record<number, string>> = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64', 243: 'riscv64' };
const machineNames: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };

export interface Bootstrap {
  readonly file: string;
  /** LAMBDA_TASK_ROOT, and where it runs. */
  readonly codeDirectory: string;
}

/**
 * The executable of a function with an OS-only runtime: `bootstrap` in the code's folder, else what `sam build` has made of the
 * function, else that of a layer (Lambda Developer Guide, runtimes-custom).
 * @throws BatchError `InvalidEntrypoint`, the error type that Lambda itself has for it.
 */
export async function findBootstrap(definition: FunctionDefinition): Promise<Bootstrap> {
  const { codeDirectory, logicalId, layers = [] } = definition;
  const candidates = [inFolder(codeDirectory)];
  let folder = codeDirectory;
  for (let level = 0; level <= maxParents; level += 1, folder = dirname(folder)) {
    candidates.push(inFolder(join(folder, '.aws-sam', 'build', logicalId)));
  }
  candidates.push(...layers.toReversed().map((layer) => ({ file: join(layer, 'bootstrap'), codeDirectory })));
  for (const candidate of candidates) {
    const { file } = candidate;
    try {
      await access(file, constants.X_OK);
    } catch (error) {
      if (errorCode(error) === 'EACCES') {
        throw invalid(`fork/exec ${file}: permission denied`, `Make it executable: chmod +x ${file}`);
      }
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') continue;
      throw error;
    }
    await checkFormat(file);
    return candidate;
  }
  throw invalid(
    `Couldn't find valid bootstrap(s): [${join(codeDirectory, 'bootstrap')}]`,
    'Build the function (sam build, cargo lambda build, GOOS=linux go build -o bootstrap), or name the folder of its executable in CodeUri.',
  );
}

function inFolder(codeDirectory: string): Bootstrap {
  return { file: join(codeDirectory, 'bootstrap'), codeDirectory };
}

/** The shell would take whatever it can't start for a script of its own. */
async function checkFormat(file: string): Promise<void> {
  const handle = await open(file, 'r');
  const head = Buffer.alloc(20);
  try {
    await handle.read(head, 0, head.length, 0);
  } finally {
    await handle.close();
  }
  if (head.toString('latin1', 0, 2) === '#!') return;
  const isElf = head.toString('latin1', 0, 4) === '\x7fELF';
  const here = `${process.platform === 'darwin' ? 'macOS' : 'Linux'} on ${machineNames[process.arch] ?? process.arch}`;
  if (process.platform === 'linux' && isElf) {
    const machine = elfMachines[head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18)];
    if (machine === process.arch || machine === undefined) return;
    throw invalid(
      `fork/exec ${file}: exec format error`,
      `It is built for ${machineNames[machine] ?? machine}. Build it for this machine to run it here: ${here}.`,
    );
  }
  const magic = head.readUInt32LE(0);
  if (process.platform === 'darwin' && (magic === 0xfeedfacf || magic === 0xbebafeca)) return;
  throw invalid(
    `fork/exec ${file}: exec format error`,
    isElf
      ? `It is built for Linux. Build it for this machine to run it here: ${here}.`
      : 'It must be an executable of this machine, or a script whose first line begins with #!.',
  );
}

function invalid(message: string, hint: string): BatchError {
  return new BatchError('InvalidEntrypoint', `Error: ${message}`, { hint });
}
