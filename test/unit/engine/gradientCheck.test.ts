import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import { checkGradients } from '../../../src/engine/instruments/gradientCheck';
import type { Activation, BpttSpec, InitSpec, LossSpec, NetworkSpec } from '../../../src/engine/spec';
import type { Window } from '../../../src/engine/recurrence/window';
import { exampleLearner, randomWindow, smallNetwork, type WindowSketch } from './exampleLearner';

const losses: readonly LossSpec[] = [
  ...(['mse', 'crossEntropy'] as const).flatMap((kind): LossSpec[] => [
    { kind, reduction: 'mean' },
    { kind, reduction: 'sum' },
  ]),
  { kind: 'mse', reduction: 'mean', output: 'sigmoid' },
];

/** Full, cut within the window, and reaching back over the windows before, with sequences that start in between. */
const truncations: readonly { readonly name: string; readonly bptt: BpttSpec; readonly resets: readonly number[][] }[] =
  [
    { name: 'full', bptt: 'full', resets: [[1, 1, 1]] },
    {
      name: 'full, state carried in',
      bptt: 'full',
      resets: [
        [1, 1, 1],
        [0, 1, 0],
      ],
    },
    {
      name: '7 forward, 3 back',
      bptt: { forward: 7, backward: 3 },
      resets: [
        [1, 1, 1],
        [0, 0, 0],
      ],
    },
    {
      name: '7 forward, 17 back',
      bptt: { forward: 7, backward: 17 },
      resets: [
        [1, 1, 1],
        [0, 0, 1],
        [0, 1, 0],
      ],
    },
  ];

/** Weights large enough that every gradient stands well above the rounding of a central difference. */
const lively: InitSpec = { recurrent: 'normal', input: 'normal', gain: 1, inputGain: 2, bias: 'uniform' };

function check(
  network: NetworkSpec,
  loss: LossSpec,
  bptt: BpttSpec,
  resets: readonly number[][],
  sketch: Partial<WindowSketch> = {},
): void {
  const windows = resets.map((reset, seed) =>
    randomWindow({
      network,
      loss: loss.kind,
      reset,
      seed: seed + 1,
      mask: (t, sequence) => (t + sequence) % 4 !== 0,
      ...sketch,
    }),
  ) as [Window, ...Window[]];
  const { parameters } = exampleLearner({ network }, lively);
  const checks = checkGradients({ network, loss, bptt, parameters, windows });
  assert.equal(checks.length, parameters.size);
  for (const { name, relativeError, norm } of checks) {
    assert.ok(norm > 1e-4, `${name} has a gradient of ${norm}, too small to say anything`);
    assert.ok(relativeError < 1e-7, `${JSON.stringify(bptt)}: ${name}, of norm ${norm}, is off by ${relativeError}`);
  }
}

describe('gradient check by central differences', () => {
  for (const { name: cell } of cells) {
    for (const loss of losses) {
      for (const { name, bptt, resets } of truncations) {
        it(`${cell}, ${loss.kind} ${loss.reduction}, ${name}`, () => {
          check(smallNetwork(cell), loss, bptt, resets);
        });
      }
    }

    it(`${cell}, two layers, one-hot inputs`, () => {
      const network = smallNetwork(cell, { layers: 2, hidden: 4 });
      for (const { bptt, resets } of truncations) {
        check(network, losses[2], bptt, resets, { inputs: 'oneHot' });
      }
    });
  }

  for (const activation of ['relu', 'sigmoid', 'identity'] satisfies Activation[]) {
    it(`rnn with ${activation}`, () => {
      check(smallNetwork('rnn', { activation }), losses[0], 'full', [[1, 1, 1]]);
    });
  }

  it('reports a difference: with a large step a central difference is not the derivative', () => {
    const network = smallNetwork('rnn');
    const windows = [randomWindow({ network, loss: 'mse' })] as const;
    const { parameters } = exampleLearner({ network });
    const [coarse] = checkGradients({ network, loss: losses[0], bptt: 'full', parameters, windows, difference: 0.5 });
    assert.ok(coarse.relativeError > 1e-4);
  });

  it('checks a sample of the elements if the net is large', () => {
    const network = smallNetwork('lstm');
    const { parameters } = exampleLearner({ network });
    const windows = [randomWindow({ network, loss: 'mse' })] as const;
    for (const { elements, relativeError } of checkGradients({
      network,
      loss: losses[0],
      bptt: 'full',
      parameters,
      windows,
      sample: 10,
    })) {
      assert.ok(elements <= 10 && elements >= 2);
      assert.ok(relativeError < 1e-7);
    }
  });

  it('refuses a window without a target in the part that its gradient covers', () => {
    const network = smallNetwork('rnn');
    const { parameters } = exampleLearner({ network });
    const windows = [randomWindow({ network, loss: 'mse', mask: (t) => t === 0 })] as const;
    assert.throws(
      () => checkGradients({ network, loss: losses[0], bptt: { forward: 7, backward: 2 }, parameters, windows }),
      /no target in its last 2 steps/,
    );
  });
});
