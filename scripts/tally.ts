import { readFileSync, writeFileSync } from 'node:fs';
import type { Counts } from './counts';

/** The results of the tests of one or several layers. */
export interface Tally extends Counts {
  /** The same for each outermost suite, by its title; only of a layer whose failed suites are run again. */
  readonly suites?: Readonly<Record<string, Counts>>;
}

/** The environment variable with the path of the file to which a run of tests writes its tally. */
export const reportVariable = 'UNROLL_TEST_REPORT';

/** The tally of a layer that couldn't run. */
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

/** The titles of the outermost suites in which a test or a hook failed. */
export function failedSuites({ suites = {} }: Tally): readonly string[] {
  return Object.keys(suites).filter((title) => suites[title].failed > 0);
}

/**
 * The tally of a layer whose failed suites were run again: their second results count. A suite without second results
 * keeps its first ones.
 */
export function withSecondResults(first: Tally, second: Tally): Tally {
  let { passed, failed, skipped } = first;
  for (const title of failedSuites(first)) {
    const [before, after] = [first.suites?.[title], second.suites?.[title]];
    if (before === undefined || after === undefined) continue;
    passed += after.passed - before.passed;
    failed += after.failed - before.failed;
    skipped += after.skipped - before.skipped;
  }
  return { passed, failed, skipped };
}

/** Writes a tally to the report file, for the process that started this one. */
export function report(tally: Tally): void {
  const file = process.env[reportVariable];
  if (file) writeFileSync(file, JSON.stringify(tally));
}

/** The tally in a report; undefined if the run didn't write one. */
export function readReport(file: string): Tally | undefined {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  return isTally(content) ? content : undefined;
}

/** Whether a value is a tally. */
export function isTally(value: unknown): value is Tally {
  if (typeof value !== 'object' || value === null) return false;
  const counts = value as Readonly<Record<string, unknown>>;
  return ['passed', 'failed', 'skipped'].every((key) => Number.isSafeInteger(counts[key]));
}
