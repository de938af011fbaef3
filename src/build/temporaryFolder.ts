import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onShutdown } from './shutdown.js';

export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** A folder that goes when it is removed or when we are asked to stop. Its path is short: sockets in it may have 107 bytes. */
export async function makeTemporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 's3b-'));
  const removeFiles = (): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 5 });
  const registration = onShutdown(removeFiles);
  return {
    path,
    async remove() {
      registration.dispose();
      await removeFiles();
    },
  };
}
