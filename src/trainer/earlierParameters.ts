import type { Capture } from '../engine/capture';
import type { Learner } from '../engine/learner';

/**
 * Does something with a learner as it was before the captured update, forward only; afterwards the learner has its own
 * parameters back, to the bit.
 */
export function withEarlierParameters<Result>(learner: Learner, { tensors }: Capture, work: () => Result): Result {
  const present = [...learner.parameters].map(([name, { values }]) => [name, values.slice()] as const);
  try {
    for (const [name] of present) {
      const captured = tensors.get(name);
      if (captured === undefined) throw new Error(`The captured update has no tensor "${name}".`);
      learner.load(name, captured.data);
    }
    return work();
  } finally {
    for (const [name, values] of present) learner.load(name, values);
  }
}
