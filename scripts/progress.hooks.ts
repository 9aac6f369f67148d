import { note } from './progress';

/** Notes the tests of a worker process of Mocha, whose events reach the main process only at the end of a file. */
export const mochaHooks = {
  beforeEach(this: Mocha.Context): void {
    const { currentTest } = this;
    if (currentTest !== undefined) note('started', currentTest);
  },
  afterEach(this: Mocha.Context): void {
    const { currentTest } = this;
    if (currentTest !== undefined) note(endOf(currentTest), currentTest);
  },
};

function endOf({ state }: Mocha.Test): 'passed' | 'failed' | 'skipped' | 'over' {
  if (state === 'pending') return 'skipped';
  return state ?? 'over';
}
