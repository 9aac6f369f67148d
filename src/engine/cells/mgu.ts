import { sigmoid } from './activation';
import type { Cell } from './cell';

/**
 * The minimal gated unit: f = σ(W_if x_t + b_if + W_hf h_{t−1} + b_hf), n = tanh(W_in x_t + b_in + f∘(W_hn h_{t−1} +
 * b_hn)), h_t = (1−f)∘h_{t−1} + f∘n. Rows f, n of W_ih, W_hh, b_ih and b_hh. Definition: Zhou, Wu, Zhang & Zhou 2016,
 * "Minimal gated unit for recurrent neural networks" (arXiv 1603.09420), but with f applied after the product with W_hn,
 * as torch.nn.GRU applies its reset gate; the paper has W_hn (f∘h_{t−1}). The paper calls f a forget gate, yet at 1 it
 * replaces the state: it is the opposite of the LSTM's, and has no forget bias. flax.linen.MGUCell has f and
 * 1−f in h_t the other way round.
 */
export const mgu: Cell = {
  name: 'mgu',
  gates: [
    { name: 'f', role: 'gate' },
    { name: 'n', role: 'candidate', nonlinearity: 'tanh' },
  ],
  state: ['h'],
  cache: ['gh_n'],
  gradient: 'separate',

  forward({ batch, hidden, gates, gatesAt, gh, states, previousAt, nextAt, caches, cacheAt }) {
    const h = states[0];
    const ghN = caches[0];
    for (let row = 0; row < batch; row++) {
      const block = row * 2 * hidden;
      for (let unit = 0; unit < hidden; unit++) {
        const gf = block + unit;
        const gn = gf + hidden;
        const f = sigmoid(gates[gatesAt + gf] + gh[gf]);
        const n = Math.tanh(gates[gatesAt + gn] + f * gh[gn]);
        gates[gatesAt + gf] = f;
        gates[gatesAt + gn] = n;
        const at = row * hidden + unit;
        ghN[cacheAt + at] = gh[gn];
        h[nextAt + at] = (1 - f) * h[previousAt + at] + f * n;
      }
    }
  },

  backward({ batch, hidden, gates, gatesAt, states, previousAt, caches, cacheAt, dstate, dgx, dgxAt, dgh, dghAt }) {
    const h = states[0];
    const ghN = caches[0];
    const dh = dstate[0];
    for (let row = 0; row < batch; row++) {
      const block = row * 2 * hidden;
      for (let unit = 0; unit < hidden; unit++) {
        const gf = block + unit;
        const gn = gf + hidden;
        const f = gates[gatesAt + gf];
        const n = gates[gatesAt + gn];
        const at = row * hidden + unit;
        const dn = dh[at] * f * (1 - n * n);
        // f is used twice: in the mixture of h and n, and as the factor of h inside n.
        const df = (dh[at] * (n - h[previousAt + at]) + dn * ghN[cacheAt + at]) * f * (1 - f);
        dgx[dgxAt + gf] = df;
        dgx[dgxAt + gn] = dn;
        dgh[dghAt + gf] = df;
        dgh[dghAt + gn] = dn * f;
        dh[at] *= 1 - f;
      }
    }
  },
};
