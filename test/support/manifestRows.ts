import { ManifestRows, type ManifestRow, type ManifestRowsOptions } from '../../src/core/manifest/making/manifestRows.js';
import { RowWriter } from '../../src/core/manifest/making/rowWriter.js';

const encoder = new TextEncoder();

/** Cuts bytes into pieces that a reader gets one after the other, in one buffer that is reused as a file reader reuses it. */
export function* piecesOf(text: string, size = Infinity): Generator<Uint8Array, void, undefined> {
  const bytes = encoder.encode(text);
  const buffer = new Uint8Array(Math.min(size, bytes.length));
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
    buffer.fill(0x2a);
  }
}

/** Calls back for every row of a manifest. */
export function eachRow(
  text: string,
  onRow: (row: ManifestRow) => void,
  options: Partial<ManifestRowsOptions> & { pieceSize?: number } = {},
): ManifestRows {
  const rows = new ManifestRows(onRow, { name: 'a.csv', ...options });
  for (const piece of piecesOf(text, options.pieceSize)) rows.push(piece);
  rows.end();
  return rows;
}

/** What a RowWriter writes of rows. */
export class WrittenRows {
  readonly #pieces: Uint8Array[] = [];
  readonly #writer = new RowWriter((piece) => this.#pieces.push(piece));

  add(row: ManifestRow): void {
    this.#writer.add(row);
  }

  get rows(): number {
    return this.#writer.rows;
  }

  text(): string {
    this.#writer.end();
    return Buffer.concat(this.#pieces).toString('utf8');
  }
}
