import { openKernels, runnableKernelSets, type BuiltKernelSet } from '../../src/engine/kernels/open';
import { Learner } from '../../src/engine/learner';
import type { Contender } from './contender';
import { fractions, learnerOptions, windowOf } from './workloads';

/** This engine with one kernel set; `recorded` with ‖∂L/∂h_t‖ of every step, as a person trains. */
function ours(kernels: BuiltKernelSet, recorded: boolean): Contender {
  return {
    name: recorded ? kernels : `${kernels}, instruments off`,
    what: recorded ? 'this engine, ‖∂L/∂h_t‖ recorded at every step' : 'this engine, losses and norms of weights only',
    prepare: (workload) => {
      const learner = new Learner({ ...learnerOptions(workload), kernels: openKernels(kernels) });
      const random = fractions(7);
      const uniform = (): number => random.next().value;
      learner.initialize(
        { recurrent: 'uniform', input: 'uniform', gain: 1, inputGain: 1, bias: 'uniform' },
        undefined,
        { uniform, normal: () => 2 * uniform() - 1 },
      );
      const window = windowOf(workload);
      const measure = (steps: number): number => {
        const start = performance.now();
        for (let i = 0; i < steps; i++) {
          const { kind } = learner.step(window, { record: recorded });
          if (kind !== 'updated') throw new Error(`${workload.name} with ${kernels} ended as ${kind}.`);
        }
        return (performance.now() - start) / steps;
      };
      return Promise.resolve({ measure, close: () => undefined });
    },
  };
}

/** This engine with every kernel set that the machine runs; the fast ones also with the instruments off. */
export const ourContenders: readonly Contender[] = runnableKernelSets()
  .flatMap((name) => (name === 'reference' ? [ours(name, true)] : [ours(name, true), ours(name, false)]))
  .reverse();
