import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { MissChannel, Missed } from '../core/job/readThrough.js';
import type { EngineConnection } from '../core/job/target.js';
import { addHeader } from './addHeader.js';
import { silentLogger } from './quietly.js';
import { localS3Client } from './s3Clients.js';
import { toBatchError } from './sdkError.js';
import { sendOptions } from './sendOptions.js';

/** The engine's private calls stand where no bucket can be; the SDK signs them like all others. */
const bucket = '.s3batch';
const reasonHeader = 'x-s3batch-reason';

/** A session of jobs whose reads fall through. The name is a UUID. Errors are BatchErrors. */
export function createMissChannel(connection: EngineConnection, sessionId: string): MissChannel {
  return new SdkMissChannel(localS3Client(connection, { maxAttempts: 1, logger: silentLogger }), sessionId);
}

class SdkMissChannel implements MissChannel {
  readonly #client: S3Client;
  readonly #place: { readonly Bucket: string; readonly Key: string };

  constructor(client: S3Client, sessionId: string) {
    this.#client = client;
    this.#place = { Bucket: bucket, Key: `fetch/${sessionId}` };
  }

  async open(signal?: AbortSignal): Promise<void> {
    await this.#put({}, signal);
  }

  async next(signal?: AbortSignal): Promise<Missed> {
    return await call(async () => {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#place), sendOptions(signal));
      return JSON.parse((await Body?.transformToString()) ?? '') as Missed;
    });
  }

  async settle(numbers: readonly number[], signal?: AbortSignal): Promise<void> {
    await this.#put({ settled: numbers }, signal);
  }

  async close(reason?: string): Promise<void> {
    const command = new DeleteObjectCommand(this.#place);
    if (reason !== undefined) addHeader(command, reasonHeader, encodeURIComponent(reason));
    await call(() => this.#client.send(command));
  }

  dispose(): void {
    this.#client.destroy();
  }

  async #put(said: { settled?: readonly number[] }, signal: AbortSignal | undefined): Promise<void> {
    await call(() =>
      this.#client.send(new PutObjectCommand({ ...this.#place, Body: JSON.stringify(said) }), sendOptions(signal)),
    );
  }
}

async function call<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw toBatchError(error, { action: 'hear what the job looks for', targetLabel: 'Local' });
  }
}
