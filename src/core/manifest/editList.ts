import type { Edit } from './problem.js';

/** What is needed of a list of edits in ascending order; an array is one too. */
export interface Edits {
  readonly length: number;
  at(index: number): Edit | undefined;
}

const editsPerBlock = 16_384;
const numbersPerEdit = 5;
const maxShared = 4096;

/**
 * Edits as numbers. A file whose every row is wrong has a million of them, and that many objects that stay make each collection of garbage
 * copy what lives: pauses several times as long as the work between them. Columns and lines are below 2^32; the same text is kept once.
 */
export class EditList implements Edits {
  readonly #blocks: Uint32Array[] = [];
  readonly #texts: string[] = [];
  readonly #textIndexes = new Map<string, number>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push({ range, text }: Edit): void {
    const at = (this.#length % editsPerBlock) * numbersPerEdit;
    if (at === 0) this.#blocks.push(new Uint32Array(editsPerBlock * numbersPerEdit));
    this.#blocks.at(-1)?.set([range.line, range.column, range.endLine, range.endColumn, this.#indexOf(text)], at);
    this.#length += 1;
  }

  at(index: number): Edit | undefined {
    const block = this.#blocks[Math.floor(index / editsPerBlock)];
    if (block === undefined || index < 0 || index >= this.#length) return undefined;
    const at = (index % editsPerBlock) * numbersPerEdit;
    const number = (offset: number): number => block[at + offset] ?? 0;
    return {
      range: { line: number(0), column: number(1), endLine: number(2), endColumn: number(3) },
      text: this.#texts[number(4)] ?? '',
    };
  }

  toArray(): Edit[] {
    const edits: Edit[] = [];
    for (let index = 0; index < this.#length; index += 1) {
      const edit = this.at(index);
      if (edit !== undefined) edits.push(edit);
    }
    return edits;
  }

  #indexOf(text: string): number {
    const known = this.#textIndexes.get(text);
    if (known !== undefined) return known;
    const index = this.#texts.push(text) - 1;
    if (this.#textIndexes.size < maxShared) this.#textIndexes.set(text, index);
    return index;
  }
}
