import type { LearnerOptions } from '../../src/engine/learner';
import type { OptimizerSpec } from '../../src/engine/spec';
import type { Window } from '../../src/engine/recurrence/window';

/** One training task of fixed size that every engine is timed on: forward, loss, full BPTT, clipping, update. */
export interface Workload {
  readonly name: string;
  readonly what: string;
  readonly cell: 'rnn' | 'lstm' | 'gru';
  /** H */
  readonly hidden: number;
  /** T */
  readonly steps: number;
  /** B */
  readonly batch: number;
  /** Symbols of one-hot inputs and of the targets, or 0 for the adding problem: two numbers in, one out at the end. */
  readonly vocabulary: number;
  readonly optimizer: 'adam' | 'adagrad';
}

const text = { vocabulary: 65, optimizer: 'adam' } as const;

/** The seven workloads of the published comparison, from the smallest net for teaching to the largest one in practice. */
export const workloads: readonly Workload[] = [
  { name: 'W1', what: 'rnn, H 128, T 64, B 32, 65 symbols', cell: 'rnn', hidden: 128, steps: 64, batch: 32, ...text },
  { name: 'W2', what: 'lstm, H 128, T 64, B 32, 65 symbols', cell: 'lstm', hidden: 128, steps: 64, batch: 32, ...text },
  { name: 'W3', what: 'gru, H 128, T 64, B 32, 65 symbols', cell: 'gru', hidden: 128, steps: 64, batch: 32, ...text },
  {
    name: 'W4',
    what: 'rnn, H 16, T 50, B 16, adding problem',
    cell: 'rnn',
    hidden: 16,
    steps: 50,
    batch: 16,
    vocabulary: 0,
    optimizer: 'adam',
  },
  {
    name: 'W5',
    what: 'lstm, H 256, T 100, B 64, 65 symbols',
    cell: 'lstm',
    hidden: 256,
    steps: 100,
    batch: 64,
    ...text,
  },
  {
    name: 'W6',
    what: 'lstm, H 512, T 100, B 64, 65 symbols',
    cell: 'lstm',
    hidden: 512,
    steps: 100,
    batch: 64,
    ...text,
  },
  {
    name: 'W7',
    what: 'rnn, H 100, T 25, B 1, 65 symbols, Adagrad',
    cell: 'rnn',
    hidden: 100,
    steps: 25,
    batch: 1,
    vocabulary: 65,
    optimizer: 'adagrad',
  },
];

const common = { weightDecay: 0, schedule: 'constant' } as const;

const optimizers: Readonly<Record<Workload['optimizer'], OptimizerSpec>> = {
  adam: { kind: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...common },
  adagrad: { kind: 'adagrad', learningRate: 0.1, epsilon: 1e-8, ...common },
};

/** The workload as options of the engine; clipping by norm 1, by value 5 where the workload is min-char-rnn's. */
export function learnerOptions(workload: Workload): Omit<LearnerOptions, 'kernels'> {
  const { cell, hidden, steps, batch, vocabulary } = workload;
  return {
    network: {
      cell,
      activation: 'tanh',
      inputs: vocabulary || 2,
      hidden,
      layers: 1,
      outputs: vocabulary || 1,
    },
    loss: { kind: vocabulary > 0 ? 'crossEntropy' : 'mse', reduction: 'mean' },
    bptt: 'full',
    clip: workload.optimizer === 'adagrad' ? { value: 5 } : { norm: 1 },
    optimizer: optimizers[workload.optimizer],
    steps,
    batch,
    inputs: vocabulary > 0 ? 'oneHot' : 'dense',
  };
}

/** Numbers in [0, 1) that are the same in every run: a linear congruential generator. */
export function* fractions(seed: number): Generator<number, never> {
  for (let state = seed >>> 0; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** A batch of the workload: random symbols with the next one as target, or the adding problem. */
export function windowOf({ steps, batch, vocabulary }: Workload, seed = 1): Window {
  const random = fractions(seed);
  const draw = (): number => random.next().value;
  const rows = steps * batch;
  const reset = new Uint8Array(batch).fill(1);
  if (vocabulary > 0) {
    const symbols = Int32Array.from({ length: rows + batch }, () => Math.floor(draw() * vocabulary));
    return {
      steps,
      batch,
      inputs: { kind: 'oneHot', indices: symbols.subarray(0, rows) },
      targets: { kind: 'classes', indices: symbols.subarray(batch) },
      mask: new Uint8Array(rows).fill(1),
      reset,
    };
  }
  const values = Float64Array.from({ length: rows * 2 }, (_, i) => (i % 2 === 0 ? draw() : 0));
  const targets = new Float64Array(rows);
  const mask = new Uint8Array(rows);
  for (let sequence = 0; sequence < batch; sequence++) {
    const marked = [Math.floor((draw() * steps) / 2), Math.floor((1 + draw()) * (steps / 2))];
    for (const t of marked) values[(t * batch + sequence) * 2 + 1] = 1;
    const last = (steps - 1) * batch + sequence;
    targets[last] = marked.reduce((sum, t) => sum + values[(t * batch + sequence) * 2], 0);
    mask[last] = 1;
  }
  return { steps, batch, inputs: { kind: 'dense', values }, targets: { kind: 'values', values: targets }, mask, reset };
}
