import { appendFileSync, readFileSync } from 'node:fs';
import { reportVariable, type Tally } from './tally';

/** What became of a test, or of a hook, so far; `over` counts nothing: a hook, or a test whose hook failed. */
type State = 'started' | 'passed' | 'failed' | 'skipped' | 'over';

/** How far a run of tests had come when it ended or died. */
export interface Progress {
  readonly tally: Tally;
  /** Full titles of the tests that had begun and not ended. */
  readonly running: readonly string[];
}

/** Beside the report, line by line as the tests begin and end, so that a run that dies has told what it did. */
const progressOf = (report: string): string => `${report}.progress`;

/** What is noted: a test, or a hook. */
interface Runnable {
  fullTitle(): string;
}

/** What each was called when it began: a test may add to its title what it has found. */
const titles = new WeakMap<Runnable, string>();

/** Notes what becomes of a test, or of a hook, where the process that started this one asks for a report. */
export function note(state: State, runnable: Runnable): void {
  const report = process.env[reportVariable];
  const title = titles.get(runnable) ?? runnable.fullTitle();
  titles.set(runnable, title);
  if (report) appendFileSync(progressOf(report), `${JSON.stringify([state, title])}\n`);
}

/** How far the run came that was to write this report; nothing where it never began. */
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

/** What a run that wrote no report had done, once the tests that were running are named. */
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
    // It died before its first test.
  }
  return text
    .split('\n')
    .filter((line) => line.endsWith(']'))
    .map((line) => JSON.parse(line) as [State, string]);
}
