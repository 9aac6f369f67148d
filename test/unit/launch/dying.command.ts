// Tests of which the third takes its process with it, for the test of what is known of such a run.
describe('A suite', () => {
  it('passes', () => undefined);

  it('fails', () => {
    throw new Error('as it should');
  });

  it('kills its process', () => {
    process.kill(process.pid, 'SIGKILL');
  });
});
