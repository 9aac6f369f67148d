import assert from 'node:assert/strict';
import type { StepOutcome } from '../../../src/engine/instruments/outcome';
import { allValues, exampleLearner, parameter, randomWindow, smallNetwork, update } from './exampleLearner';
import { testedKernels } from './kernelSets';

const network = smallNetwork('rnn', { layers: 2 });

/** The outcome without the loss and the index of the update. */
function placeOf(outcome: StepOutcome): unknown {
  if (outcome.kind !== 'nonFinite') return outcome.kind;
  const { kind, update: number, loss, ...place } = outcome;
  assert.equal(kind, 'nonFinite');
  assert.equal(typeof number, 'number');
  assert.ok(loss === undefined || typeof loss === 'number');
  return place;
}

for (const kernels of testedKernels) {
  describe(`the first value that is not finite: ${kernels.name}`, () => {
    /** Its fourth power is beyond the precision of the kernels, its third is not. */
    const power = kernels.within(1e90, 1e10);
    /** A number whose square is beyond that precision. */
    const large = kernels.within(1e200, 1e30);
    it('in the data is found at its step and row', () => {
      const window = randomWindow({ network, loss: 'mse' });
      assert.ok(window.inputs.kind === 'dense');
      const values = window.inputs.values.slice();
      values[(4 * 3 + 2) * network.inputs + 1] = NaN;
      values[(6 * 3 + 0) * network.inputs] = NaN;
      const outcome = exampleLearner({ kernels: kernels.open(), network }).step(
        { ...window, inputs: { kind: 'dense', values } },
        { record: true },
      );
      assert.deepEqual(placeOf(outcome), { pass: 'forward', tensor: 'inputs', t: 4, row: 2, value: 'NaN' });
    });

    it('in the weights is found there', () => {
      const learner = exampleLearner({ kernels: kernels.open(), network });
      parameter(learner, 'rnn.weight_hh_l1').values[3] = Infinity;
      const outcome = learner.step(randomWindow({ network, loss: 'mse' }), { record: false });
      assert.deepEqual(placeOf(outcome), { pass: 'forward', tensor: 'rnn.weight_hh_l1', value: 'Infinity' });
    });

    it('in an exploding forward pass is the first step and layer that overflow', () => {
      const linear = smallNetwork('rnn', { activation: 'identity', layers: 2, hidden: 2 });
      const learner = exampleLearner({ kernels: kernels.open(), network: linear, steps: 40 });
      for (const { values } of learner.parameters.values()) values.fill(0);
      // h_t of layer 0 is the power times the one before: it is finite three times, and overflows at step 4.
      parameter(learner, 'rnn.bias_ih_l0').values[1] = 1;
      parameter(learner, 'rnn.weight_hh_l0').values[3] = power;
      parameter(learner, 'rnn.weight_ih_l1').values.fill(1);
      parameter(learner, 'head.weight').values.fill(1);
      const outcome = learner.step(randomWindow({ network: linear, loss: 'mse', steps: 40 }), { record: false });
      assert.deepEqual(placeOf(outcome), {
        pass: 'forward',
        tensor: 'gates_l0',
        layer: 0,
        t: 4,
        row: 0,
        value: 'Infinity',
      });
    });

    it('in the second layer names the second layer', () => {
      const linear = smallNetwork('rnn', { activation: 'identity', layers: 2, hidden: 2 });
      const learner = exampleLearner({ kernels: kernels.open(), network: linear });
      for (const { values } of learner.parameters.values()) values.fill(0);
      parameter(learner, 'rnn.bias_ih_l0').values.fill(large);
      parameter(learner, 'rnn.weight_ih_l1').values.fill(large);
      const outcome = learner.step(randomWindow({ network: linear, loss: 'mse' }), { record: false });
      assert.deepEqual(placeOf(outcome), {
        pass: 'forward',
        tensor: 'gates_l1',
        layer: 1,
        t: 0,
        row: 0,
        value: 'Infinity',
      });
    });

    it('in the loss is found at its step and row', () => {
      const window = randomWindow({ network, loss: 'mse' });
      assert.ok(window.targets.kind === 'values');
      const values = window.targets.values.slice();
      values[(3 * 3 + 1) * network.outputs] = 1e200;
      const outcome = exampleLearner({ kernels: kernels.open(), network }).step(
        { ...window, targets: { kind: 'values', values } },
        { record: true },
      );
      assert.deepEqual(placeOf(outcome), { pass: 'loss', tensor: 'loss', t: 3, row: 1, value: 'Infinity' });
    });

    it('in the backward pass is the last step at which the gradient overflows', () => {
      const linear = smallNetwork('rnn', { activation: 'identity', hidden: 1, outputs: 1, inputs: 1 });
      const learner = exampleLearner({ kernels: kernels.open(), network: linear, steps: 9, batch: 1 });
      for (const { values } of learner.parameters.values()) values.fill(0);
      parameter(learner, 'rnn.weight_hh_l0').values[0] = power;
      parameter(learner, 'head.weight').values[0] = 1;
      const window = randomWindow({ network: linear, loss: 'mse', steps: 9, batch: 1, mask: (t) => t === 8 });
      const quiet = { kind: 'dense', values: new Float64Array(9) } as const;
      // With h = 0 only the gradient grows: about 1 at step 8, the power at 7, overflow at step 4.
      const outcome = learner.step({ ...window, inputs: quiet }, { record: true });
      const place = placeOf(outcome) as { value: string };
      assert.match(place.value, /^-?Infinity$/);
      assert.deepEqual(place, { pass: 'backward', tensor: 'dh_l0', layer: 0, t: 4, row: 0, value: place.value });
    });

    it('counts steps from the start of the window; steps before it are negative', () => {
      const linear = smallNetwork('rnn', { activation: 'identity', hidden: 1, outputs: 1, inputs: 1 });
      const learner = exampleLearner({
        kernels: kernels.open(),
        network: linear,
        bptt: { forward: 3, backward: 9 },
        steps: 3,
        batch: 1,
      });
      for (const { values } of learner.parameters.values()) values.fill(0);
      parameter(learner, 'rnn.weight_hh_l0').values[0] = power;
      parameter(learner, 'head.weight').values[0] = 1;
      const outcomes = [0, 0, 1].map((target) => {
        const window = randomWindow({
          network: linear,
          loss: 'mse',
          steps: 3,
          batch: 1,
          reset: [0],
          mask: (t) => t === target * 2 && target === 1,
        });
        return learner.step({ ...window, inputs: { kind: 'dense', values: new Float64Array(3) } }, { record: false });
      });
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['forwardOnly', 'forwardOnly', 'nonFinite'],
      );
      assert.ok(outcomes[2].kind === 'nonFinite');
      // The gradient starts at step 2 of the window and overflows four steps before it.
      assert.deepEqual([outcomes[2].tensor, outcomes[2].t], ['dh_l0', -2]);
    });

    it('in the gradient of the head is the last step that overflows', () => {
      const quiet = smallNetwork('rnn', { hidden: 1, outputs: 1, inputs: 1 });
      const learner = exampleLearner({ kernels: kernels.open(), network: quiet, steps: 4, batch: 1 });
      for (const { values } of learner.parameters.values()) values.fill(0);
      parameter(learner, 'head.weight').values[0] = kernels.within(1e250, 1e30);
      const window = randomWindow({ network: quiet, loss: 'mse', steps: 4, batch: 1 });
      const targets = { kind: 'values', values: new Float64Array(4).fill(kernels.within(1e100, 1e18)) } as const;
      const outcome = learner.step({ ...window, targets }, { record: false });
      assert.deepEqual(placeOf(outcome), {
        pass: 'backward',
        tensor: 'dhLocal_l0',
        layer: 0,
        t: 3,
        row: 0,
        value: '-Infinity',
      });
    });

    it('in the update leaves the parameters as they were', () => {
      const learner = exampleLearner({ kernels: kernels.open(), network });
      const window = randomWindow({ network, loss: 'mse' });
      update(learner, window);
      const before = allValues(learner);
      learner.learningRate = Number.MAX_VALUE * 2;
      const outcome = learner.step(window, { record: false });
      assert.ok(outcome.kind === 'nonFinite' && outcome.pass === 'update');
      assert.match(outcome.tensor, /^next\/rnn\.weight_ih_l0$/);
      assert.equal(outcome.update, 1);
      assert.deepEqual(allValues(learner), before);
      assert.equal(learner.updates, 1);
    });

    it('in the carried state is found although no loss depends on it', () => {
      const learner = exampleLearner({ kernels: kernels.open(), network });
      const window = randomWindow({ network, loss: 'mse', mask: () => false });
      assert.ok(window.inputs.kind === 'dense');
      const values = window.inputs.values.slice().fill(NaN, 3 * 9);
      const outcome = learner.step({ ...window, inputs: { kind: 'dense', values } }, { record: false });
      assert.deepEqual(placeOf(outcome), { pass: 'forward', tensor: 'inputs', t: 3, row: 0, value: 'NaN' });
    });

    it('does not affect the training: a finite window after it gives the same result as without it', () => {
      const good = randomWindow({ network, loss: 'mse' });
      const bad = { ...good, inputs: { kind: 'dense', values: new Float64Array(63).fill(NaN) } } as const;
      const [disturbed, plain] = [
        exampleLearner({ kernels: kernels.open(), network }),
        exampleLearner({ kernels: kernels.open(), network }),
      ];
      assert.equal(disturbed.step(bad, { record: false }).kind, 'nonFinite');
      assert.equal(update(disturbed, good).loss, update(plain, good).loss);
      assert.deepEqual(allValues(disturbed), allValues(plain));
    });
  });
}
