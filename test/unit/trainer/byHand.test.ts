import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openKernels } from '../../../src/engine/kernels/open';
import { parseExperiment } from '../../../src/experiment/parse';
import { inspectionOf } from '../../../src/trainer/replay/inspection';
import { prepareTraining } from '../../../src/trainer/training/trainingSetup';
import { UpdateTerms } from '../../../src/trainer/replay/chainRuleTerms';
import { Training } from '../../../src/trainer/training/training';

/** A vector or a matrix of two, as the course writes them. */
type Vector = readonly [number, number];

describe('Three steps by hand', () => {
  const parsed = parseExperiment(readFileSync('media/samples/three-steps.rnn.json', 'utf8'));
  assert.ok(parsed.kind === 'experiment');
  const resolved = parsed.file.resolve();
  assert.ok(resolved.kind === 'resolved');
  const prepared = prepareTraining({
    experiment: resolved.experiment,
    files: new Map(),
    kernels: openKernels('reference'),
    memoryLimit: 1e9,
  });
  assert.ok(prepared.kind === 'prepared');
  const { setup: plan } = prepared;
  const advance = new Training(plan, () => 0).advance(() => true);
  assert.ok(advance.kind === 'updated' && advance.capture !== undefined);
  const { capture } = advance;
  const inspection = inspectionOf(capture, plan, 0);
  const weights = (name: string): readonly number[] => [...(capture.tensors.get(name)?.data ?? [])];

  // Everything below is computed with plain numbers, as on paper.
  const x = [1, 0.5, -1];
  const y = [0.5, 0.25, -0.5];
  const [a = NaN, b = NaN] = weights('rnn.weight_ih_l0');
  const [p = NaN, q = NaN, r = NaN, s = NaN] = weights('rnn.weight_hh_l0');
  const bias = weights('rnn.bias_ih_l0').map((one, i) => one + (weights('rnn.bias_hh_l0')[i] ?? NaN));
  const [u = NaN, v = NaN] = weights('head.weight');
  const [c = NaN] = weights('head.bias');

  const h: Vector[] = [[0, 0]];
  const prediction: number[] = [];
  for (let t = 0; t < 3; t++) {
    const [h0, h1] = h[t] ?? [NaN, NaN];
    const next: Vector = [
      Math.tanh(a * (x[t] ?? NaN) + p * h0 + q * h1 + (bias[0] ?? NaN)),
      Math.tanh(b * (x[t] ?? NaN) + r * h0 + s * h1 + (bias[1] ?? NaN)),
    ];
    h.push(next);
    prediction.push(u * next[0] + v * next[1] + c);
  }
  const losses = prediction.map((value, t) => (value - (y[t] ?? NaN)) ** 2);

  const dh: Vector[] = [];
  const delta: Vector[] = [];
  let later: Vector = [0, 0];
  for (let t = 2; t >= 0; t--) {
    const dPrediction = 2 * ((prediction[t] ?? NaN) - (y[t] ?? NaN));
    const total: Vector = [dPrediction * u + later[0], dPrediction * v + later[1]];
    const [h0, h1] = h[t + 1] ?? [NaN, NaN];
    const at: Vector = [total[0] * (1 - h0 ** 2), total[1] * (1 - h1 ** 2)];
    dh[t] = total;
    delta[t] = at;
    later = [p * at[0] + r * at[1], q * at[0] + s * at[1]];
  }
  const terms = [0, 1, 2].map((t) => {
    const [d0, d1] = delta[t] ?? [NaN, NaN];
    const [h0, h1] = h[t] ?? [NaN, NaN];
    return [d0 * h0, d0 * h1, d1 * h0, d1 * h1];
  });

  const close = (found: ArrayLike<number>, expected: readonly number[], what: string): void => {
    expected.forEach((value, i) => {
      assert.ok(Math.abs((found[i] ?? NaN) - value) < 1e-12, `${what}[${i}]: ${found[i]}, by hand ${value}`);
    });
    assert.equal(found.length, expected.length, what);
  };
  const written = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join('  ');

  it('forward: h_t, ŷ_t and L_t are those of the net', () => {
    const layer = inspection.layers[0];
    assert.ok(layer !== undefined);
    close(layer.h, h.slice(1).flat(), 'h');
    close(inspection.outputs, prediction, 'ŷ');
    close(inspection.lossPerStep, losses, 'L_t');
    [0, 1, 2].forEach((t) => {
      console.log(
        `      t = ${t}: h_t = ${written(h[t + 1] ?? [])}   ŷ_t = ${written([prediction[t] ?? NaN])}   L_t = ${written([losses[t] ?? NaN])}`,
      );
    });
  });

  it('backward: ∂L/∂h_t is that of the net', () => {
    close(inspection.layers[0]?.dh ?? [], dh.flat(), '∂L/∂h');
    [2, 1, 0].forEach((t) => {
      console.log(`      t = ${t}: ∂L/∂h_t = ${written(dh[t] ?? [])}   δ_t = ${written(delta[t] ?? [])}`);
    });
  });

  it('the terms δ_t h_{t−1}ᵀ are those of the net, and add up to ∂L/∂W_hh', async () => {
    const ofUpdate = new UpdateTerms(capture);
    for (const t of [2, 1, 0]) {
      const params = { update: 0, sequence: 0, parameter: 'rnn.weight_hh_l0', t };
      const { term } = await ofUpdate.at(params, () => Promise.resolve());
      close(term, terms[t] ?? [], `term of step ${t}`);
      console.log(`      t = ${t}: δ_t h_{t−1}ᵀ = ${written(terms[t] ?? [])}`);
    }
    const sum = [0, 1, 2, 3].map((i) => terms.reduce((total, term) => total + (term[i] ?? NaN), 0));
    close(weights('grad/rnn.weight_hh_l0'), sum, '∂L/∂W_hh');
    console.log(`      ∂L/∂W_hh = ${written(sum)}`);
  });

  it('the update: W_hh − 0.1 · ∂L/∂W_hh', () => {
    const gradient = weights('grad/rnn.weight_hh_l0');
    close(
      weights('next/rnn.weight_hh_l0'),
      [p, q, r, s].map((value, i) => value - 0.1 * (gradient[i] ?? NaN)),
      'W_hh after',
    );
  });
});
