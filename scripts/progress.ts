import { appendFileSync, readFileSync } from 'node:fs';
import { reportVariable, type Tally } from './tally';

/** The state of a test or hook; `over` isn't counted: the end of a hook, or of a test whose hook failed. */
type State = 'started' | 'passed' | 'failed' | 'skipped' | 'over';

/** The progress of a run of tests when it ended or crashed. */
export interface Progress {
  readonly tally: Tally;
  /** Full titles of the tests that had started and not ended. */
  readonly running: readonly string[];
}

/** A file next to the report with a line per start and end of a test, which survives a crash. */
const progressOf = (report: string): string => `${report}.progress`;

/** A test or a hook. */
interface Runnable {
  fullTitle(): string;
}

/** The title of each at its start: a test may append results to its title. */
const titles = new WeakMap<Runnable, string>();

/** Notes the state of a test or hook, if the process that started this one requests a report. */
export function note(state: State, runnable: Runnable): void {
  const report = process.env[reportVariable];
  const title = titles.get(runnable) ?? runnable.fullTitle();
  titles.set(runnable, title);
  if (report) appendFileSync(progressOf(report), `${JSON.stringify([state, title])}\n`);
}

/** The progress of the run of this report; empty if it never started. */
export function readProgress(report: string): Progress {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  const running = new Set<string>();
  for (const [state, title] of linesOf(progressOf(report))) {
    if (state === 'started') running.add(title);
    else {
      running.delete(title);
      if (state !== 'over') tally[state] += 1;
    }
  }
  return { tally, running: [...running] };
}

/** The tally of a run that wrote no report. Prints the tests that were running. */
export function interrupted(report: string): Tally {
  const { tally, running } = readProgress(report);
  for (const title of running) console.error(`It was running: ${title}`);
  return tally;
}

function linesOf(file: string): readonly (readonly [State, string])[] {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // It crashed before its first test.
  }
  return text
    .split('\n')
    .filter((line) => line.endsWith(']'))
    .map((line) => JSON.parse(line) as [State, string]);
}
