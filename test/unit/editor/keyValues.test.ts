import assert from 'node:assert/strict';
import { measuredKeys } from '../../../src/editor/measured/keyValues';
import { parseExperiment } from '../../../src/experiment/parse';

describe('The measured values beside the keys of an experiment', () => {
  const measured = { updates: 100, clipped: 0, medianGradNorm: 2.5, medianUpdateRatio: NaN, decay: undefined };

  /** What stands beside the threshold of an experiment that clips, from a run with or without it. */
  function besideClip(clip: { readonly kind: 'norm'; readonly threshold: number } | null): readonly string[] {
    const text = '{ "data": { "task": "adding" }, "model": { "cell": "rnn" }, "clip": { "norm": 1 } }';
    const parsed = parseExperiment(text);
    assert.ok(parsed.kind === 'experiment');
    const resolved = parsed.file.resolve(undefined);
    assert.ok(resolved.kind === 'resolved');
    const values = { measured, truncationBias: undefined };
    return measuredKeys(values, { lag: null, clip }, resolved.experiment)
      .filter(({ keyPath }) => keyPath.join('.') === 'clip.norm')
      .map((key) => key.text);
  }

  it('tell how much was clipped, but not of a run that did not clip', () => {
    assert.deepEqual(besideClip({ kind: 'norm', threshold: 10 }), ['clipped 0 %, median ‖g‖ 2.50']);
    assert.deepEqual(besideClip(null), ['median ‖g‖ 2.50']);
  });
});
