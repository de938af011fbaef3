import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HandlerFolder } from './environmentThread.js';

/** A `bootstrap` of Node.js that answers with what `answer` (an expression or body of an async function of event and headers) gives. */
export function nodeBootstrap(body: string, head = ''): string {
  return `#!${process.execPath}
const http = require('node:http');
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const call = (method, path, text, headers = {}) => new Promise((resolve, reject) => {
  const request = http.request({ host, port, agent, method, path: '/2018-06-01/runtime/' + path, headers }, (response) => {
    let answer = '';
    response.setEncoding('utf8').on('data', (chunk) => (answer += chunk)).on('end', () => resolve({ status: response.statusCode, headers: response.headers, text: answer }));
  });
  request.on('error', reject);
  request.end(text);
});
${head}
(async () => {
  for (;;) {
    const next = await call('GET', 'invocation/next');
    const id = next.headers['lambda-runtime-aws-request-id'];
    const event = JSON.parse(next.text);
    try {
      const result = await (async (headers) => { ${body} })(next.headers);
      await call('POST', 'invocation/' + id + '/response', typeof result === 'string' ? result : JSON.stringify(result));
    } catch (error) {
      await call('POST', 'invocation/' + id + '/error', JSON.stringify({ errorMessage: error.message, errorType: error.name, stackTrace: error.stack.split('\\n') }));
    }
  }
})();
`;
}

/** Writes the text as the executable of the function. */
export function writeBootstrap(folder: HandlerFolder, text: string | Uint8Array): void {
  folder.write('bootstrap', text);
  chmodSync(join(folder.path, 'bootstrap'), 0o755);
}

interface Compiler {
  readonly language: string;
  /** Where it may be, the first that runs counts. */
  readonly commands: readonly string[];
  readonly versionFlag: string;
  readonly compile: (source: string, out: string) => readonly string[];
}

const compilers = {
  rs: {
    language: 'Rust',
    commands: ['rustc', join(homedir(), '.cargo', 'bin', 'rustc')],
    versionFlag: '--version',
    compile: (source, out) => ['-O', '-o', out, source],
  },
  go: { language: 'Go', commands: ['go'], versionFlag: 'version', compile: (source, out) => ['build', '-o', out, source] },
} as const satisfies Readonly<Record<string, Compiler>>;
type Language = keyof typeof compilers;

const found = new Map(
  Object.entries(compilers).map(([suffix, { language, commands, versionFlag }]) => {
    const command = commands.find((candidate) => spawnSync(candidate, [versionFlag]).status === 0);
    if (command === undefined) console.log(`SKIPPED: no compiler of ${language} is installed`);
    return [suffix as Language, command];
  }),
);

/** The reason to skip what needs a compiler of the language, or false. */
export function noCompiler(suffix: Language): string | false {
  return found.get(suffix) === undefined && `no compiler of ${compilers[suffix].language} is installed`;
}

const compiled = new Map<Language, Buffer>();

/** The executable of test/fixtures/lambda/bootstrap.rs or .go, compiled once a process. */
export function compiledBootstrap(suffix: Language): Buffer {
  const known = compiled.get(suffix);
  if (known !== undefined) return known;
  const command = found.get(suffix);
  if (command === undefined) throw new Error(String(noCompiler(suffix)));
  const source = join(process.cwd(), `test/fixtures/lambda/bootstrap.${suffix}`);
  const folder = mkdtempSync(join(tmpdir(), 's3batch-compiled-'));
  try {
    const file = join(folder, 'bootstrap');
    const result = spawnSync(command, compilers[suffix].compile(source, file), { encoding: 'utf8' });
    if (result.status !== 0) throw new Error(result.stderr);
    const bytes = readFileSync(file);
    compiled.set(suffix, bytes);
    return bytes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
