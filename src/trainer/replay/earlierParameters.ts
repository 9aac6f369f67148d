import { tensorOf, type Capture } from '../../engine/instruments/capture';
import type { Learner } from '../../engine/learner';

/**
 * Runs a forward computation with a learner that has the parameters of before the captured update. Afterwards its own
 * parameters are restored, bit for bit.
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
