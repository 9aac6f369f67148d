// Tests that crash or hang, for the test of progress reports; an environment variable selects how.
const failure = process.env['UNROLL_FAILURE'];

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

  it('kills or hangs its process', async () => {
    if (failure === 'kill') process.kill(process.pid, 'SIGKILL');
    if (failure === 'kill' || failure === 'hang') await new Promise((resolve) => setTimeout(resolve, 100_000));
  });
});

describe('A suite that opens something', () => {
  before('opens it', () => {
    if (failure === 'exit') process.exit(7);
  });

  it('passes', () => undefined);
});
