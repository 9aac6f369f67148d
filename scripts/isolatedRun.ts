import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { registerCleanup } from './cleanup';
import { interrupted, readProgress } from './progress';
import { scratchFolder } from './scratch';
import { oneFailure, readReport, reportVariable, sum, type Tally } from './tally';

/** A run of tests in its own process. */
export interface IsolatedRun {
  /** For the messages, for instance `The layer “ui”`. */
  readonly what: string;
  /** A Node.js module that notes its tests as they run and reports their tally. */
  readonly script: string;
  readonly args: readonly string[];
  /** Time limit in milliseconds. */
  readonly limit: number;
  /** Environment variables beyond those of this process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** What becomes of its output: shown as it comes, printed as a whole at the end, or discarded. */
  readonly output?: 'shown' | 'atEnd' | 'discarded';
}

/** Milliseconds in which a process that receives SIGTERM can stop its server and its browser. */
const terminationTime = 15_000;

const destinations = { shown: 'inherit', atEnd: 'pipe', discarded: 'ignore' } as const;

/**
 * Runs tests in their own process, so that one that hangs, leaks or crashes doesn't affect others. Finished tests count
 * even when the process or one of its workers crashes or exceeds the limit; then the running tests are printed.
 */
export async function runIsolated(tests: IsolatedRun): Promise<Tally> {
  const { what, script, args, limit, output = 'shown', environment = {} } = tests;
  const file = join(scratchFolder('report'), 'report.json');
  const child = fork(script, args, {
    env: { ...process.env, ...environment, [reportVariable]: file },
    stdio: ['ignore', ...Array.from({ length: 2 }, () => destinations[output]), 'ipc'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  registerCleanup(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await ended;
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => printed.push(chunk));
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), terminationTime).unref();
  }, limit);
  const [code, signal] = await ended;
  clearTimeout(late);
  if (output === 'atEnd') process.stdout.write(Buffer.concat(printed));
  const tally = readReport(file);
  // When a worker crashes, Mocha reports only that, and continues without the tests of its file.
  const isComplete = !isLate && readProgress(file).running.length === 0;
  if (isComplete && tally && (code === 0 || tally.failed > 0)) return tally;
  const end = signal === null ? `ended with exit code ${String(code)}` : `was ended by ${signal}`;
  console.error(`${what} ${isLate ? `has not ended after ${String(limit / 1000)} s` : end} and is counted as failed.`);
  return sum([atLeast(interrupted(file), tally), oneFailure]);
}

/** The larger counts of two tallies: the notes lack failed hooks, the report lacks tests of a crashed worker. */
function atLeast(noted: Tally, reported: Tally = noted): Tally {
  return {
    passed: Math.max(noted.passed, reported.passed),
    failed: Math.max(noted.failed, reported.failed),
    skipped: Math.max(noted.skipped, reported.skipped),
  };
}
