import { sigmoid } from './activation';
import type { Cell } from './cell';

/**
 * The GRU with reset after the product: r, z = σ(…), n = tanh(W_in x_t + b_in + r∘(W_hn h_{t−1} + b_hn)),
 * h_t = (1−z)∘n + z∘h_{t−1}. Definition and row order r, z, n: torch.nn.GRU.
 */
export const gru: Cell = {
  name: 'gru',
  gates: [
    { name: 'r', role: 'gate' },
    { name: 'z', role: 'gate' },
    { name: 'n', role: 'candidate', nonlinearity: 'tanh' },
  ],
  state: ['h'],
  cache: ['gh_n'],
  gradient: 'separate',

  forward({ batch, hidden, gates, gatesAt, gh, states, previousAt, nextAt, caches, cacheAt }) {
    const h = states[0];
    const ghN = caches[0];
    for (let row = 0; row < batch; row++) {
      const block = row * 3 * hidden;
      for (let unit = 0; unit < hidden; unit++) {
        const gr = block + unit;
        const gz = gr + hidden;
        const gn = gz + hidden;
        const r = sigmoid(gates[gatesAt + gr] + gh[gr]);
        const z = sigmoid(gates[gatesAt + gz] + gh[gz]);
        const n = Math.tanh(gates[gatesAt + gn] + r * gh[gn]);
        gates[gatesAt + gr] = r;
        gates[gatesAt + gz] = z;
        gates[gatesAt + gn] = n;
        const at = row * hidden + unit;
        ghN[cacheAt + at] = gh[gn];
        h[nextAt + at] = (1 - z) * n + z * h[previousAt + at];
      }
    }
  },

  backward({ batch, hidden, gates, gatesAt, states, previousAt, caches, cacheAt, dstate, dgx, dgxAt, dgh, dghAt }) {
    const h = states[0];
    const ghN = caches[0];
    const dh = dstate[0];
    for (let row = 0; row < batch; row++) {
      const block = row * 3 * hidden;
      for (let unit = 0; unit < hidden; unit++) {
        const gr = block + unit;
        const gz = gr + hidden;
        const gn = gz + hidden;
        const r = gates[gatesAt + gr];
        const z = gates[gatesAt + gz];
        const n = gates[gatesAt + gn];
        const at = row * hidden + unit;
        const dn = dh[at] * (1 - z) * (1 - n * n);
        const dr = dn * ghN[cacheAt + at] * r * (1 - r);
        const dz = dh[at] * (h[previousAt + at] - n) * z * (1 - z);
        dgx[dgxAt + gr] = dr;
        dgx[dgxAt + gz] = dz;
        dgx[dgxAt + gn] = dn;
        dgh[dghAt + gr] = dr;
        dgh[dghAt + gz] = dz;
        dgh[dghAt + gn] = dn * r;
        dh[at] *= z;
      }
    }
  },
};
