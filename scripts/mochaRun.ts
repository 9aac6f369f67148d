import type Mocha from 'mocha';
import { note } from './progress';
import type { Counts } from './counts';
import type { Tally } from './tally';

/** Most lines of the reason of a failure that are printed at once. */
const maxReasonLines = 8;

/**
 * Runs the tests loaded into `mocha`, notes the start and end of each, and counts the results. A failed hook counts as a
 * failed test. With `bySuite` it also counts each outermost suite.
 */
export async function run(mocha: Mocha, { bySuite = false } = {}): Promise<Tally> {
  return new Promise((resolve) => {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const suites: Record<string, { -readonly [Result in keyof Counts]: number }> = {};
    const runner = mocha.run(() => {
      resolve(bySuite ? { ...count, suites } : count);
    });
    const add = (result: keyof Counts, of: Mocha.Runnable): void => {
      count[result] += 1;
      if (!bySuite) return;
      const suite = (suites[of.titlePath()[0]] ??= { passed: 0, failed: 0, skipped: 0 });
      suite[result] += 1;
    };
    // Workers note their own tests at once; here their events arrive only at the end of a file.
    const noteHere = mocha.options.parallel === true ? () => undefined : note;
    runner.on('hook', (hook) => noteHere('started', hook));
    runner.on('hook end', (hook) => noteHere('over', hook));
    runner.on('test', (test) => noteHere('started', test));
    runner.on('pass', (test) => {
      add('passed', test);
      noteHere('passed', test);
    });
    runner.on('fail', (test, error: Error) => {
      add('failed', test);
      noteHere('failed', test);
      // The reporter gives the reasons at the end: after minutes, or never if the run is ended before.
      console.log(error.message.split('\n').slice(0, maxReasonLines).join('\n'));
    });
    runner.on('pending', (test) => {
      add('skipped', test);
      noteHere('skipped', test);
    });
  });
}
