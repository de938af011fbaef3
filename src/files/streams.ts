import type { Writable } from 'node:stream';
import { errorCode } from '../base/errors.js';

/**
 * Writes and waits until the stream has room again. False when the reader has gone away (`s3batch lint … | head`): whoever only writes
 * can stop then, quietly. Rejects on any other failure, such as a full disk.
 */
export async function writeOut(stream: Writable, data: string | Uint8Array): Promise<boolean> {
  if (data.length === 0) return true;
  if (stream.destroyed || stream.errored !== null) return false;
  return new Promise<boolean>((resolve, reject) => {
    stream.write(data, (error) => {
      if (error === null || error === undefined) resolve(true);
      else if (isBrokenPipe(error)) resolve(false);
      else reject(error);
    });
  });
}

function isBrokenPipe(error: unknown): boolean {
  return ['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(errorCode(error) ?? '');
}
