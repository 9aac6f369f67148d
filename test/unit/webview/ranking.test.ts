import assert from 'node:assert/strict';
import { inspectionOf } from '../../../src/trainer/replay/inspection';
import {
  targetClass,
  targetProbabilities,
  countCorrect,
  topClass,
  rankedClasses,
} from '../../../webview/notebook/stepLoss/ranking';
import { exampleTraining } from '../trainer/exampleTraining';

describe('Predictions and targets', () => {
  const training = exampleTraining({ data: { task: 'reber' }, model: { cell: 'rnn', hidden: 5 } });
  const advance = training.advance(() => true);
  assert.ok(advance.kind === 'updated' && advance.capture !== undefined);
  const capture = advance.capture;

  for (const sequence of [0, 1, 2]) {
    const inspection = inspectionOf(capture, training.setup, sequence);
    const steps = Array.from({ length: inspection.steps }, (_, t) => t);

    it(`costs −ln p(target) at every step with a target (sequence ${sequence})`, () => {
      targetProbabilities(inspection).forEach((p, t) => {
        if (inspection.mask[t] === 1) {
          assert.ok(Math.abs(-Math.log(p) * inspection.lossWeight - (inspection.sequenceLoss[t] ?? NaN)) < 1e-12);
        } else {
          assert.ok(Number.isNaN(p) && targetClass(inspection, t) === undefined);
        }
      });
    });

    it(`ranks the top prediction first and always shows the target (sequence ${sequence})`, () => {
      for (const t of steps) {
        const ranked = rankedClasses(inspection, t, 2);
        assert.equal(ranked[0]?.index, topClass(inspection, t));
        assert.ok(ranked.every(({ probability }, i) => i === 0 || probability <= (ranked[i - 1]?.probability ?? 0)));
        assert.equal(ranked.find(({ isTarget: isAsked }) => isAsked)?.index, targetClass(inspection, t));
        assert.equal(rankedClasses(inspection, t, 99).length, inspection.outputNames.length);
      }
      const correct = steps.filter((t) => targetClass(inspection, t) === topClass(inspection, t)).length;
      assert.deepEqual(countCorrect(inspection), {
        correct,
        targets: inspection.mask.reduce((sum, one) => sum + one, 0),
      });
    });
  }
});
