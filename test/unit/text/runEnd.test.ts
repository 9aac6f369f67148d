import assert from 'node:assert/strict';
import { formatRunEnd } from '../../../src/text/runEnd';

describe('The message about the end of a run', () => {
  it('has its time, its losses, and the most important finding', () => {
    const run = { name: 'a.rnn.json (GRU)', state: 'finished', seconds: 125, loss: 0.0123, validationLoss: 0.2 };
    const findings = [
      { code: 'clipNever', level: 'hint' },
      { code: 'overfit', level: 'warning' },
    ];
    assert.equal(
      formatRunEnd({ ...run, findings }),
      'a.rnn.json (GRU) finished after 3 min: loss 0.0123, held-out loss 0.200. 1 finding and 1 hint, first overfit.',
    );
    assert.equal(
      formatRunEnd({ ...run, state: 'diverged', loss: undefined, validationLoss: undefined, findings: [] }),
      'a.rnn.json (GRU) diverged after 3 min.',
    );
  });
});
