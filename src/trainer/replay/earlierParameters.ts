import { tensorOf, type Capture } from '../../engine/instruments/capture';
import type { Learner } from '../../engine/learner';

/**
 * Does something with a learner as it was before the captured update, forward only; afterwards the learner has its own
 * parameters back, to the bit.
 */
export function withEarlierParameters<Result>(learner: Learner, capture: Capture, work: () => Result): Result {
  const present = [...learner.parameters].map(([name, { values }]) => [name, values.slice()] as const);
  try {
    for (const [name] of present) {
      learner.load(name, tensorOf(capture, name).data);
    }
    return work();
  } finally {
    for (const [name, values] of present) learner.load(name, values);
  }
}
