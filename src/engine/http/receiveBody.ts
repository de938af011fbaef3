import type { IncomingMessage } from 'node:http';
import { deferred } from '../../base/async.js';
import type { Clock } from '../../base/clock.js';
import { ServiceError } from '../serviceError.js';
import { incomplete } from './decodeChunks.js';

/** The raw payload of a request. */
export interface RequestBody extends AsyncIterable<Buffer> {
  /** Drops what was not read, so that the client gets to read an early answer. Call it when the request was answered. */
  release(): Promise<void>;
}

/**
 * Opens the raw payload. Reading ends with `RequestTimeout` when the client stays silent for `silenceMs` and with `IncompleteBody` when it goes away.
 * A reader that stops early does not destroy the request, so that an error answer can still be sent.
 */
export function receiveBody(request: IncomingMessage, clock: Clock, silenceMs: number, onFirstRead: () => void): RequestBody {
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, unknown>;
  let isOpened = false;
  let isSilent = false;
  const next = async (): Promise<IteratorResult<Buffer>> => {
    if (!isOpened) onFirstRead();
    isOpened = true;
    const silence = deferred<never>();
    const timer = clock.schedule(silenceMs, () => {
      isSilent = true;
      silence.reject(requestTimeout());
    });
    const arrival = chunks.next().catch(() => {
      // The only way for a request to fail: its client has gone.
      throw incomplete();
    });
    try {
      const result = await Promise.race([arrival, silence.promise]);
      return result.done === true ? { done: true, value: undefined } : { done: false, value: result.value };
    } finally {
      timer.dispose();
    }
  };
  return {
    [Symbol.asyncIterator]: () => ({ next }),
    release: async () => {
      // The iterator's listener must be gone before the stream can flow again.
      if (isOpened && !isSilent) await chunks.return?.();
      if (!request.destroyed && !request.readableEnded) request.resume();
    },
  };
}

export function requestTimeout(): ServiceError {
  return new ServiceError(
    400,
    'RequestTimeout',
    'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.',
  );
}

/** Collects a body; `EntityTooLarge` above the limit. */
export async function collectBody(body: AsyncIterable<Buffer>, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw entityTooLarge(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function entityTooLarge(limitBytes: number): ServiceError {
  return new ServiceError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    MaxSizeAllowed: String(limitBytes),
  });
}
