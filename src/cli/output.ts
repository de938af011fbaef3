import type { Writable } from 'node:stream';
import type { CliIo } from './cliIo.js';

const quiet = new WeakSet<Writable>();

/** Streams report a failed write as an event too, which would end the process; the write itself says what happened. */
export function withoutErrorEvents(stream: Writable): Writable {
  if (!quiet.has(stream)) stream.on('error', () => undefined);
  quiet.add(stream);
  return stream;
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
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** `1,204`. Not by toLocaleString, whose data takes some ten milliseconds to load. */
function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

function same(text: string): string {
  return text;
}

function wrap(code: number): (text: string) => string {
  return (text) => `\u001B[${code}m${text}\u001B[0m`;
}
