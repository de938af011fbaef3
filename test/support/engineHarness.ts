import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ListBucketsCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { EngineConnection } from '../../src/core/job/target.js';
import { type EngineOptions, type RunningEngine, startEngine } from '../../src/engine/startEngine.js';

/** A folder that goes with the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 's3batch-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface EngineHarness {
  readonly engine: RunningEngine;
  readonly dataDirectory: string;
  /** An S3 client of the engine, path style unless said. */
  readonly client: (config?: S3ClientConfig) => S3Client;
}

/** An engine in this process with a data directory of its own; both go with the test. */
export async function engineFor(t: TestContext, options: Partial<EngineOptions> = {}): Promise<EngineHarness> {
  // Removed after the engine has closed: jobs may still be at work when a test ends, and hooks run in the order they came.
  const own = options.dataDirectory === undefined ? await mkdtemp(join(tmpdir(), 's3batch-test-')) : undefined;
  const dataDirectory = options.dataDirectory ?? join(own ?? '', 'data');
  const engine = await startEngine({ dataDirectory, ...options });
  const clients: S3Client[] = [];
  t.after(async () => {
    for (const client of clients) client.destroy();
    await engine.close();
    if (own !== undefined) await rm(own, { recursive: true, force: true });
  });
  const { endpoint, region, accessKeyId, secretAccessKey } = engine.connection;
  return {
    engine,
    dataDirectory: engine.connection.dataDirectory,
    client: (config = {}) => {
      const client = new S3Client({
        endpoint,
        region,
        credentials: { accessKeyId, secretAccessKey },
        forcePathStyle: true,
        maxAttempts: 1,
        ...config,
      });
      clients.push(client);
      return client;
    },
  };
}

/** The code of the service error that a call ends with. */
export async function errorCodeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return (error as Error).name;
  }
  return 'no error';
}

/** Whether an engine answers at an address, and to its keys. */
export async function canReach(connection: EngineConnection): Promise<boolean> {
  const { endpoint, region, accessKeyId, secretAccessKey } = connection;
  const s3 = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
  try {
    await s3.send(new ListBucketsCommand({}));
    return true;
  } catch {
    return false;
  } finally {
    s3.destroy();
  }
}
