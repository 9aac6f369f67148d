import { note } from './progress';

/** Notes the tests of a worker process of Mocha, whose events reach the main process only when a file is over. */
export const mochaHooks = {
  beforeEach(this: Mocha.Context): void {
    note('started', this.currentTest?.fullTitle() ?? '');
  },
  afterEach(this: Mocha.Context): void {
    const { currentTest } = this;
    if (currentTest !== undefined) note(currentTest.isFailed() ? 'failed' : 'passed', currentTest.fullTitle());
  },
};
