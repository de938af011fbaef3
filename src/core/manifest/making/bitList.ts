/** Row numbers, a bit each: 10 million rows take 1.25 MB at most. */
export class BitList {
  #words = new Uint32Array(1024);

  add(number: number): void {
    const word = Math.floor(number / 32);
    if (word >= this.#words.length) {
      const larger = new Uint32Array(Math.max(word + 1, this.#words.length * 2));
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (number % 32));
  }

  has(number: number): boolean {
    return ((this.#words[Math.floor(number / 32)] ?? 0) & (1 << (number % 32))) !== 0;
  }
}
