/** Counts of tests by their result. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Prefix of each line that the suite in the extension host prints, to distinguish it from output of the workbench. */
export const suiteLine = '│ ';

/** Prefix of the line with the tally as JSON that a suite prints where it can't write a file. */
export const tallyLine = `${suiteLine}tally: `;

/** Formats a tally as `12 passed, 0 failed`, with the skipped tests only if there are any. */
export function formatTally({ passed, failed, skipped }: Counts): string {
  const words = `${String(passed)} passed, ${String(failed)} failed`;
  return skipped > 0 ? `${words}, ${String(skipped)} skipped` : words;
}
