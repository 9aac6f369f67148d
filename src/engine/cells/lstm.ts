import { sigmoid } from './activation';
import type { Cell } from './cell';

/**
 * The LSTM: i, f, o = σ(…), g = tanh(…), c_t = f∘c_{t−1} + i∘g, h_t = o∘tanh c_t. Definition and row order i, f, g, o:
 * torch.nn.LSTM.
 */
export const lstm: Cell = {
  name: 'lstm',
  gates: [
    { name: 'i', role: 'gate' },
    { name: 'f', role: 'forgetGate' },
    { name: 'g', role: 'candidate', nonlinearity: 'tanh' },
    { name: 'o', role: 'gate' },
  ],
  state: ['h', 'c'],
  cache: ['tanh_c'],
  gradient: 'shared',

  forward({ batch, hidden, gates, gatesAt, gh, states, previousAt, nextAt, caches, cacheAt }) {
    const h = states[0];
    const c = states[1];
    const tanhC = caches[0];
    for (let row = 0; row < batch; row++) {
      const block = row * 4 * hidden;
      for (let unit = 0; unit < hidden; unit++) {
        const gi = block + unit;
        const gf = gi + hidden;
        const gg = gf + hidden;
        const go = gg + hidden;
        const i = sigmoid(gates[gatesAt + gi] + gh[gi]);
        const f = sigmoid(gates[gatesAt + gf] + gh[gf]);
        const g = Math.tanh(gates[gatesAt + gg] + gh[gg]);
        const o = sigmoid(gates[gatesAt + go] + gh[go]);
        gates[gatesAt + gi] = i;
        gates[gatesAt + gf] = f;
        gates[gatesAt + gg] = g;
        gates[gatesAt + go] = o;
        const at = row * hidden + unit;
        const next = f * c[previousAt + at] + i * g;
        const squashed = Math.tanh(next);
        c[nextAt + at] = next;
        tanhC[cacheAt + at] = squashed;
        h[nextAt + at] = o * squashed;
      }
    }
  },

  backward({ batch, hidden, gates, gatesAt, states, previousAt, caches, cacheAt, dstate, total, dgx, dgxAt }) {
    const c = states[1];
    const tanhC = caches[0];
    const dh = dstate[0];
    const dc = dstate[1];
    const dcTotal = total[0];
    for (let row = 0; row < batch; row++) {
      const block = row * 4 * hidden;
      for (let unit = 0; unit < hidden; unit++) {
        const gi = block + unit;
        const gf = gi + hidden;
        const gg = gf + hidden;
        const go = gg + hidden;
        const i = gates[gatesAt + gi];
        const f = gates[gatesAt + gf];
        const g = gates[gatesAt + gg];
        const o = gates[gatesAt + go];
        const at = row * hidden + unit;
        const squashed = tanhC[cacheAt + at];
        const dcAll = dc[at] + dh[at] * o * (1 - squashed * squashed);
        dcTotal[at] = dcAll;
        dgx[dgxAt + gi] = dcAll * g * i * (1 - i);
        dgx[dgxAt + gf] = dcAll * c[previousAt + at] * f * (1 - f);
        dgx[dgxAt + gg] = dcAll * i * (1 - g * g);
        dgx[dgxAt + go] = dh[at] * squashed * o * (1 - o);
        dc[at] = dcAll * f;
        dh[at] = 0;
      }
    }
  },
};
