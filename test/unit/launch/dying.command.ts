// Tests for the test of what is known of a run that dies; what one of them does to its process is in the environment.
const deed = process.env['UNROLL_DEED'];

describe('A suite', () => {
  it('passes', function () {
    // As tests do that say in their title how much they have tried.
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
    if (deed === 'kill' || deed === 'hang') await new Promise((resolve) => setTimeout(resolve, 50_000));
  });
});

describe('A suite that opens something', () => {
  before('opens it', () => {
    if (deed === 'exit') process.exit(7);
  });

  it('passes', () => undefined);
});
