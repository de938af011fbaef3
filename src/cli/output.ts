import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { errorCode } from '../base/errors.js';
import type { CliIo } from './cliIo.js';

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

export function isBrokenPipe(error: unknown): boolean {
  return ['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(errorCode(error) ?? '');
}

/** Streams report a failed write as an event too, which would end the process; the write itself says what happened. */
export function ignoreErrorEvents(...streams: readonly Writable[]): void {
  for (const stream of streams) stream.on('error', () => undefined);
}

/** Ends a stream of our own (not stdout) and waits until all of it is written. */
export async function endStream(stream: Writable): Promise<void> {
  const finished = once(stream, 'finish');
  stream.end();
  await finished;
}

export interface Style {
  error(text: string): string;
  warning(text: string): string;
  information(text: string): string;
  dim(text: string): string;
}

const plain: Style = { error: same, warning: same, information: same, dim: same };
const coloured: Style = { error: wrap(31), warning: wrap(33), information: wrap(36), dim: wrap(2) };

/** Colours on a terminal only, and never against https://no-color.org. */
export function styleOf(io: CliIo): Style {
  const isAsked = io.isTerminal && (io.env['NO_COLOR'] ?? '') === '' && io.env['TERM'] !== 'dumb';
  return isAsked ? coloured : plain;
}

/** Text of a file must not steer a terminal: control characters are shown as `\u001B`. */
export function printable(text: string): string {
  return text.replace(/\p{Control}/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
}

/** `1 row`, `1,204 rows`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

function same(text: string): string {
  return text;
}

function wrap(code: number): (text: string) => string {
  return (text) => `\u001B[${code}m${text}\u001B[0m`;
}
