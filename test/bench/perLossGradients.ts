import { PerLossGradients } from '../../src/engine/instruments/perLossGradients';
import { defaultKernelSet, openKernels } from '../../src/engine/kernels/open';
import { fractions, windowOf } from './workloads';

/** Sizes with a published figure: milliseconds for one sequence of any cell. */
const sizes = [
  { steps: 100, hidden: 64 },
  { steps: 200, hidden: 128 },
] as const;

/** Milliseconds of the gradient flow matrix of one sequence with a loss at every step, several times each. */
export function measurePerLossGradients(): readonly { readonly what: string; readonly times: readonly number[] }[] {
  return (['rnn', 'lstm', 'gru'] as const).flatMap((cell) =>
    sizes.map(({ steps, hidden }) => {
      const network = { cell, activation: 'tanh', inputs: 65, hidden, layers: 1, outputs: 65 } as const;
      const gradients = new PerLossGradients(openKernels(defaultKernelSet()), network, 'oneHot', steps);
      const random = fractions(7);
      const size = { rnn: 1, lstm: 4, gru: 3 }[cell] * hidden;
      const shapes: Readonly<Record<string, number>> = {
        'rnn.weight_ih_l0': size * 65,
        'rnn.weight_hh_l0': size * hidden,
        'rnn.bias_ih_l0': size,
        'rnn.bias_hh_l0': size,
        'head.weight': 65 * hidden,
        'head.bias': 65,
      };
      for (const [name, length] of Object.entries(shapes)) {
        const values = Float64Array.from({ length }, () => (2 * random.next().value - 1) / Math.sqrt(hidden));
        gradients.load(name, values);
      }
      const window = windowOf({
        name: '',
        what: '',
        cell,
        hidden,
        steps,
        batch: 1,
        vocabulary: 65,
        optimizer: 'adam',
      });
      const zero = new Float64Array(hidden);
      const sequence = { window, initial: [cell === 'lstm' ? [zero, zero] : [zero]], weight: 1 };
      const once = (): number => {
        const start = performance.now();
        gradients.matrices(sequence, { kind: 'crossEntropy', reduction: 'sum' }, 0);
        return performance.now() - start;
      };
      once();
      return { what: `${cell}, H ${hidden}, T ${steps}`, times: Array.from({ length: 9 }, once) };
    }),
  );
}
