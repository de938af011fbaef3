import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BatchError } from '../../../base/errors.js';

export interface PythonInterpreter {
  /** Absolute path of the interpreter itself, not of a launcher that starts it. */
  readonly executable: string;
  /** `3.11.7`. */
  readonly version: string;
}

/** The oldest Python that the bootstrap is written for; Lambda's own oldest is 3.9. */
const oldest = [3, 8] as const;
/** How many folders above the code are looked at for a virtual environment. */
const maxParents = 3;
const found = new Map<string, Promise<PythonInterpreter>>();

/**
 * The Python interpreter of a function: the given one, else that of a `.venv` in the code's folder or above it, else the first of
 * `python3`, `python` and Windows' launcher `py` that runs there. Looked up once a process and folder.
 * @throws BatchError `PythonNotFound`.
 */
export function findPython(setting: string | undefined, codeDirectory: string): Promise<PythonInterpreter> {
  const key = `${setting ?? ''}\0${codeDirectory}`;
  let search = found.get(key);
  if (search === undefined) {
    search = look(setting, codeDirectory);
    found.set(key, search);
    // One that was installed meanwhile is found the next time.
    search.catch(() => found.delete(key));
  }
  return search;
}

async function look(setting: string | undefined, codeDirectory: string): Promise<PythonInterpreter> {
  const tried: string[] = [];
  for (const [command, args] of setting === undefined ? candidates(codeDirectory) : [[setting, []] as const]) {
    const answer = await ask(command, args, codeDirectory);
    if (typeof answer !== 'string') return answer;
    tried.push(`${[command, ...args].join(' ')}: ${answer}`);
  }
  throw new BatchError('PythonNotFound', `No Python interpreter runs here (${tried.join('; ')}).`, {
    hint: 'Install Python 3, or name the interpreter in the setting s3batch.local.python.',
  });
}

function candidates(codeDirectory: string): readonly (readonly [string, readonly string[]])[] {
  const result: (readonly [string, readonly string[]])[] = [];
  let folder = codeDirectory;
  for (let level = 0; level <= maxParents; level += 1) {
    const python = join(folder, '.venv', ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
    if (existsSync(python)) {
      result.push([python, []]);
      break;
    }
    folder = dirname(folder);
  }
  return [...result, ['python3', []], ['python', []], ['py', ['-3']]];
}

async function ask(command: string, args: readonly string[], folder: string): Promise<PythonInterpreter | string> {
  const code = 'import sys;print(sys.executable);print("%d.%d.%d" % sys.version_info[:3])';
  const { status, out, errors } = await askPython(command, [...args, '-c', code], folder);
  const [executable = '', version = ''] = out.split(/\r?\n/);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (status !== 0) {
    const [first = ''] = errors.trim().split('\n');
    return first === '' ? `exit status ${status}` : first;
  }
  if (major !== oldest[0] || minor < oldest[1]) return `version ${version} is older than ${oldest.join('.')}`;
  return { executable, version };
}

export interface PythonAnswer {
  /** Null when it could not be started, or took too long. */
  readonly status: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Runs an interpreter for a moment, in the folder of the code where there is one. */
export function askPython(command: string, args: readonly string[], folder: string): Promise<PythonAnswer> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      // A version manager chooses the version by the folder.
      ...(existsSync(folder) ? { cwd: folder } : {}),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 10_000,
      windowsHide: true,
    });
    let out = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
    child.on('error', (error) => {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      resolve({ status: null, out, errors: isMissing ? 'not found' : error.message });
    });
    child.on('close', (status) => resolve({ status, out, errors }));
  });
}
