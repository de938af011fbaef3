import md5Base64 from '../../assembly/md5Lanes.wasm';
import { memoryUpTo, tryCompile } from '../wasmModule.js';

interface Exports {
  take(first: number, second: number, third: number, fourth: number, blocks: number): void;
}

// Where things lie in the memory of the module, in bytes; see there.
const stateAt = 1024;
const constantsAt = 2048;
const buffersAt = 65536;

export const laneCount = 4;
export const blockBytes = 64;

/** A, B, C and D of RFC 1321 before the first block. */
const initialState = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

/** The MD5s of four messages at a time (src/assembly/md5Lanes.ts). */
export class Md5Lanes {
  /** For each lane, the memory that its blocks are taken from. */
  readonly buffers: readonly Uint8Array[];
  readonly #words: Uint32Array;
  readonly #exports: Exports;

  private constructor(module: WebAssembly.Module, bufferBytes: number) {
    const memory = memoryUpTo(buffersAt + laneCount * bufferBytes);
    this.buffers = Array.from(
      { length: laneCount },
      (_, lane) => new Uint8Array(memory.buffer, buffersAt + lane * bufferBytes, bufferBytes),
    );
    this.#words = new Uint32Array(memory.buffer);
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
    for (let step = 0; step < 64; step += 1) {
      const at = constantsAt / 4 + laneCount * step;
      // The constants of the steps come from the sine, as the RFC defines them.
      this.#words.fill(Math.floor(2 ** 32 * Math.abs(Math.sin(step + 1))), at, at + laneCount);
    }
  }

  /** Undefined where there is no WebAssembly. `bufferBytes` is for each lane. */
  static create(bufferBytes: number): Md5Lanes | undefined {
    const module = tryCompile(md5Base64);
    return module === undefined ? undefined : new Md5Lanes(module, bufferBytes);
  }

  /** Begins a message in a lane. */
  begin(lane: number): void {
    for (const [word, value] of initialState.entries()) this.#words[stateIndex(word, lane)] = value;
  }

  /** Takes in blocks of all lanes, from these offsets in their buffers on. */
  take(offsets: readonly number[], blocks: number): void {
    const [first = 0, second = 0, third = 0, fourth = 0] = this.buffers.map(
      ({ byteOffset }, lane) => byteOffset + (offsets[lane] ?? 0),
    );
    this.#exports.take(first, second, third, fourth, blocks);
  }

  /** Lower-case hex, of all that the lane has taken in: the message and its padding. */
  sum(lane: number): string {
    const bytes = Buffer.alloc(16);
    for (let word = 0; word < 4; word += 1) bytes.writeUInt32LE(this.#words[stateIndex(word, lane)] ?? 0, 4 * word);
    return bytes.toString('hex');
  }
}

function stateIndex(word: number, lane: number): number {
  return stateAt / 4 + laneCount * word + lane;
}

/** Puts the padding of a message of `length` bytes, whose last ones end at `end`, behind it; the offset where it ends. */
export function pad(buffer: Uint8Array, end: number, length: number): number {
  const padded = Math.ceil((end + 9) / blockBytes) * blockBytes;
  buffer.fill(0, end, padded);
  buffer[end] = 0x80;
  const bits = new DataView(buffer.buffer, buffer.byteOffset + padded - 8, 8);
  bits.setBigUint64(0, BigInt(length) * 8n, true);
  return padded;
}
