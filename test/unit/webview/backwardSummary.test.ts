import assert from 'node:assert/strict';
import { backwardSummary } from '../../../webview/notebook/backward/backwardSummary';
import { stateNorms } from '../../../webview/net/stateNorms';
import { inspected } from './inspectedUpdate';

describe('The sentence of “Backward through time”', () => {
  const sentence = (bptt: unknown): string => {
    const inspection = inspected({ model: { cell: 'rnn', hidden: 3 }, data: { task: 'sine', length: 9 }, bptt });
    const [layer] = inspection.layers;
    return backwardSummary(stateNorms(layer, inspection), 0, inspection);
  };

  it('says where truncation ends the gradient, and not that no loss reaches the first step', () => {
    const truncated = sentence({ forward: 6, backward: 3 });
    assert.match(truncated, /^From right to left: .* at step 5 and .* at step 3; every step with a loss adds/);
    assert.match(truncated, /Truncation ends it there: it is exactly 0 at the steps before/);
    assert.doesNotMatch(truncated, /no loss of this sequence reaches it/);
  });

  it('goes down to step 0 without truncation', () => {
    assert.match(sentence('full'), /at step 8 and .* at step 0; every step with a loss adds to it on the way\.$/);
  });

  it('names a step that no loss reaches', () => {
    const norms = { total: Float64Array.of(0, 1), local: Float64Array.of(0, 1) };
    const whole = { layers: [1, 2], gradientFrom: 0 };
    assert.equal(
      backwardSummary(norms, 1, whole),
      'The gradient of layer 1 is exactly 0 at step 0: no loss of this sequence reaches it.',
    );
    const nothing = backwardSummary({ total: new Float64Array(2), local: new Float64Array(2) }, 0, whole);
    assert.match(nothing, /exactly 0 at every step/);
  });
});
