import { setClassTarget, symbolBatch } from '../batch';
import { entropy, patternOf } from '../lossPattern';
import type { TaskLengths, Task, TaskBaseline } from './task';

/** P(y_t = 1), given the bits at the two lags. */
function chanceOfOne(near: number, far: number): number {
  return 0.5 + 0.5 * near - 0.25 * far;
}

const binary = (p: number): number => entropy([p, 1 - p]);
const mean = (...values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The lowest possible loss at step t of a predictor that uses none, the nearer or both of the bits at the two lags. */
function floorAt(t: number, lags: readonly [number, number], use: 'none' | 'near' | 'both'): number {
  // Before the first step every bit is 0, which any predictor knows.
  const near = t < lags[0] ? [0] : [0, 1];
  const far = t < lags[1] ? [0] : [0, 1];
  const overFar = (bit: number) => far.map((other) => chanceOfOne(bit, other));
  switch (use) {
    case 'none':
      return binary(mean(...near.flatMap(overFar)));
    case 'near':
      return mean(...near.map((bit) => binary(mean(...overFar(bit)))));
    case 'both':
      return mean(...near.flatMap(overFar).map(binary));
    default:
      return use satisfies never;
  }
}

/** The expected accuracy at step t of a predictor that answers the likelier bit, given the bits at both lags. */
function bestAccuracyAt(t: number, [near, far]: readonly [number, number]): number {
  const bits = (lag: number): readonly number[] => (t < lag ? [0] : [0, 1]);
  const chances = bits(near).flatMap((one) => bits(far).map((other) => chanceOfOne(one, other)));
  return mean(...chances.map((p) => Math.max(p, 1 - p)));
}

/**
 * Two-lag echo: fair bits in; at every step a bit with P(y_t = 1) = ½ + ½·x_{t−a} − ¼·x_{t−b}, bits before the first
 * being 0. Far from the start the floors are 0.6616 (no memory), 0.5192 (lag a) and 0.4545 nats (both lags); the
 * baselines are exact for the sequence's length.
 */
export function echoTask({
  length,
  heldOut,
  lags,
}: TaskLengths & {
  readonly lags: readonly [number, number];
}): Task {
  const [near, far] = lags;
  const floor = (name: string, use: 'none' | 'near' | 'both', limit: string): TaskBaseline => ({
    name,
    source: `entropy of P(y=1) = ½ + ½·x[t−${near}] − ¼·x[t−${far}], ${limit} nats far from the start`,
    pattern: (steps) => {
      const [early, middle, late] = [floorAt(0, lags, use), floorAt(near, lags, use), floorAt(far, lags, use)];
      return patternOf(steps, (t) => (t < near ? early : t < far ? middle : late));
    },
  });
  return {
    inputNames: ['0', '1'],
    outputNames: ['0', '1'],
    inputKind: 'oneHot',
    targetKind: 'classes',
    length,
    heldOutLength: heldOut,
    lag: far,
    baselines: [
      floor('no memory', 'none', '0.6616'),
      floor(`remembers ${near} steps`, 'near', '0.5192'),
      floor(`remembers ${near} and ${far} steps`, 'both', '0.4545'),
    ],
    bestAccuracy: {
      definition: `the likelier bit, given x[t−${near}] and x[t−${far}]`,
      at: (t) => bestAccuracyAt(t, lags),
    },
    draw(random, steps, batch) {
      const drawn = symbolBatch(steps, batch);
      const { indices } = drawn.inputs;
      for (let sequence = 0; sequence < batch; sequence++) {
        for (let t = 0; t < steps; t++) {
          indices[t * batch + sequence] = random.integer(0, 1);
          const bitAgo = (lag: number) => (t < lag ? 0 : (indices[(t - lag) * batch + sequence] ?? 0));
          setClassTarget(drawn, t, sequence, random.chance(chanceOfOne(bitAgo(near), bitAgo(far))) ? 1 : 0);
        }
      }
      return drawn;
    },
  };
}
