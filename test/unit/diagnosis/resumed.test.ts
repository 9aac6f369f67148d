import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Diagnosis } from '../../../src/diagnosis/diagnosis';
import { readObservationState } from '../../../src/diagnosis/observations';
import type { UpdateRecord } from '../../../src/run/records/recordBatch';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { exampleTraining } from '../trainer/exampleTraining';

describe('The diagnosis of a resumed run', () => {
  const { setup } = exampleTraining({ training: { steps: 1000, batch: 3 } });
  const info = runInfoOf(setup, undefined, undefined, 1);
  const recordOf = (update: number, loss: number): UpdateRecord => ({
    update,
    loss,
    validationLoss: undefined,
    gradNorm: loss,
    clippedNorm: 0.1,
    clipCoefficient: 0.1 / loss,
    clipped: loss > 0.1,
    learningRate: 0.001,
    seconds: update,
    parameterNorms: info.layout.parameters.map((_, p) => ({
      gradNorm: loss,
      clippedNorm: 0.1,
      // A norm of 0 has no ratio: NaN.
      updateNorm: 1e-3 * loss,
      weightNorm: p === 0 ? 0 : 1,
    })),
    record: undefined,
  });

  /** The findings about the end of a run, which may be resumed from a checkpoint after some updates. */
  function endOf(losses: readonly number[], checkpoint?: number): readonly string[] {
    let diagnosis = new Diagnosis(setup.experiment, info);
    for (const [update, loss] of losses.entries()) {
      if (update === checkpoint) {
        const stored = readObservationState(JSON.stringify(diagnosis.state));
        const resumed = new Diagnosis(setup.experiment, info);
        resumed.restore(update, diagnosis.findings, stored);
        assert.deepEqual(resumed.state, diagnosis.state);
        diagnosis = resumed;
      }
      diagnosis.observe(recordOf(update, loss));
    }
    diagnosis.finish();
    return diagnosis.findings.filter(({ when }) => when === 'end').map(({ message }) => message);
  }

  it('uses the last hundred updates, also if it was resumed two updates before its end', () => {
    const losses = Array.from({ length: 1000 }, (_, update) => (update < 998 ? 0.05 : 1.3));
    assert.deepEqual(endOf(losses), []);
    assert.deepEqual(endOf(losses, 998), []);
  });

  it('has the same findings at its end as without interruption', () => {
    const level = fc.constantFrom(0.02, 0.16, 0.17, 0.5, 2);
    fc.assert(
      fc.property(fc.array(level, { minLength: 4, maxLength: 8 }), fc.integer({ min: 1, max: 399 }), (levels, at) => {
        const losses = Array.from({ length: 400 }, (_, update) => levels[update % levels.length] ?? 1);
        assert.deepEqual(endOf(losses, at), endOf(losses));
      }),
      { numRuns: 50 },
    );
  });

  it('has what was found in the data once, also if an earlier version did not look for it', () => {
    const found = { code: 'inputScale', level: 'warning', keyPath: ['data', 'missing'], message: 'A code.' } as const;
    const checked = { ...info, dataFindings: [found] };
    const first = new Diagnosis(setup.experiment, checked);
    const expected = [{ ...found, when: 'start', update: 0 }];
    assert.deepEqual(first.findings, expected);
    for (const earlier of [first.findings, []]) {
      const resumed = new Diagnosis(setup.experiment, checked);
      resumed.restore(5, earlier, first.state);
      assert.deepEqual(resumed.findings, expected);
    }
  });

  it('reports nothing for a hundred updates if a checkpoint of an earlier version has no recent values', () => {
    const diagnosis = new Diagnosis(setup.experiment, info);
    for (let update = 0; update < 998; update++) diagnosis.observe(recordOf(update, 0.05));
    const { recent, ...earlier } = diagnosis.state;
    assert.ok(recent !== undefined);
    const resumed = new Diagnosis(setup.experiment, info);
    resumed.restore(998, [], readObservationState(JSON.stringify(earlier)));
    for (let update = 998; update < 1000; update++) resumed.observe(recordOf(update, 1.3));
    resumed.finish();
    assert.deepEqual(
      resumed.findings.filter(({ when }) => when === 'end'),
      [],
    );
  });
});
