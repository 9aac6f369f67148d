import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { referenceKernels } from '../../../src/engine/kernels/reference';
import { Learner } from '../../../src/engine/learner';
import type { Window } from '../../../src/engine/recurrence/window';
import { analyticReference } from './analyticReference';
import { parameter, update } from './exampleLearner';

// Karpathy's min-char-rnn: 100 tanh units, windows of 25 characters of one endless sequence, summed loss, every gradient
// element clipped to ±5, Adagrad with rate 0.1 and √(s + 1e-8), one bias b_h.
const reference = analyticReference.minCharRnn;
const steps = 25;
const hidden = 100;

function textPath(): string | undefined {
  const folder = process.env.UNROLL_DATA;
  if (folder === undefined) return undefined;
  const path = join(folder, 'tinyshakespeare.txt');
  return existsSync(path) ? path : undefined;
}

/** The generator of the published figures' weights: a linear congruential one, U(−½, ½). */
function referenceWeights(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

function minCharLearner(symbols: number): Learner {
  const learner = new Learner({
    kernels: referenceKernels,
    network: { cell: 'rnn', activation: 'tanh', inputs: symbols, hidden, layers: 1, outputs: symbols },
    loss: { kind: 'crossEntropy', reduction: 'sum' },
    bptt: { forward: steps, backward: steps },
    clip: { value: 5 },
    optimizer: { kind: 'adagrad', learningRate: 0.1, epsilon: 0, weightDecay: 0, schedule: 'constant' },
    steps,
    batch: 1,
    inputs: 'oneHot',
  });
  const weight = referenceWeights();
  for (const name of ['rnn.weight_ih_l0', 'rnn.weight_hh_l0', 'head.weight']) {
    const { values } = parameter(learner, name);
    for (let i = 0; i < values.length; i++) values[i] = 0.02 * weight();
  }
  // √(s + 1e-8) is Adagrad with ε = 0 whose sums begin at 1e-8.
  const { tensors, scalars } = learner.snapshot();
  for (const [name, { data }] of tensors) if (name.startsWith('optimizer/squares/')) data.fill(1e-8);
  learner.restore({ tensors, scalars });
  return learner;
}

describe('min-char-rnn', () => {
  it('has exactly the published losses for 100 updates on tiny Shakespeare', function () {
    const path = textPath();
    if (path === undefined) {
      console.log('      skipped: set UNROLL_DATA to the folder that holds tinyshakespeare.txt');
      this.skip();
    }
    const text = readFileSync(path, 'utf8');
    const vocabulary = [...new Set(text)].sort();
    const symbol = new Map(vocabulary.map((character, index) => [character, index]));
    const symbols = (from: number) => Int32Array.from(text.slice(from, from + steps), (c) => symbol.get(c) ?? -1);
    const learner = minCharLearner(vocabulary.length);

    let smooth = reference.uniform;
    let compared = 0;
    for (let i = 0; i <= 100; i++) {
      const window: Window = {
        steps,
        batch: 1,
        inputs: { kind: 'oneHot', indices: symbols(i * steps) },
        targets: { kind: 'classes', indices: symbols(i * steps + 1) },
        mask: new Uint8Array(steps).fill(1),
        reset: Uint8Array.of(i === 0 ? 1 : 0),
      };
      const { loss } = update(learner, window);
      // The original has one bias in the recurrence; the second is held at zero.
      parameter(learner, 'rnn.bias_hh_l0').values.fill(0);
      smooth = smooth * 0.999 + loss * 0.001;
      const published = reference.iterations[String(i)] as { loss: number; smoothLoss: number } | undefined;
      if (published === undefined) continue;
      compared++;
      assert.ok(Math.abs(loss / published.loss - 1) < 1e-9, `update ${i}: ${loss}, published ${published.loss}`);
      assert.ok(Math.abs(smooth / published.smoothLoss - 1) < 1e-9, `smoothed ${i}: ${smooth}`);
    }
    assert.equal(compared, 8);
  });
});
