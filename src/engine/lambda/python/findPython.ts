import { spawn } from 'node:child_process';
import { BatchError } from '../../../base/errors.js';

export interface PythonCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute path of the interpreter, for messages. */
  readonly executable: string;
  /** `3.11.7`. */
  readonly version: string;
}

/** The oldest Python that the bootstrap is written for; Lambda's own oldest is 3.9. */
const oldest = [3, 8] as const;
const found = new Map<string, Promise<PythonCommand>>();

/**
 * The Python interpreter: the given one, else the first of `python3`, `python` and Windows' launcher `py` that runs. Looked up once
 * a process.
 * @throws BatchError `PythonNotFound`.
 */
export function findPython(setting: string | undefined): Promise<PythonCommand> {
  const key = setting ?? '';
  let search = found.get(key);
  if (search === undefined) {
    search = look(setting);
    found.set(key, search);
    // One that was installed meanwhile is found the next time.
    search.catch(() => found.delete(key));
  }
  return search;
}

async function look(setting: string | undefined): Promise<PythonCommand> {
  const candidates: readonly (readonly [string, readonly string[]])[] =
    setting === undefined
      ? [
          ['python3', []],
          ['python', []],
          ['py', ['-3']],
        ]
      : [[setting, []]];
  const tried: string[] = [];
  for (const [command, args] of candidates) {
    const answer = await ask(command, args);
    if (typeof answer !== 'string') return { command, args, ...answer };
    tried.push(`${[command, ...args].join(' ')}: ${answer}`);
  }
  throw new BatchError('PythonNotFound', `No Python interpreter runs here (${tried.join('; ')}).`, {
    hint: 'Install Python 3, or name the interpreter in the setting s3batch.local.python.',
  });
}

function ask(command: string, args: readonly string[]): Promise<{ executable: string; version: string } | string> {
  return new Promise((resolve) => {
    const code = 'import sys;print(sys.executable);print("%d.%d.%d" % sys.version_info[:3])';
    const child = spawn(command, [...args, '-c', code], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 10_000,
      windowsHide: true,
    });
    let text = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
    child.on('error', (error) => resolve((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not found' : error.message));
    child.on('close', (status) => {
      const [executable = '', version = ''] = text.split(/\r?\n/);
      const [major = 0, minor = 0] = version.split('.').map(Number);
      if (status !== 0) resolve(errors.trim().split('\n')[0] ?? `exit status ${status}`);
      else if (major !== oldest[0] || minor < oldest[1]) resolve(`version ${version} is older than ${oldest.join('.')}`);
      else resolve({ executable, version });
    });
  });
}
