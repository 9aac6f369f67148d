import { readFileSync, writeFileSync } from 'node:fs';

/** How the tests of a layer, or of several, ended. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Names the file into which a run of tests, wherever it takes place, writes its tally. */
export const reportVariable = 'UNROLL_TEST_REPORT';

/** Begins each line that the suite in the extension host prints, to tell it from what the workbench prints there. */
export const suiteLine = '│ ';

/** What a layer counts as that could not run at all. */
export const oneFailure: Tally = { passed: 0, failed: 1, skipped: 0 };

/** The sum of several tallies. */
export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** As it is printed: `12 passed, 0 failed`, and the skipped only where there are any. */
export function inWords({ passed, failed, skipped }: Tally): string {
  const words = `${String(passed)} passed, ${String(failed)} failed`;
  return skipped > 0 ? `${words}, ${String(skipped)} skipped` : words;
}

/** Keeps a tally where `reportVariable` says, for the process that started this one. */
export function report(tally: Tally): void {
  const file = process.env[reportVariable];
  if (file) writeFileSync(file, JSON.stringify(tally));
}

/** The tally in a report; undefined where the run never came to write one. */
export function readReport(file: string): Tally | undefined {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  return isTally(content) ? content : undefined;
}

function isTally(value: unknown): value is Tally {
  if (typeof value !== 'object' || value === null) return false;
  const counts = value as Readonly<Record<string, unknown>>;
  return ['passed', 'failed', 'skipped'].every((key) => Number.isSafeInteger(counts[key]));
}
