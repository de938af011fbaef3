import type { Readable } from 'node:stream';

/**
 * Calls back with every line of a stream, without its end. A line longer than the limit, which no honest sender writes, ends the reading:
 * `onTooLong` is called once, and nothing is kept of it.
 */
export function readMessages(
  input: Readable,
  options: { readonly limitBytes: number; readonly onLine: (line: string) => void; readonly onTooLong: () => void },
): void {
  let pieces: Buffer[] = [];
  let heldBytes = 0;
  const onData = (data: Buffer | string): void => {
    let chunk = typeof data === 'string' ? Buffer.from(data) : data;
    for (;;) {
      const end = chunk.indexOf(0x0a);
      const piece = end < 0 ? chunk : chunk.subarray(0, end);
      heldBytes += piece.length;
      if (heldBytes > options.limitBytes) {
        input.off('data', onData);
        pieces = [];
        options.onTooLong();
        return;
      }
      pieces.push(piece);
      if (end < 0) return;
      const line = Buffer.concat(pieces).toString();
      pieces = [];
      heldBytes = 0;
      chunk = chunk.subarray(end + 1);
      options.onLine(line);
    }
  };
  input.on('data', onData);
}
