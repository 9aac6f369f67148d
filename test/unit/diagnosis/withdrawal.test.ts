import assert from 'node:assert/strict';
import { Diagnosis } from '../../../src/diagnosis/diagnosis';
import { Observations, readObservationState } from '../../../src/diagnosis/observations';
import { fellBack } from '../../../src/diagnosis/rules/loss';
import type { UpdateRecord } from '../../../src/run/records/recordBatch';
import type { Finding } from '../../../src/diagnosis/finding';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { exampleTraining } from '../trainer/exampleTraining';
import { contradictionsIn } from './contradictions';

const { setup } = exampleTraining({ training: { steps: 1000, batch: 3 } });
const info = runInfoOf(setup, undefined, undefined, 1);

/** The record of an update with a loss and with ‖Δw‖/‖w‖ of every parameter. */
function recordOf(update: number, { loss, ratio }: { readonly loss: number; readonly ratio: number }): UpdateRecord {
  return {
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
  };
}

/** The codes of the findings after every check of a run with these losses and values of ‖Δw‖/‖w‖. */
function codesOver(
  updates: readonly { readonly loss: number; readonly ratio: number }[],
): readonly (readonly string[])[] {
  const diagnosis = new Diagnosis(setup.experiment, info);
  return updates.flatMap(({ loss, ratio }, update) => {
    diagnosis.observe(recordOf(update, { loss, ratio }));
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

describe('A run that ends far above its lowest loss', () => {
  const fellBackOf = (losses: readonly number[], checkpoint?: number): string | undefined => {
    let observations = new Observations(setup.experiment, info);
    for (const [update, loss] of losses.entries()) {
      if (update === checkpoint) {
        const stored = readObservationState(JSON.stringify(observations.state));
        observations = new Observations(setup.experiment, info);
        if (stored !== undefined) observations.restore(stored);
      }
      observations.observe(recordOf(update, { loss, ratio: 1e-3 }));
    }
    return fellBack.check(observations)?.message;
  };
  const losses = (end: number): readonly number[] =>
    Array.from({ length: 400 }, (_, update) => (update < 100 ? 0.3 : update < 300 ? 0.01 : end));

  it('is told so, with the update at which it was lowest, also if it was resumed since', () => {
    // The constant answer of the adding problem has a loss of 1/6.
    const message = fellBackOf(losses(0.2));
    assert.match(message ?? '', /was 0\.0100 at update 119, and is 0\.200 at the end, .* smaller learning rate/);
    assert.equal(fellBackOf(losses(0.2), 350), message);
  });

  it('is not told so of a small rise, or of one that is small beside the constant answer', () => {
    assert.equal(fellBackOf(losses(0.029)), undefined);
    assert.equal(fellBackOf(losses(0.031)), fellBackOf(losses(0.031), 10));
    assert.equal(fellBackOf(Array.from({ length: 400 }, (_, update) => (update < 300 ? 1e-4 : 1e-2))), undefined);
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
