import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { interrupted, readProgress } from './progress';
import { scratchFolder } from './scratch';
import { oneFailure, readReport, reportVariable, sum, type Tally } from './tally';

/** A run of tests in a process of its own. */
export interface Apart {
  /** For the messages, for instance `The layer “ui”`. */
  readonly what: string;
  /** A Node module that notes its tests as they run and reports their tally. */
  readonly script: string;
  readonly words: readonly string[];
  /** How long (ms) it may take. */
  readonly limit: number;
  /** Whether what it prints is left out. */
  readonly isSilent?: boolean;
}

/** Long enough (ms) for a process that is told to end to stop its server and its browser. */
const closingTime = 15_000;

/**
 * Runs tests in a process of their own, so that one that hangs, leaks or dies spoils no other. What ran counts even where
 * the process, or a worker of it, dies or takes longer than its limit; then the tests that were running are named.
 */
export async function runApart({ what, script, words, limit, isSilent = false }: Apart): Promise<Tally> {
  const file = join(scratchFolder('report'), 'report.json');
  const child = fork(script, words, {
    env: { ...process.env, [reportVariable]: file },
    stdio: [...Array.from({ length: 3 }, () => (isSilent ? 'ignore' : 'inherit')), 'ipc'],
  });
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), closingTime).unref();
  }, limit);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearTimeout(late);
  const tally = readReport(file);
  // Of a worker that dies Mocha tells only that it is gone, and goes on without the tests of its file.
  const isWhole = !isLate && readProgress(file).running.length === 0;
  if (isWhole && tally && (code === 0 || tally.failed > 0)) return tally;
  const end = signal === null ? `ended with exit code ${String(code)}` : `was ended by ${signal}`;
  console.error(`${what} ${isLate ? `has not ended after ${String(limit / 1000)} s` : end} and is counted as failed.`);
  return sum([atLeast(interrupted(file), tally), oneFailure]);
}

/** What was noted, and what was reported beyond that: the notes miss hooks that fail, the report misses what died. */
function atLeast(noted: Tally, reported: Tally = noted): Tally {
  return {
    passed: Math.max(noted.passed, reported.passed),
    failed: Math.max(noted.failed, reported.failed),
    skipped: Math.max(noted.skipped, reported.skipped),
  };
}
