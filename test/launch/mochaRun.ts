import type Mocha from 'mocha';
import type { Tally } from './tally';

/** Runs what has been loaded into `mocha` and counts how its tests end. A failing hook counts as a failed test. */
export async function run(mocha: Mocha): Promise<Tally> {
  return new Promise((resolve) => {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const runner = mocha.run(() => {
      resolve(count);
    });
    runner.on('pass', () => (count.passed += 1));
    runner.on('fail', () => (count.failed += 1));
    runner.on('pending', () => (count.skipped += 1));
  });
}
