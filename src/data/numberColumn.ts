/** Numbers in the first block, so that a short column takes little, and in the later ones, so that there are few. */
const [firstBlock, largestBlock] = [64, 16 * 1024];

/** A column of numbers of unknown length, in some eight bytes a number while it grows. */
export class NumberColumn {
  #full: Float64Array[] = [];
  #block = new Float64Array(0);
  #used = 0;

  push(value: number): void {
    if (this.#used === this.#block.length) this.#next();
    this.#block[this.#used++] = value;
  }

  /** All of the numbers in one array; the column is empty then. */
  take(): Float64Array {
    const blocks = [...this.#full, this.#block.subarray(0, this.#used)];
    const all = new Float64Array(blocks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const block of blocks) {
      all.set(block, at);
      at += block.length;
    }
    this.#full = [];
    this.#block = new Float64Array(0);
    this.#used = 0;
    return all;
  }

  #next(): void {
    const { length } = this.#block;
    if (length > 0) this.#full.push(this.#block);
    this.#block = new Float64Array(Math.min(largestBlock, Math.max(firstBlock, 2 * length)));
    this.#used = 0;
  }
}
