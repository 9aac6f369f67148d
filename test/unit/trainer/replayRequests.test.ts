import assert from 'node:assert/strict';
import { memoryHorizon } from '../../../src/engine/instruments/memoryHorizon';
import { GradientFlowComputer } from '../../../src/trainer/replay/gradientFlow';
import { recurrentBlock } from '../../../src/trainer/replay/recurrentBlock';
import { UpdateTerms } from '../../../src/trainer/replay/chainRuleTerms';
import type { CapturedUpdate, Training } from '../../../src/trainer/training/training';
import { whatIf } from '../../../src/trainer/replay/whatIf';
import { exampleText, exampleTraining } from './exampleTraining';

/** The captured update with that index. */
function momentOf(training: Training, update = 0): CapturedUpdate {
  for (;;) {
    const advance = training.advance((at) => at === update);
    assert.ok(advance.kind === 'updated');
    if (advance.captured !== undefined) return advance.captured;
  }
}

const truncated = {
  data: { text: 'text.txt' },
  model: { cell: 'rnn', hidden: 5 },
  clip: null,
  training: { steps: 12, batch: 2 },
};

const pause = (): Promise<void> => Promise.resolve();

describe('A request about an update', () => {
  it('the terms of a parameter at a step: δ_t and h_{t−1}, the term, the sum so far, the check', async () => {
    const training = exampleTraining();
    const terms = new UpdateTerms(momentOf(training, 2).capture);
    const params = { update: 2, parameter: 'rnn.weight_hh_l0', sequence: 1, t: 3 };
    const { rows, columns, delta, source, term, sum, relativeError, norm, t } = await terms.at(params, pause);
    assert.deepEqual([rows, columns, t], [16, 4, 3]);
    assert.deepEqual([delta.length, source.length, term.length, sum.length], [16, 4, 64, 64]);
    assert.ok(Math.abs(Math.hypot(...term) - (norm[3] ?? NaN)) < 1e-12);
    assert.ok(relativeError < 1e-12);
    await assert.rejects(terms.at({ ...params, sequence: 7 }, pause), /sequences 0 to 2/);
  });

  describe('gradient flow', () => {
    for (const cell of ['rnn', 'lstm', 'gru']) {
      it(`${cell}: the row of the only loss is the gradient that was recorded, for a batch of one`, async () => {
        const training = exampleTraining({
          model: { cell, hidden: 4 },
          clip: null,
          training: { steps: 3, batch: 1 },
        });
        const { capture } = momentOf(training, 1);
        const reach = await new GradientFlowComputer(training.setup).of(
          capture,
          { update: 1, sequence: 0, layer: 0 },
          pause,
        );
        const { steps, h, c, medianOf, recurrent, bound } = reach;
        const { matrix, gain } = h;
        assert.equal(c !== null, cell === 'lstm');
        const dh = capture.tensors.get('dh_l0')?.data ?? [];
        const last =
          Array.from({ length: steps }, (_, t) => t).findLast((t) => !Number.isNaN(matrix[t * steps + t])) ?? 0;
        for (let k = 0; k <= last; k++) {
          const expected = Math.hypot(...dh.slice(k * 4, (k + 1) * 4));
          assert.ok(Math.abs((matrix[last * steps + k] ?? NaN) / expected - 1) < 1e-10);
        }
        assert.equal(medianOf, 1);
        assert.ok(
          Math.abs((gain[1] ?? NaN) - (matrix[last * steps] ?? NaN) / (matrix[last * steps + 1] ?? NaN)) < 1e-15,
        );
        assert.deepEqual(
          recurrent.map(({ gate }) => gate),
          training.setup.cell.gates.map(({ name }) => name),
        );
        assert.equal(bound === null, cell !== 'rnn');
      });
    }

    it('for carried text starts where the state was carried from, and contains the median over the batch', async () => {
      const training = exampleTraining({ ...truncated, bptt: { forward: 6, backward: 10 } }, exampleText);
      const { capture } = momentOf(training, 4);
      const params = { update: 4, sequence: 1, layer: 0 };
      const finder = new GradientFlowComputer(training.setup);
      const { steps, h, medianOf, longestLag } = await finder.of(capture, params, pause);
      const { matrix, median, horizon } = h;
      assert.deepEqual(await finder.horizon(capture, params, pause), { horizon, longestLag });
      assert.equal(steps, 10);
      assert.equal(medianOf, 2);
      assert.ok(matrix.subarray(0, 4 * steps).every(Number.isNaN), 'the stored steps have no loss');
      assert.ok((matrix[9 * steps] ?? 0) > 0, 'the last loss reaches the first stored step');
      assert.ok((median[9 * steps + 9] ?? 0) > 0);
    });

    it('has as horizon the longest lag with at least 0.1 % of the gradient', () => {
      const steps = 40;
      // Every step back leaves 0.7 of the gradient: 0.7^19 is the last power above a thousandth.
      const matrix = Float64Array.from({ length: steps ** 2 }, (_, i) => {
        const [t, k] = [Math.floor(i / steps), i % steps];
        return k > t ? NaN : 0.7 ** (t - k);
      });
      assert.equal(memoryHorizon(matrix, steps), 19);
      assert.equal(memoryHorizon(new Float64Array(steps ** 2).fill(NaN), steps), null);
    });

    it('has the largest eigenvalue and singular value of W_hh', () => {
      // A rotation by 30° times 0.9: both are 0.9, although no element is.
      const [c, s] = [0.9 * Math.cos(Math.PI / 6), 0.9 * Math.sin(Math.PI / 6)];
      const block = recurrentBlock({ dtype: 'F64', shape: [2, 2], data: Float64Array.of(c, -s, s, c) }, 1, 0, 'h');
      assert.ok(Math.abs((block.spectralRadius ?? 0) - 0.9) < 1e-12);
      assert.ok(Math.abs(block.largestSingularValue - 0.9) < 1e-12);
      const large = new Float64Array(220 * 220);
      for (let i = 0; i < 220; i++) large[i * 220 + i] = i === 7 ? -3 : 0.5;
      const diagonal = recurrentBlock({ dtype: 'F64', shape: [220, 220], data: large }, 1, 0, 'h');
      assert.equal(diagonal.spectralRadius, null);
      assert.ok(Math.abs(diagonal.largestSingularValue - 3) < 1e-9);
    });
  });

  describe('what if', () => {
    it('nothing changes: the same step', async () => {
      const training = exampleTraining();
      const moment = momentOf(training, 5);
      const { actual, changed, updateCosine, gradientCosine, updateRatio, loss } = await whatIf(
        moment,
        training.setup,
        {},
        pause,
      );
      assert.deepEqual(changed, actual);
      assert.equal(loss, Number(moment.capture.metadata['loss']));
      assert.equal(actual.gradNorm, Number(moment.capture.metadata['gradNorm']));
      for (const same of [updateCosine, gradientCosine, updateRatio]) assert.ok(Math.abs(same - 1) < 1e-12);
      assert.equal(actual.bias, 0);
    });

    it('the loss after the step is that of the same batch with the new weights', async () => {
      const training = exampleTraining({
        data: { sequences: [{ inputs: [[1], [0], [2]], targets: [[0], [1], [0]] }] },
        training: { steps: 9 },
      });
      const { actual } = await whatIf(momentOf(training, 0), training.setup, {}, pause);
      const next = training.advance();
      assert.ok(next.kind === 'updated');
      assert.equal(actual.lossAfter, next.record.loss, 'one sequence: the next update begins on the same batch');
    });

    it('stronger clipping shortens the step and keeps its direction; the learning rate scales it', async () => {
      const sgd = { optimizer: { kind: 'sgd', learningRate: 0.1 }, clip: null };
      const training = exampleTraining(sgd);
      const moment = momentOf(training, 3);
      const raw = Number(moment.capture.metadata['gradNorm']);
      const clipped = await whatIf(moment, training.setup, { clip: { kind: 'norm', threshold: raw / 4 } }, pause);
      assert.ok(Math.abs(clipped.updateRatio - 0.25) < 1e-4);
      assert.ok(Math.abs(clipped.updateCosine - 1) < 1e-12);
      const faster = await whatIf(moment, training.setup, { learningRate: 0.3 }, pause);
      assert.ok(Math.abs(faster.updateRatio - 3) < 1e-9);
    });

    for (const [name, bptt] of [
      ['that reaches less far back', { forward: 6, backward: 3 }],
      ['that reaches beyond its window', { forward: 6, backward: 10 }],
    ] as const) {
      it(`a truncation ${name} were full: no bias is left`, async () => {
        const training = exampleTraining({ ...truncated, bptt }, exampleText);
        const { actual, changed } = await whatIf(momentOf(training, 5), training.setup, { backward: 'full' }, pause);
        assert.equal(changed.bias, 0);
        assert.ok(actual.bias > 0, 'more steps are stored than the gradient of this run covers');
      });
    }

    it('a truncation reaches back less far, also from stored steps', async () => {
      const training = exampleTraining({ ...truncated, bptt: { forward: 6, backward: 10 } }, exampleText);
      const moment = momentOf(training, 5);
      for (const backward of [1, 5, 6, 7, 9]) {
        const { changed } = await whatIf(moment, training.setup, { backward }, pause);
        assert.ok(changed.bias > 0 && changed.cosineWithFull < 1, `backward ${backward}`);
      }
      const { changed } = await whatIf(moment, training.setup, { backward: 15 }, pause);
      assert.equal(changed.bias, 0, 'all that is stored');
    });

    it('nothing can be learned: reports it', async () => {
      const training = exampleTraining({
        data: { sequences: [{ inputs: [[1], [0], [2]], targets: [[1], null, null] }] },
        training: { steps: 9 },
        clip: null,
      });
      await assert.rejects(
        whatIf(momentOf(training), training.setup, { backward: 1 }, pause),
        /nothing would be learned/,
      );
    });
  });
});
