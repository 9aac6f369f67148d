// Tests that crash or hang, for the test of progress reports; an environment variable selects how.
const deed = process.env['UNROLL_DEED'];

describe('A suite', () => {
  it('passes', function () {
    // As tests do whose title contains the number of attempts.
    if (this.test !== undefined) this.test.title += ' (1 input)';
  });

  it('fails', () => {
    throw new Error('as it should');
  });

  it('is skipped', function () {
    this.skip();
  });

  it('does its deed', async () => {
    if (deed === 'kill') process.kill(process.pid, 'SIGKILL');
    if (deed === 'kill' || deed === 'hang') await new Promise((resolve) => setTimeout(resolve, 100_000));
  });
});

describe('A suite that opens something', () => {
  before('opens it', () => {
    if (deed === 'exit') process.exit(7);
  });

  it('passes', () => undefined);
});
