import type { Writable } from 'node:stream';
import { errorCode } from '../base/errors.js';

/**
 * Writes and waits until the stream has room again. False when the reader has gone away (`s3batch lint … | head`): whoever only writes
 * can stop then, quietly. Rejects on any other failure, such as a full disk.
 */
export async function writeOut(stream: Writable, data: string | Uint8Array): Promise<boolean> {
  if (data.length === 0) return true;
  if (stream.destroyed || stream.errored !== null) return false;
  try {
    await new Promise<void>((resolve, reject) => {
      stream.write(data, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    });
    return true;
  } catch (error) {
    if (isBrokenPipe(error)) return false;
    // Loaded when it is needed: every command begins with this file.
    const { describeWriteError } = await import('./fileErrors.js');
    throw describeWriteError('the output', error);
  }
}

function isBrokenPipe(error: unknown): boolean {
  return ['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(errorCode(error) ?? '');
}
