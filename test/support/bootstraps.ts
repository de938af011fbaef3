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

const rustc = ['rustc', join(homedir(), '.cargo', 'bin', 'rustc')].find(
  (command) => spawnSync(command, ['--version']).status === 0,
);

/** The reason to skip what needs a compiler of Rust, or false. */
export const noRust: string | false = rustc === undefined ? 'rustc is not installed' : false;
if (noRust !== false) console.log(`SKIPPED: ${noRust}`);

let compiled: Buffer | undefined;

/** The executable of test/fixtures/lambda/bootstrap.rs, compiled once a process. */
export function rustBootstrap(): Buffer {
  if (compiled !== undefined) return compiled;
  if (rustc === undefined) throw new Error(String(noRust));
  const source = join(process.cwd(), 'test/fixtures/lambda/bootstrap.rs');
  const folder = mkdtempSync(join(tmpdir(), 's3batch-rust-'));
  try {
    const file = join(folder, 'bootstrap');
    const result = spawnSync(rustc, ['-O', '-o', file, source], { encoding: 'utf8' });
    if (result.status !== 0) throw new Error(result.stderr);
    compiled = readFileSync(file);
    return compiled;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
