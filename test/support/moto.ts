import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The reason to skip tests against moto, or false. Printed, so that a skipped layer is seen. */
export const noMoto: string | false = (() => {
  const result = spawnSync('moto_server', ['--help'], { encoding: 'utf8' });
  if (result.status === 0) return false;
  const reason = `moto_server does not run here: ${result.error?.message ?? result.stderr.split('\n', 1)[0]}`;
  console.log(`SKIPPED: ${reason}`);
  return reason;
})();

export interface Moto {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  stop(): void;
}

/** Starts a moto server of its own; resolves when it answers. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child: ChildProcess = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  for (let attempt = 0; attempt < 300; attempt += 1) {
    try {
      await fetch(`${endpoint}/moto-api/data.json`);
      return { endpoint, stop: () => child.kill() };
    } catch {
      if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode}`);
      await sleep(100);
    }
  }
  child.kill();
  throw new Error('moto_server does not answer.');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
