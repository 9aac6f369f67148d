import type { SourceRange } from '../problems/problem';

/** Finds lines and columns in a text by binary search over the beginnings of its lines. */
export class LineIndex {
  readonly #starts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (const ending of text.matchAll(/\r\n|\r|\n/g)) starts.push(ending.index + ending[0].length);
    this.#starts = starts;
  }

  /** The place of a range of the text. */
  place(offset: number, length: number): SourceRange {
    const row = this.#rowOf(offset);
    return { offset, length, line: row + 1, column: offset - (this.#starts[row] ?? 0) + 1 };
  }

  #rowOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
