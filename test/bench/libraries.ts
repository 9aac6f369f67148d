import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { timed, type Contender, type Trial } from './contender';
import { windowOf, type Workload } from './workloads';

/** Loads from the benchmark's own package folder, which is not among the product's dependencies. */
const load = createRequire(resolve('test/bench/peers/package.json'));

/** The part of tfjs that is used here. */
interface Tensorflow {
  readonly version: { readonly tfjs: string };
  readonly setBackend: (name: string) => Promise<boolean>;
  readonly ready: () => Promise<void>;
  readonly sequential: () => Model;
  readonly layers: Readonly<Record<'simpleRNN' | 'lstm' | 'gru' | 'dense', (options: object) => object>>;
  readonly tensor: (values: Float32Array, shape: readonly number[]) => Disposable;
  readonly train: { readonly adam: (rate: number) => object; readonly adagrad: (rate: number) => object };
}
interface Model {
  readonly add: (layer: object) => void;
  readonly compile: (options: object) => void;
  readonly trainOnBatch: (x: Disposable, y: Disposable) => Promise<number>;
  readonly dispose: () => void;
}
interface Disposable {
  readonly dispose: () => void;
}

/** TensorFlow.js with a backend; without clipping and recording. */
export function tensorflow(backend: 'wasm' | 'cpu', longest: (workload: Workload) => boolean): Contender {
  const tf = load('@tensorflow/tfjs') as Tensorflow;
  if (backend === 'wasm') load('@tensorflow/tfjs-backend-wasm');
  return {
    name: `tfjs ${backend}`,
    what: `TensorFlow.js ${tf.version.tfjs}, backend ${backend}, layers API, no clipping, nothing recorded`,
    prepare: async (workload) => {
      if (longest(workload)) return undefined;
      await tf.setBackend(backend);
      await tf.ready();
      const { steps, batch, hidden, vocabulary, optimizer } = workload;
      const width = vocabulary || 2;
      const cell = workload.cell === 'rnn' ? 'simpleRNN' : workload.cell;
      const model = tf.sequential();
      model.add(tf.layers[cell]({ units: hidden, returnSequences: vocabulary > 0, inputShape: [steps, width] }));
      model.add(tf.layers.dense({ units: vocabulary || 1, activation: vocabulary > 0 ? 'softmax' : 'linear' }));
      model.compile({
        optimizer: optimizer === 'adam' ? tf.train.adam(1e-3) : tf.train.adagrad(0.1),
        loss: vocabulary > 0 ? 'categoricalCrossentropy' : 'meanSquaredError',
      });
      const { x, y } = batchMajor(workload);
      const inputs = tf.tensor(x, [batch, steps, width]);
      const targets = tf.tensor(y, vocabulary > 0 ? [batch, steps, vocabulary] : [batch, 1]);
      const step = (): Promise<number> => model.trainOnBatch(inputs, targets);
      return {
        measure: async (count) => {
          await tf.setBackend(backend);
          return timed(count, step);
        },
        close: () => {
          for (const held of [model, inputs, targets]) held.dispose();
        },
      };
    },
  };
}

/** The window in the layout of tfjs: batch first, symbols as one-hot rows, for the adding problem the last target only. */
function batchMajor(workload: Workload): { readonly x: Float32Array; readonly y: Float32Array } {
  const { steps, batch, vocabulary } = workload;
  const { inputs, targets } = windowOf(workload);
  const width = vocabulary || 2;
  const x = new Float32Array(batch * steps * width);
  const y = new Float32Array(vocabulary > 0 ? x.length : batch);
  for (let sequence = 0; sequence < batch; sequence++) {
    for (let t = 0; t < steps; t++) {
      const row = t * batch + sequence;
      const to = (sequence * steps + t) * width;
      if (inputs.kind === 'oneHot') x[to + inputs.indices[row]] = 1;
      else x.set(inputs.values.subarray(row * width, (row + 1) * width), to);
      if (targets.kind === 'classes') y[to + targets.indices[row]] = 1;
      else if (t === steps - 1) y[sequence] = targets.values[row];
    }
  }
  return { x, y };
}

/** The part of brain.js that is used here. */
interface Brain {
  readonly recurrent: Readonly<Record<'RNN' | 'LSTM' | 'GRU', new (options: object) => BrainNet>>;
}
interface BrainNet {
  readonly initialize: () => void;
  readonly trainPattern: (symbols: readonly number[], rate?: number) => number;
}

/** brain.js, which trains one sequence of symbols after the other with an optimizer of its own. */
export function brain(longest: (workload: Workload) => boolean): Contender {
  const { recurrent } = load('brain.js') as Brain;
  const { version } = load('brain.js/package.json') as { readonly version: string };
  return {
    name: 'brain.js',
    what: `brain.js ${version}, sequence by sequence, its own optimizer, nothing recorded`,
    prepare: (workload): Promise<Trial | undefined> => {
      const { vocabulary, cell, hidden, steps, batch } = workload;
      if (longest(workload) || vocabulary === 0) return Promise.resolve(undefined);
      const Net = recurrent[({ rnn: 'RNN', lstm: 'LSTM', gru: 'GRU' } as const)[cell]];
      const net = new Net({
        inputSize: vocabulary,
        inputRange: vocabulary,
        outputSize: vocabulary,
        hiddenLayers: [hidden],
      });
      net.initialize();
      const { inputs } = windowOf(workload);
      if (inputs.kind !== 'oneHot') return Promise.resolve(undefined);
      const sequences = Array.from({ length: batch }, (_, sequence) =>
        Array.from({ length: steps }, (_unused, t) => inputs.indices[t * batch + sequence]),
      );
      const step = (): void => sequences.forEach((sequence) => net.trainPattern(sequence, 1e-3));
      return Promise.resolve({ measure: (count) => timed(count, step), close: () => undefined });
    },
  };
}
