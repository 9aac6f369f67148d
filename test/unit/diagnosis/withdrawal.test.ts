import assert from 'node:assert/strict';
import { Diagnosis } from '../../../src/diagnosis/diagnosis';
import type { Finding } from '../../../src/diagnosis/finding';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { exampleTraining } from '../trainer/exampleTraining';
import { contradictionsIn } from './contradictions';

const { setup } = exampleTraining({ training: { steps: 1000, batch: 3 } });
const info = runInfoOf(setup, undefined, undefined, 1);

/** The codes of the findings after every check of a run with these losses and values of ‖Δw‖/‖w‖. */
function codesOver(
  updates: readonly { readonly loss: number; readonly ratio: number }[],
): readonly (readonly string[])[] {
  const diagnosis = new Diagnosis(setup.experiment, info);
  return updates.flatMap(({ loss, ratio }, update) => {
    diagnosis.observe({
      update,
      loss,
      validationLoss: undefined,
      gradNorm: 1,
      clippedNorm: 0.1,
      clipCoefficient: 0.1,
      clipped: true,
      learningRate: 0.001,
      seconds: update,
      parameterNorms: info.layout.parameters.map(() => ({
        gradNorm: 1,
        clippedNorm: 0.1,
        updateNorm: ratio,
        weightNorm: 1,
      })),
      record: undefined,
    });
    const codes = diagnosis.findings.filter(({ when }) => when === 'update').map(({ code }) => code);
    return (update + 1) % 20 === 0 ? [codes] : [];
  });
}

describe('A finding during the run', () => {
  it('is withdrawn when its rule has not held at three checks in a row', () => {
    // Updates that are too small, and then are not; the means are over the last 100 updates.
    const updates = Array.from({ length: 600 }, (_, update) => ({ loss: 1, ratio: update < 300 ? 1e-7 : 1e-3 }));
    const found = codesOver(updates).map((codes) => codes.includes('updateRatio'));
    assert.equal(found.slice(0, 5).includes(true), false);
    assert.equal(found[14], true);
    assert.equal(found.at(-1), false);
  });

  it('comes back when its rule holds again', () => {
    const updates = Array.from({ length: 900 }, (_, update) => ({
      loss: 1,
      ratio: update >= 300 && update < 600 ? 1e-3 : 1e-7,
    }));
    const found = codesOver(updates).map((codes) => codes.includes('updateRatio'));
    assert.deepEqual([found[14], found[29], found.at(-1)], [true, false, true]);
  });
});

describe('Contradicting advice', () => {
  const finding = (code: string, message: string): Finding => ({
    code,
    level: 'warning',
    when: 'update',
    update: 0,
    keyPath: ['optimizer', 'learningRate'],
    message,
  });

  it('is opposite advice about one key', () => {
    const [raise, lower] = [
      finding('a', 'Raise the learning rate.'),
      finding('b', 'Try a tenth of the learning rate.'),
    ];
    assert.equal(contradictionsIn([raise, lower]).length, 1);
    assert.deepEqual(contradictionsIn([raise, { ...lower, keyPath: ['clip'] }]), []);
    assert.deepEqual(contradictionsIn([lower, lower]), []);
  });
});
