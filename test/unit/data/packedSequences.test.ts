import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Learner } from '../../../src/engine/learner';
import { tensorOf } from '../../../src/engine/instruments/capture';
import { relativeDistance, update } from '../engine/exampleLearner';
import { testedKernels } from '../engine/kernelSets';
import { opened } from './openedSource';

/** A case of test/fixtures/packed_reference.py. */
interface PackedCase {
  readonly cell: 'rnn' | 'lstm' | 'gru';
  readonly layers: number;
  readonly targetAt: 'every' | 'last';
  readonly lengths: readonly number[];
  /** (T,B,2) */
  readonly x: readonly number[];
  /** (T,B): −1 for no target. */
  readonly target: readonly number[];
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly loss: number;
  readonly gradients: PackedCase['parameters'];
}

const { cases } = JSON.parse(readFileSync('test/fixtures/packed_reference.json', 'utf8')) as {
  readonly cases: readonly PackedCase[];
};

/** The sequences of a case, as inline data. */
function inline({ lengths, x, target }: PackedCase) {
  const batch = lengths.length;
  return lengths.map((length, row) => {
    const cells = Array.from({ length }, (_, t) => t * batch + row);
    return {
      inputs: cells.map((cell) => x.slice(2 * cell, 2 * cell + 2)),
      targets: cells.map((cell) => ((target[cell] ?? -1) < 0 ? null : target[cell])),
    };
  });
}

describe('Sequences of unequal lengths', () => {
  for (const { name, open, within } of testedKernels) {
    for (const torch of cases) {
      it(`have the loss and gradients of PyTorch's packed sequences (${torch.cell}, ${torch.layers} layers, targets at ${torch.targetAt}, ${name})`, () => {
        const source = opened({ data: { sequences: inline(torch) } });
        const learner = new Learner({
          kernels: open(),
          network: {
            cell: torch.cell,
            activation: 'tanh',
            layers: torch.layers,
            inputs: source.inputs,
            hidden: 4,
            outputs: source.outputs,
          },
          loss: { kind: 'crossEntropy', reduction: 'mean' },
          bptt: 'full',
          clip: null,
          optimizer: {
            kind: 'sgd',
            learningRate: 0.1,
            momentum: 0,
            nesterov: false,
            weightDecay: 0,
            schedule: 'constant',
          },
          steps: source.steps,
          batch: source.batch,
          inputs: source.inputKind,
        });
        for (const [parameter, values] of Object.entries(torch.parameters)) learner.load(parameter, values);
        const { loss, capture } = update(learner, source.next(), { record: false, capture: true });
        assert.ok(Math.abs(loss - torch.loss) < within(1e-10, 1e-5));
        assert.ok(capture !== undefined);
        for (const [parameter, expected] of Object.entries(torch.gradients)) {
          const distance = relativeDistance(tensorOf(capture, `grad/${parameter}`).data, expected);
          assert.ok(distance < within(1e-10, 1e-5), `${parameter}: ${distance}`);
        }
      });
    }
  }
});
