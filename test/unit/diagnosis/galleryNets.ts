import { randomFrom } from '../../../src/data/random';

/** A net of the gallery. */
export interface GalleryNet {
  readonly name: string;
  readonly experiment: Readonly<Record<string, unknown>>;
  /** The key that a finding must name first, as a dotted path; undefined for a healthy net, which has no warning. */
  readonly key: string | undefined;
}

const rnn = { cell: 'rnn', hidden: 24 };
const lstm = { cell: 'lstm', hidden: 24 };
const gru = { cell: 'gru', hidden: 24 };
const adam = (learningRate: number, more: object = {}) => ({ kind: 'adam', learningRate, ...more });
const sgd = (learningRate: number, more: object = {}) => ({ kind: 'sgd', learningRate, ...more });
const training = (steps: number, more: object = {}) => ({ steps, batch: 16, validateEvery: 50, ...more });

const delay = { task: 'delay', lag: 3, length: 30 };
const sine = { task: 'sine', length: 30 };
const echo = { task: 'echo', length: 40, lags: [3, 8] };
const spots = { csv: 'sunspots.csv', inputs: ['sunspots'], length: 22 };
const text = { text: 'sonnets.txt', length: 32 };
const weather = {
  csv: 'days.csv',
  inputs: ['temp_max', 'wind'],
  targets: ['weather'],
  classes: true,
  length: 20,
};

/** A table of 600 days: the weather depends on the temperature of the day before and on its trend, and on chance. */
function daysTable(): string {
  const random = randomFrom(7, 'training');
  const rows = ['temp_max,wind,weather'];
  let [temperature, wind] = [10, 3];
  for (let day = 0; day < 600; day++) {
    const before = temperature;
    temperature = 12 + 10 * Math.sin((2 * Math.PI * day) / 60) + 3 * random.normal();
    wind = Math.abs(0.7 * wind + random.normal());
    const sun = before - 12 + 2 * random.normal();
    rows.push(`${temperature.toFixed(1)},${wind.toFixed(1)},${sun > 3 ? 'sun' : sun > -3 ? 'cloud' : 'rain'}`);
  }
  return rows.join('\n');
}

/** A yearly wave of 700 days, in which five days have a code for a missing value instead of their number. */
function codesTable(): string {
  const random = randomFrom(8, 'training');
  const rows = Array.from({ length: 700 }, (_, day) => 12 + 10 * Math.sin((2 * Math.PI * day) / 90) + random.normal());
  for (const day of [301, 302, 303, 410, 411]) rows[day] = -9999;
  return ['temp', ...rows.map((value) => value.toFixed(1))].join('\n');
}

/** Data files of the gallery that are no samples. */
export const galleryFiles: ReadonlyMap<string, Uint8Array> = new Map([
  ['codes.csv', new TextEncoder().encode(codesTable())],
  ['days.csv', new TextEncoder().encode(daysTable())],
]);

/** Nets that do not learn, each for one reason, on tasks, tables, texts and classes. */
export const sickNets: readonly GalleryNet[] = [
  net('rate 1e-7, delay', 'optimizer.learningRate', delay, rnn, adam(1e-7)),
  net('rate 1e-7, table', 'optimizer.learningRate', spots, lstm, adam(1e-7)),
  net('rate 1e-7, text', 'optimizer.learningRate', text, gru, adam(1e-7)),
  net('rate 1e-6, SGD, table', 'optimizer.learningRate', spots, rnn, sgd(1e-6)),
  net('rate 10, table', 'optimizer.learningRate', spots, lstm, adam(10)),
  net('rate 1, Adam, delay', 'optimizer.learningRate', delay, rnn, adam(1)),
  net('rate 3, SGD, sine', 'optimizer.learningRate', sine, rnn, sgd(3)),
  net('rate 5, text', 'optimizer.learningRate', text, rnn, adam(5)),
  net('momentum 0.999', 'optimizer.momentum', sine, rnn, sgd(0.1, { momentum: 0.999 }), { clip: { norm: 1 } }),
  net('schedule over after 30, delay', 'optimizer.schedule', delay, rnn, adam(0.005, { schedule: { cosine: 30 } })),
  net('schedule falls at once, table', 'optimizer.schedule', spots, gru, sgd(0.05, { schedule: { exponential: 0.5 } })),
  net('warm-up of 100,000, text', 'optimizer.schedule', text, gru, adam(0.001, { schedule: { warmup: 100_000 } })),
  net('weight decay 1, delay', 'optimizer.weightDecay', delay, rnn, adam(0.005, { weightDecay: 1 })),
  net('weight decay 1, SGD, table', 'optimizer.weightDecay', spots, lstm, sgd(0.1, { weightDecay: 1 })),
  net('weight decay 3, text', 'optimizer.weightDecay', text, gru, adam(0.003, { weightDecay: 3 })),
  net('clip by norm 1e-5, table', 'clip.norm', spots, lstm, sgd(0.1), { clip: { norm: 1e-5 } }),
  net('clip by value 1e-6, table', 'clip.value', spots, lstm, sgd(0.1), { clip: { value: 1e-6 } }),
  net('clip by norm 1e-4, text', 'clip.norm', text, rnn, sgd(0.1), { clip: { norm: 1e-4 } }),
  net('clip of ∂L/∂h at 1e-9, delay', 'clip.hidden', delay, rnn, sgd(0.1), { clip: { hidden: 1e-9 } }),
  net('1 step backwards, echo', 'bptt.backward', { ...echo, length: 60, lags: [6, 12] }, rnn, adam(0.005), {
    bptt: { forward: 20, backward: 1 },
  }),
  net('1 step backwards, delay', 'bptt.backward', { ...delay, lag: 6 }, gru, adam(0.003), {
    bptt: { forward: 10, backward: 1 },
  }),
  net('gain 20', 'model.init.gain', delay, { ...rnn, init: { gain: 20 } }, adam(0.001)),
  net('input gain 300', 'model.init.inputGain', spots, { ...rnn, init: { inputGain: 300 } }, adam(0.0001)),
  net(
    'recurrent N(0,1), gain 4, clip 1',
    'model.init.gain',
    delay,
    { ...rnn, init: { recurrent: 'normal', gain: 4 } },
    sgd(0.01),
    {
      clip: { norm: 1 },
    },
  ),
  net('input gain 1e-6', 'model.init.inputGain', delay, { ...rnn, init: { inputGain: 1e-6 } }, sgd(0.01)),
  net('unscaled table', 'data.normalize', { ...spots, normalize: 'none' }, rnn, adam(0.001)),
  net('unscaled table, LSTM', 'data.normalize', { ...spots, normalize: 'none' }, lstm, adam(0.01)),
  net(
    'unscaled table, relu',
    'data.normalize',
    { ...spots, normalize: 'none' },
    { ...rnn, activation: 'relu' },
    adam(0.1),
  ),
  net(
    'codes for missing values',
    'data.missing',
    { csv: 'codes.csv', inputs: ['temp'], length: 30 },
    lstm,
    adam(0.003),
  ),
  net('lag of 80, GRU', 'model.cell', { task: 'temporalOrder', length: 80 }, gru, sgd(0.05), { clip: { norm: 1 } }),
  net('lag of 60, RNN', 'model.cell', { task: 'adding', length: 60 }, rnn, adam(0.001), { clip: { norm: 1 } }),
  net('delay of 40, RNN', 'model.cell', { task: 'delay', lag: 40, length: 80 }, rnn, adam(0.001), {
    clip: { norm: 1 },
  }),
  net('lags of 30 and 60, RNN', 'model.cell', { task: 'echo', lags: [30, 60], length: 90 }, rnn, adam(0.003), {
    clip: { norm: 1 },
  }),
  net('copy over 60, RNN', 'model.cell', { task: 'copy', delay: 60 }, rnn, adam(0.003), { clip: { norm: 1 } }),
  net('1 unit, echo', 'model.hidden', echo, { ...rnn, hidden: 1 }, adam(0.005)),
  net('too short, text', 'training.steps', text, rnn, sgd(0.03), { training: training(400) }),
];

/** Nets that learn; none has a warning. */
export const healthyNets: readonly GalleryNet[] = [
  net('delay, RNN', undefined, delay, rnn, adam(0.005), { clip: { norm: 1 } }),
  net('delay, GRU', undefined, delay, gru, adam(0.01)),
  net('sine, SGD', undefined, sine, rnn, sgd(0.1), { clip: { norm: 1 } }),
  net('sine, LSTM', undefined, sine, lstm, adam(0.01)),
  net('sine, RMSprop', undefined, sine, gru, { kind: 'rmsprop', learningRate: 0.003 }),
  net('sine, identity', undefined, sine, { ...rnn, activation: 'identity' }, adam(0.003), { clip: { norm: 1 } }),
  net('echo, RNN', undefined, echo, rnn, adam(0.01)),
  net('echo, truncated', undefined, echo, rnn, adam(0.01), { bptt: { forward: 20, backward: 10 } }),
  net('copy over 5', undefined, { task: 'copy', delay: 5, symbols: 4, recall: 3 }, gru, adam(0.01), {
    training: training(600),
  }),
  net('adding of 8, clip 1e-4 under Adam', undefined, { task: 'adding', length: 8 }, gru, adam(0.01), {
    clip: { norm: 1e-4 },
    training: training(600),
  }),
  net('reber', undefined, { task: 'reber' }, lstm, adam(0.01)),
  net('sunspots, GRU', undefined, spots, gru, adam(0.005)),
  net('sunspots, LSTM, warm-up', undefined, spots, lstm, adam(0.003, { schedule: { warmup: 100 } })),
  net('sunspots, weight decay', undefined, spots, gru, adam(0.005, { weightDecay: 1e-4 })),
  net('sunspots, clip 1', undefined, spots, rnn, adam(0.003), { clip: { norm: 1 } }),
  net('text, GRU', undefined, text, gru, adam(0.005), { training: training(300) }),
  net(
    'text, RNN, SGD',
    undefined,
    text,
    { cell: 'rnn', hidden: 64 },
    { kind: 'adagrad', learningRate: 0.1 },
    {
      clip: { value: 5 },
      training: training(300),
    },
  ),
  net('text, cosine', undefined, text, lstm, adam(0.01, { schedule: { cosine: 300 } }), { training: training(300) }),
  net('weather classes', undefined, weather, gru, adam(0.003), { training: training(300) }),
  net(
    'inline, tiny',
    undefined,
    {
      sequences: [
        { inputs: [[0], [1], [0]], targets: [null, null, [1]] },
        { inputs: [[1], [0]], targets: [null, [-1]] },
      ],
    },
    { cell: 'rnn', hidden: 4 },
    adam(0.03),
    { training: { steps: 200 } },
  ),
];

function net(
  name: string,
  key: string | undefined,
  data: object,
  model: object,
  optimizer: object,
  more: object = {},
): GalleryNet {
  return { name, key, experiment: { seed: 11, data, model, optimizer, training: training(400), ...more } };
}
