import type { Learner } from '../../../src/engine/learner';
import type { NetworkSpec } from '../../../src/engine/spec';
import type { Window } from '../../../src/engine/recurrence/window';
import { parameter } from './exampleLearner';
import { Tape, type Scalar } from './tape';

type Row = readonly Scalar[];

/** One step of a cell by its equations, unit by unit: gx and gh per gate, the states before; the states after. */
type Equations = (tape: Tape, gx: readonly Row[], gh: readonly Row[], states: readonly Row[]) => readonly Row[];

/**
 * PyTorch's documentation of RNN, LSTM and GRU, and the definition of the MGU in src/engine/cells, as a second
 * implementation.
 */
const equations: Readonly<Record<string, Equations>> = {
  rnn: (tape, [gx], [gh]) => [gx.map((a, j) => tape.tanh(tape.add(a, gh[j])))],
  lstm: (tape, gx, gh, [, c]) => {
    const [i, f, g, o] = gx.map((row, gate) => row.map((a, j) => tape.add(a, gh[gate][j])));
    const next = c.map((before, j) =>
      tape.add(tape.multiply(tape.sigmoid(f[j]), before), tape.multiply(tape.sigmoid(i[j]), tape.tanh(g[j]))),
    );
    return [next.map((value, j) => tape.multiply(tape.sigmoid(o[j]), tape.tanh(value))), next];
  },
  gru: (tape, gx, gh, [h]) => [
    h.map((before, j) => {
      const r = tape.sigmoid(tape.add(gx[0][j], gh[0][j]));
      const z = tape.sigmoid(tape.add(gx[1][j], gh[1][j]));
      const n = tape.tanh(tape.add(gx[2][j], tape.multiply(r, gh[2][j])));
      const keep = tape.add(tape.constant(1), tape.multiply(tape.constant(-1), z));
      return tape.add(tape.multiply(keep, n), tape.multiply(z, before));
    }),
  ],
  mgu: (tape, gx, gh, [h]) => [
    h.map((before, j) => {
      const f = tape.sigmoid(tape.add(gx[0][j], gh[0][j]));
      const n = tape.tanh(tape.add(gx[1][j], tape.multiply(f, gh[1][j])));
      const keep = tape.add(tape.constant(1), tape.multiply(tape.constant(-1), f));
      return tape.add(tape.multiply(keep, before), tape.multiply(f, n));
    }),
  ],
};

/**
 * The gradients of the summed squared error of one window from zero state, by the tape, with the total gradient of
 * every h_t limited; throws if this file does not have the cell's equations yet.
 */
export function naiveGradients(
  learner: Learner,
  network: NetworkSpec,
  window: Window,
  hiddenLimit: number,
): ReadonlyMap<string, readonly number[]> {
  const step = equations[network.cell] as Equations | undefined;
  if (step === undefined) throw new Error(`write the equations of ${network.cell} into the naive network`);
  if (window.inputs.kind !== 'dense' || window.targets.kind !== 'values') throw new Error('numbers only');
  const inputs = window.inputs.values;
  const targets = window.targets.values;
  const tape = new Tape();
  const weights = new Map(
    [...learner.parameters].map(([name, { values }]) => [name, Array.from(values, (v) => tape.constant(v))]),
  );
  const weight = (name: string): Row => weights.get(name) ?? [];
  const gates = parameter(learner, 'rnn.bias_ih_l0').shape[0] / network.hidden;
  const stateCount = network.cell === 'lstm' ? 2 : 1;

  const affine = (w: Row, b: Row, x: Row, rows: number, from: number): Row =>
    Array.from({ length: rows }, (_, j) =>
      x.reduce((sum, value, k) => tape.add(sum, tape.multiply(w[(from + j) * x.length + k], value)), b[from + j]),
    );

  let loss = tape.constant(0);
  for (let sequence = 0; sequence < window.batch; sequence++) {
    const zero = () => Array.from({ length: network.hidden }, () => tape.constant(0));
    const states: (readonly Row[])[] = Array.from({ length: network.layers }, () =>
      Array.from({ length: stateCount }, zero),
    );
    for (let t = 0; t < window.steps; t++) {
      const row = t * window.batch + sequence;
      let x: Row = Array.from({ length: network.inputs }, (_, k) => tape.constant(inputs[row * network.inputs + k]));
      for (let layer = 0; layer < network.layers; layer++) {
        const project = (kind: 'ih' | 'hh', of: Row): Row[] =>
          Array.from({ length: gates }, (_, gate) =>
            affine(
              weight(`rnn.weight_${kind}_l${layer}`),
              weight(`rnn.bias_${kind}_l${layer}`),
              of,
              network.hidden,
              gate * network.hidden,
            ),
          );
        const [h, ...rest] = step(tape, project('ih', x), project('hh', states[layer][0]), states[layer]);
        x = h.map((value) => tape.limit(value, hiddenLimit));
        states[layer] = [x, ...rest];
      }
      if (window.mask[row] === 0) continue;
      affine(weight('head.weight'), weight('head.bias'), x, network.outputs, 0).forEach((output, k) => {
        const difference = tape.add(output, tape.constant(-targets[row * network.outputs + k]));
        loss = tape.add(loss, tape.multiply(difference, difference));
      });
    }
  }
  tape.backward(loss);
  return new Map([...weights].map(([name, row]) => [name, row.map(({ gradient }) => gradient)]));
}
