import assert from 'node:assert/strict';
import { findingsOf } from './trainedFindings';

/** Codes and messages of the findings at the end of a short run with AdamW. */
function findings(weightDecay: number): readonly { readonly code: string; readonly message: string }[] {
  return findingsOf(
    JSON.stringify({
      data: { task: 'delay', lag: 4, length: 30 },
      model: { cell: 'rnn', hidden: 24 },
      clip: { norm: 1 },
      optimizer: { kind: 'adamw', learningRate: 0.005, weightDecay },
      training: { steps: 300, batch: 16 },
    }),
  );
}

describe('The weight decay of AdamW', () => {
  it('is the cause of a run that has not learned where it shrinks the weights more than the gradient moves them', () => {
    const found = findings(100).filter(({ code }) => code === 'weightDecay');
    assert.equal(found.length, 1);
    assert.match(found[0]?.message ?? '', /learningRate · weightDecay · ‖w‖/);
  });

  it('is not mentioned at its default', () => {
    assert.deepEqual(
      findings(0.01).map(({ code }) => code),
      [],
    );
  });
});
